"""What stands for a picture in a prompt: vectors, each with the name of a token that no vocabulary has.

The names are made of the picture, so that all that compares tokens (prefixes, what is on disk) compares pictures too,
and knows nothing of them. Invariant: a name is negative; an odd one takes no position of its own, as where the tokens
of a picture share one (M-RoPE).
"""

import hashlib
from collections.abc import Sequence as Seq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NAME_BITS = 29
Rows = NDArray[np.float32]
"""(tokens, width): what a model reads in place of its own vectors of tokens."""
Places = NDArray[np.int32]
"""(tokens, 1 or 4): where each stands; four numbers are time, row, column and layer (M-RoPE)."""


class Grid(NamedTuple):
    """Where tokens stand that are no line. places: when the first one stands at 0. moving: 1 where a number is the more
    by as much as the first one stands behind that, 0 where it is what it is.
    """

    places: Places
    moving: Places

    def at(self, position: int) -> Places:
        """When the first one stands there."""
        return self.places + position * self.moving


class Embedding(NamedTuple):
    """names: of its tokens. grid: None where they stand one behind another. whole: its tokens see each other, those
    behind them too, so they must be computed in one pass.
    """

    names: list[int]
    rows: Rows
    grid: Grid | None = None
    whole: bool = False


class Shown(NamedTuple):
    """Part of an embedding, in a slot. rows: (tokens, width). positions: (tokens, 1 or 4)."""

    rows: Rows
    positions: Places
    whole: bool

    def filled_up(self, count: int, position: int) -> "Shown":
        """With so many that mean nothing behind it, at that position: the last again, as of nothing at all some models
        make numbers that are none, which would stay.
        """
        if not count:
            return self
        rows = np.concatenate([self.rows, np.repeat(self.rows[-1:], count, axis=0)])
        empty = np.full((count, self.positions.shape[1]), position, np.int32)
        return Shown(rows, np.concatenate([self.positions, empty]), self.whole)


class Placed(NamedTuple):
    """An embedding, and where in the prompt it begins."""

    start: int
    embedding: Embedding

    @property
    def end(self) -> int:
        """Where the token behind it is."""
        return self.start + len(self.embedding.names)

    def show(self, begin: int, end: int, position: int) -> Shown:
        """What is computed of it. begin, end: in the prompt. position: of its first token in the slot."""
        names, rows, grid, whole = self.embedding
        part = slice(begin - self.start, end - self.start)
        places = grid.at(position) if grid else np.arange(position, position + len(names), dtype=np.int32)[:, None]
        return Shown(rows[part], places[part], whole)


def build_names(told: bytes, num_tokens: int, num_positions: int) -> list[int]:
    """Names of the tokens of a picture. told: what tells it from all others. num_positions: how far apart stands what
    is before it and what is behind it.
    """
    drawn = np.frombuffer(hashlib.shake_256(told).digest(4 * num_tokens), np.uint32) >> (32 - NAME_BITS)
    shares = np.arange(num_tokens) >= num_positions
    names: list[int] = (-2 - 2 * drawn.astype(np.int64) - shares).tolist()
    return names


def num_positions(tokens: Seq[int] | NDArray[np.int32]) -> int:
    """How many positions these take."""
    array = np.asarray(tokens, np.int32)
    return len(array) - int(np.count_nonzero((array < 0) & (array & 1)))


def without_names(tokens: Seq[int]) -> list[int]:
    """Those that are tokens of the vocabulary."""
    return [token for token in tokens if token >= 0]
