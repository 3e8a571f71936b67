"""Prompts with pictures among their tokens, of every kind that models have, and where each token stands."""

from typing import Literal, NamedTuple

import numpy as np
from hypothesis import strategies as st

from antiphon.engine.llama.senses.embedding import Embedding, Grid, Placed, build_names
from antiphon.engine.llama.senses.placement import Placement

Kind = Literal["line", "grid", "whole"]
KINDS: tuple[Kind, ...] = ("line", "grid", "whole")
WIDTH = 3
PICTURES = [(number, columns, rows) for number in range(3) for columns, rows in ((1, 1), (5, 2), (3, 4), (20, 1))]


class Layout(NamedTuple):
    """tokens: with names. times: where each stands in time."""

    tokens: list[int]
    times: list[int]
    placement: Placement

    def __repr__(self) -> str:
        """Short, for Hypothesis."""
        return f"<{self.tokens} with pictures of {[len(placed.embedding.names) for placed in self.placement.placed]}>"

    @property
    def last_names(self) -> set[int]:
        """Of each picture, which ends there and nowhere else."""
        return {placed.embedding.names[-1] for placed in self.placement.placed}


def build_picture(number: int, columns: int, rows: int, kind: Kind) -> Embedding:
    """line: its tokens stand one behind another. grid: they share a time. whole: as a line, and they see each other."""
    count, told = columns * rows, b"%d %d %d" % (number, columns, rows)
    vectors = np.full((count, WIDTH), number, np.float32)
    if kind != "grid":
        return Embedding(build_names(told, count, count), vectors, whole=kind == "whole")
    row, column = np.divmod(np.arange(count, dtype=np.int32), columns)
    nothing = np.zeros_like(row)
    grid = Grid(np.stack([nothing, row, column, nothing], axis=1), np.array([[1, 1, 1, 0]] * count, np.int32))
    return Embedding(build_names(told, count, max(columns, rows)), vectors, grid)


def build_layout(*pieces: list[int] | Embedding) -> Layout:
    """Texts and pictures, one behind another."""
    tokens: list[int] = []
    times: list[int] = []
    placed: list[Placed] = []
    time = 0
    for piece in pieces:
        if isinstance(piece, list):
            tokens += piece
            times += range(time, time + len(piece))
            time += len(piece)
            continue
        placed.append(Placed(len(tokens), piece))
        tokens += piece.names
        shift = piece.grid.places[:, 0].tolist() if piece.grid else range(len(piece.names))
        times += [time + more for more in shift]
        time += int(piece.grid.places.max()) + 1 if piece.grid else len(piece.names)
    return Layout(tokens, times, Placement(tuple(placed)))


texts = st.lists(st.integers(0, 2), min_size=1, max_size=12)


@st.composite
def layouts(draw: st.DrawFn, kind: Kind) -> Layout:
    """Prompts of a model that sees in this way; at least a token stands behind the last picture."""
    pieces = draw(st.lists(texts | st.sampled_from(PICTURES), max_size=5))
    built = [build_picture(*piece, kind) if isinstance(piece, tuple) else piece for piece in pieces]
    return build_layout(*built, draw(texts))
