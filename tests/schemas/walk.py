"""Random walks through a grammar: at each step one of the tokens that llguidance lets pass, and in the end a whole
answer. After some steps tokens that end something are preferred, so that every walk comes to its end.
"""

import ctypes
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import llama_cpp
import numpy as np
from llguidance import LLMatcher, LLTokenizer
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

from tests.model.plain import END_OF_GENERATION, bundled_model

CONTROL = 8
"""The attribute of tokens that are no text."""
LONGEST = 400
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@llama_cpp.llama_log_callback
def _say_nothing(level: int, text: bytes, data: Any) -> None:
    pass


class Grammars:
    """Grammars over the bundled model's vocabulary. The walks are the same each time."""

    def __init__(self, vocab: Any) -> None:
        self.pieces = list(read_pieces(vocab))
        self.tokenizer = LLTokenizer.from_llamacpp(  # type: ignore[attr-defined] # not in its stubs
            tokens=self.pieces,
            vocab_ptr=vocab,
            tokenize_fptr=ctypes.cast(llama_cpp.llama_cpp._lib.llama_tokenize, ctypes.c_void_p).value,
            eos_token=list(END_OF_GENERATION),
            slices=None,
        )
        ends = [b"}", b"]"], [b'"'], [b","], [b"n", b"t", b"f"]
        opening = np.array([b"{" in piece or b"[" in piece for piece in self.pieces])
        self.ends = [np.array([piece[:1] in first for piece in self.pieces]) & ~opening for first in ends]
        self.ends.append(~opening)
        self.ends[0][list(END_OF_GENERATION)] = True
        self.bits = allocate_token_bitmask(1, len(self.pieces))

    def compile(self, schema: dict[str, Any]) -> LLMatcher:
        """The grammar of a schema as `build_schema` makes it."""
        return LLMatcher(self.tokenizer, LLMatcher.grammar_from_json_schema(json.dumps(schema)), log_level=0)

    def takes(self, matcher: LLMatcher, text: str) -> bool:
        """Whether the grammar lets this text pass, from beginning to end."""
        matcher = matcher.deep_copy()
        return all(map(matcher.consume_token, self.tokenizer.tokenize_str(text))) and matcher.is_accepting()

    def walk(self, matcher: LLMatcher, random: np.random.Generator, *, patience: int = 30) -> str | None:
        """A whole answer, or None when `LONGEST` tokens did not suffice."""
        matcher, written = matcher.deep_copy(), b""
        for step in range(LONGEST):
            token = self.choose(matcher, random, hurry=step / patience)
            if token in END_OF_GENERATION:
                return written.decode()
            written += self.pieces[token]
            assert matcher.consume_token(token), matcher.get_error()
        return None

    def choose(self, matcher: LLMatcher, random: np.random.Generator, *, hurry: float) -> int:
        """One of the tokens that may come next; those that end something with probability `hurry`."""
        fill_next_token_bitmask(matcher, self.bits)
        assert not matcher.is_error(), matcher.get_error()
        allowed = np.unpackbits(self.bits[0].view(np.uint8), bitorder="little")[: len(self.pieces)].astype(bool)
        for ends in self.ends if random.random() < hurry else []:
            if (ending := allowed & ends).any():
                allowed = ending
                break
        return int(random.choice(np.flatnonzero(allowed)))


def read_pieces(vocab: Any) -> Iterator[bytes]:
    """Each token's text; those that are no text begin with the byte 255."""
    buffer = ctypes.create_string_buffer(1000)
    for token in range(llama_cpp.llama_vocab_n_tokens(vocab)):
        length = llama_cpp.llama_token_to_piece(vocab, token, buffer, len(buffer), 0, True)
        control = llama_cpp.llama_vocab_get_attr(vocab, token) & CONTROL
        yield b"\xff" * bool(control) + buffer.raw[:length]


@contextmanager
def load_grammars() -> Iterator[Grammars]:
    """Only the vocabulary is read."""
    llama_cpp.llama_log_set(_say_nothing, ctypes.c_void_p(0))
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(str(bundled_model()).encode(), parameters)
    yield Grammars(llama_cpp.llama_model_get_vocab(model))
    llama_cpp.llama_model_free(model)
