"""Random walks through a grammar, over the bundled model's vocabulary: any token that is allowed may come."""

import codecs
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from numpy.typing import NDArray

from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reader import Reader, Reading
from antiphon.engine.llama.binding import lib
from antiphon.engine.llama.sandbox import LIMITS
from antiphon.engine.llama.tokenizer import Tokenizer
from antiphon.engine.llama.vocabulary import build_vocabulary
from tests.model.plain import bundled_model
from tests.unit.dialect.reading.answers import Merged, merge

NUM_STEPS = 600
NUM_FREE_STEPS = 40
"""How long a walk goes where it likes. From then on it goes where things end."""
CLOSING = b'"}]<>|)\n,'
LIKES_TO_CLOSE = 0.6


class Walker:
    """random: what is drawn from, to be seeded."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: LLTokenizer) -> None:
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.random = random.Random()
        self.words = np.zeros(-(-tokenizer.num_tokens // 32), np.uint32)
        control = set(tokenizer.control.ids.values())
        pieces = [b"" if token in control else tokenizer.piece(token) for token in range(tokenizer.num_tokens)]
        self.closing = np.array([any(letter in CLOSING for letter in piece) for piece in pieces])

    def begin(self, source: str) -> LLMatcher:
        """The start of a grammar."""
        matcher = LLMatcher(self.vocabulary, source, log_level=0, limits=LIMITS)
        assert not matcher.is_error(), matcher.get_error()
        return matcher

    def walk(self, start: LLMatcher, nudges: Sequence[Sequence[int]]) -> tuple[list[int], bool]:
        """The tokens of one way, and whether it came to an end. nudges: what random tokens would hardly ever make."""
        matcher, tokens = start.deep_copy(), list[int]()
        for step in range(NUM_STEPS):
            nudge = self._nudge(matcher, nudges) if self.random.random() < (0.5 if step == 0 else 0.05) else []
            forced = nudge or matcher.compute_ff_tokens()
            if not forced:
                allowed = self._allowed(matcher)
                ends = [token for token in self.tokenizer.end_of_generation if allowed[token]]
                if ends and (step > NUM_FREE_STEPS or self.random.random() < 0.3):
                    return tokens, True
                forced = [self._choose(allowed, hurry=step > NUM_FREE_STEPS)]
            assert matcher.consume_tokens(forced), matcher.get_error()
            tokens += forced
            if matcher.is_stopped():
                return tokens, True
        return tokens, False

    def _nudge(self, matcher: LLMatcher, nudges: Sequence[Sequence[int]]) -> list[int]:
        allowed = [nudge for nudge in nudges if matcher.validate_tokens(list(nudge)) == len(nudge)]
        return list(self.random.choice(allowed)) if allowed else []

    def _allowed(self, matcher: LLMatcher) -> NDArray[np.bool_]:
        matcher.unsafe_compute_mask_ptr(self.words.ctypes.data, self.words.nbytes)
        assert not matcher.is_error(), matcher.get_error()
        bits = np.unpackbits(self.words.view(np.uint8), count=self.tokenizer.num_tokens, bitorder="little")
        return bits.view(np.bool_)

    def _choose(self, allowed: NDArray[np.bool_], *, hurry: bool) -> int:
        closing = allowed & self.closing
        likes = hurry or self.random.random() < LIKES_TO_CLOSE
        choices = np.flatnonzero(closing if likes and closing.any() else allowed)
        assert len(choices), "nothing is allowed"
        return int(choices[self.random.randrange(len(choices))])


@contextmanager
def load_walker() -> Iterator[Walker]:
    """A walker over the bundled model's vocabulary, without its weights."""
    params = lib.llama_model_default_params()
    params.vocab_only = True
    model = lib.llama_model_load_from_file(str(bundled_model()).encode(), params)
    tokenizer = Tokenizer(lib.llama_model_get_vocab(model))
    yield Walker(tokenizer, build_vocabulary(tokenizer))
    lib.llama_model_free(model)


def read_tokens(tokenizer: Tokenizer, reading: Reading, control: ControlTokens, tokens: Sequence[int]) -> Merged:
    """What an engine would have read of these, with control tokens of this vocabulary."""
    reader = Reader(reading, control)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    segments = []
    for token in tokens:
        segments += reader.push(reader.tokens.get(token) or decoder.decode(tokenizer.piece(token)))
    return merge([*segments, *reader.push(decoder.decode(b"", final=True)), *reader.finish()])
