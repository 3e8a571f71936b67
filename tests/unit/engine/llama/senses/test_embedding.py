"""engine/llama/senses/embedding.py: names that stand for pictures, and where their tokens stand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.llama.senses.embedding import Placed, build_names, num_positions, without_names
from tests.unit.engine.llama.senses.layouts import KINDS, PICTURES, Kind, Layout, build_picture, layouts

sizes = st.integers(1, 2000)
some_layouts = st.sampled_from(KINDS).flatmap(layouts)


@given(told=st.binary(max_size=40), num_tokens=sizes, share=st.floats(0, 1))
def test_names(told: bytes, num_tokens: int, share: float) -> None:
    """No vocabulary has them, a KV cache's bookkeeping holds them, and they count as many positions as were told."""
    positions = max(1, int(num_tokens * share))
    names = build_names(told, num_tokens, positions)
    assert len(names) == num_tokens
    assert max(names) < -1 and np.array(names, np.int32).tolist() == names
    assert num_positions(names) == num_positions(np.array(names, np.int32)) == positions


@given(told=st.binary(max_size=40), num_tokens=sizes)
def test_the_same_picture_has_the_same_names(told: bytes, num_tokens: int) -> None:
    """However long ago it was made: they are made of what tells it from all others, and of nothing else."""
    assert build_names(told, num_tokens, num_tokens) == build_names(told, num_tokens, num_tokens)


def test_frozen_names() -> None:
    """Another process, and another release, finds on disk what this one has computed."""
    assert build_names(b"picture 0", 4, 2) == [-727023072, -615308932, -211754883, -791691319]


def test_different_pictures_have_different_names() -> None:
    """Not one token of a thousand pictures has the name of another, or of another place of its own."""
    names = [name for number in range(1000) for name in build_names(b"%d" % number, 25, 25)]
    assert len(set(names)) == len(names)


@given(layout=some_layouts)
def test_positions_of_a_prompt(layout: Layout) -> None:
    """What is behind a prefix stands where it says, wherever that ends outside of pictures."""
    for length, token in enumerate(layout.tokens):
        if token >= 0:
            assert num_positions(layout.tokens[:length]) == layout.times[length]


@given(layout=some_layouts)
def test_without_names(layout: Layout) -> None:
    """What is left are the tokens of the texts, in order."""
    left = without_names(layout.tokens)
    assert left == [token for token in layout.tokens if token in range(3)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("told", PICTURES)
def test_any_part_is_what_it_is_of_the_whole(kind: Kind, told: tuple[int, int, int]) -> None:
    """Vectors and positions of a picture do not depend on how it is cut, or on where in the prompt it is."""
    embedding = build_picture(*told, kind)
    count = len(embedding.names)
    for start, position in ((0, 0), (7, 7), (40, 9)):
        placed = Placed(start, embedding)
        assert placed.end == start + count
        whole = placed.show(start, placed.end, position)
        assert (whole.rows == embedding.rows).all() and whole.whole == (kind == "whole")
        for cut in range(1, count):
            parts = [placed.show(start, start + cut, position), placed.show(start + cut, placed.end, position)]
            assert np.array_equal(np.concatenate([part.positions for part in parts]), whole.positions)
            assert np.array_equal(np.concatenate([part.rows for part in parts]), whole.rows)


def test_positions_on_a_grid() -> None:
    """Time, row and column go with the place of the picture; what does not move stays what it is."""
    shown = Placed(10, build_picture(0, 2, 2, "grid")).show(10, 14, 7)
    assert shown.positions.tolist() == [[7, 7, 7, 0], [7, 7, 8, 0], [7, 8, 7, 0], [7, 8, 8, 0]]


def test_positions_on_a_line() -> None:
    """One number each, where there is no grid."""
    assert Placed(10, build_picture(0, 2, 2, "line")).show(11, 13, 7).positions.tolist() == [[8], [9]]


@pytest.mark.parametrize("kind", ["line", "grid"])
def test_filled_up(kind: Kind) -> None:
    """What a run is filled up with stands behind all of it, where nothing of it looks, and is cut off there. It is no
    row of zeros, of which a norm without an epsilon makes NaN.
    """
    shown = Placed(0, build_picture(1, 3, 1, kind)).show(0, 3, 5)
    filled = shown.filled_up(1, 8)
    assert (
        filled.rows.shape == (4, shown.rows.shape[1])
        and filled.positions[3].tolist() == [8] * filled.positions.shape[1]
    )
    assert np.array_equal(filled.positions[:3], shown.positions)
    assert filled.positions[3, 0] > shown.positions[:, 0].max()
    assert np.array_equal(filled.rows[3], shown.rows[2])
    assert shown.filled_up(0, 8) is shown
