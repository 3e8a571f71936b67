"""The model's vocabulary as llguidance takes it."""

import ctypes

from llguidance import LLTokenizer

from antiphon.engine.llama.binding import lib
from antiphon.engine.llama.tokenizer import Tokenizer

SPECIAL = b"\xff"
"""Before its spelling: a token that is no text, and is meant only by its number."""


def build_vocabulary(tokenizer: Tokenizer) -> LLTokenizer:
    """Takes about 0.1 s. Reads the tokenizer's vocabulary, which must outlive it."""
    control = set(tokenizer.control.ids.values())
    spellings = map(tokenizer.spelling_bytes, range(tokenizer.num_tokens))
    vocabulary: LLTokenizer = LLTokenizer.from_llamacpp(  # type: ignore[attr-defined] # not in its stubs
        tokens=[SPECIAL + text if token in control else text for token, text in enumerate(spellings)],
        vocab_ptr=ctypes.cast(tokenizer.vocab, ctypes.c_void_p).value,
        tokenize_fptr=ctypes.cast(lib._lib.llama_tokenize, ctypes.c_void_p).value,
        eos_token=sorted(tokenizer.end_of_generation),
        slices=None,
    )
    return vocabulary
