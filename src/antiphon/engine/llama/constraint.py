"""What a sequence may say next, by a grammar: masks of tokens, and those that follow by force.

Masks of all sequences of a step are computed together. Knows no formats.
"""

from collections.abc import Sequence as Seq

import numpy as np
from llguidance import LLExecutor, LLMatcher
from numpy.typing import NDArray

WORD_BITS = 32
MOST_THREADS = 2

Mask = NDArray[np.bool_]
"""(vocabulary,): whether a token may come."""


class TooComplex(Exception):
    """The grammar has become too complex to go on with; the message says in what."""


class Constraint:
    """One sequence's place in its grammar. original: whose copy it is. Copies share what the engine has worked out of
    the grammar, and the limit of that: where one of them has met it, no other gets any further.
    """

    def __init__(self, matcher: LLMatcher, original: "Constraint | None" = None) -> None:
        self.matcher = matcher
        self.original = original or self
        self.worn_out = False

    def copy(self) -> "Constraint":
        """The same place, for another sequence."""
        return Constraint(self.matcher.deep_copy(), self.original)

    def renew(self, fresh: "Constraint") -> None:
        """Begin anew, as one of the same grammar that nobody has used."""
        self.matcher, self.worn_out = fresh.matcher, False

    def accept(self, token: int) -> list[int]:
        """Takes a token that was allowed; returns what must come behind it. Raises `TooComplex`."""
        self.matcher.consume_token(token)
        forced = self.matcher.compute_ff_tokens()
        if forced:
            self.matcher.consume_tokens(forced)
        if self.gave_up:
            raise TooComplex(self.matcher.get_error())
        return forced

    def begin(self) -> list[int]:
        """What must come first."""
        forced = self.matcher.compute_ff_tokens()
        if forced:
            self.matcher.consume_tokens(forced)
        return forced

    @property
    def finished(self) -> bool:
        """Whether nothing but the end may come."""
        return self.matcher.is_stopped() and not self.gave_up

    @property
    def gave_up(self) -> bool:
        """Whether nobody can tell any more what may come. The engine's mask is then that of a good end."""
        is_error = self.matcher.is_error()
        self.original.worn_out |= is_error
        return is_error


class MaskBuffer:
    """num_vocab: how many tokens there are. most: how many masks at a time."""

    def __init__(self, num_vocab: int, most: int) -> None:
        self.num_vocab = num_vocab
        self.words = np.zeros((most, -(-num_vocab // WORD_BITS)), np.uint32)
        self.executor = LLExecutor(num_threads=MOST_THREADS)

    def fill(self, constraints: Seq[Constraint]) -> list[Mask]:
        """A mask for each, valid until the next call; one without any token for who has given up."""
        if not constraints:
            return []
        numbered = [(constraint.matcher, number) for number, constraint in enumerate(constraints)]
        words = self.words
        if len(numbered) == 1:
            numbered[0][0].unsafe_compute_mask_ptr(words.ctypes.data, words.strides[0])
        else:
            self.executor.unsafe_compute_mask_ptr(numbered, words.ctypes.data, words.strides[0], len(words))
        bits = np.unpackbits(words[: len(numbered)].view(np.uint8), axis=1, count=self.num_vocab, bitorder="little")
        masks = bits.view(np.bool_)
        for mask, constraint in zip(masks, constraints, strict=True):
            if constraint.gave_up:
                mask[:] = False
        return list(masks)
