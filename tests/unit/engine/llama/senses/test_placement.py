"""engine/llama/senses/placement.py: what of a prompt can be computed together."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.llama.senses.embedding import Embedding, Placed, num_positions
from antiphon.engine.llama.senses.placement import NOTHING_PLACED, Stretch
from tests.unit.engine.llama.senses.layouts import KINDS, Layout, build_layout, build_picture, layouts

EMPTY = Embedding([], np.empty((0, 1), np.float32))
some_layouts = st.sampled_from(KINDS).flatmap(layouts)


@given(layout=some_layouts)
def test_stretches(layout: Layout) -> None:
    """From one to the next they cover the prompt, each being all text or all of one picture."""
    begin, seen = 0, []
    while (stretch := layout.placement.stretch(begin)).length is not None:
        part = layout.tokens[begin : begin + stretch.length]
        assert part and len(part) == stretch.length
        if stretch.placed:
            assert part == stretch.placed.embedding.names and stretch.whole == stretch.placed.embedding.whole
            seen.append(stretch.placed)
        else:
            assert min(part) >= 0 and not stretch.whole
        begin += stretch.length
    assert stretch == Stretch(None) and min(layout.tokens[begin:]) >= 0
    assert tuple(seen) == layout.placement.placed


@given(layout=some_layouts)
def test_the_rest_of_a_stretch(layout: Layout) -> None:
    """Within a stretch the same goes on, as far as it did from its beginning."""
    for begin in range(len(layout.tokens) - 1):
        here, next_one = layout.placement.stretch(begin), layout.placement.stretch(begin + 1)
        if here.length and here.length > 1:
            assert next_one == here._replace(length=here.length - 1)


@given(layout=some_layouts)
def test_before(layout: Layout) -> None:
    """A prefix that ends within a picture is cut to where that begins; all others stay."""
    for length in range(len(layout.tokens) + 5):
        within = [placed for placed in layout.placement.placed if placed.start < length < placed.end]
        assert layout.placement.before(length) == (within[0].start if within else length)


@given(layout=some_layouts)
def test_positions(layout: Layout) -> None:
    """Their number is right for any beginning, also one within a picture, and one with more than the prompt."""
    for length in range(len(layout.tokens) + 1):
        assert layout.placement.num_positions(length) == num_positions(layout.tokens[:length])
    end = len(layout.tokens)
    assert layout.placement.num_positions(end + 7) == layout.placement.num_positions(end) + 7


@given(layout=some_layouts)
def test_steady(layout: Layout) -> None:
    """Before a picture, a text of several tokens is gone on with no single one, a text of one token is computed
    again, and nothing else is.
    """
    placed = layout.placement.placed
    texts = [(before.end, after.start) for before, after in itertools.pairwise((Placed(0, EMPTY), *placed))]
    for length in range(len(layout.tokens) + 1):
        around = [(begin, end) for begin, end in texts if begin < length <= end]
        again = any(end - length == 1 or end - begin == 1 for begin, end in around)
        assert layout.placement.steady(length) == length - again


def test_text_only() -> None:
    """Without pictures there is one stretch, and every place is as good as any."""
    assert NOTHING_PLACED.stretch(3) == Stretch(None)
    assert [NOTHING_PLACED.before(7), NOTHING_PLACED.num_positions(7)] == [7, 7]


def test_pictures_side_by_side() -> None:
    """They are two, also where nothing is between them."""
    placement = build_layout([1], build_picture(0, 5, 2, "line"), build_picture(1, 5, 2, "line"), [2]).placement
    assert [placement.stretch(begin).length for begin in (0, 1, 11, 21)] == [1, 10, 10, None]
    assert [placement.before(length) for length in (1, 10, 11, 12, 21)] == [1, 1, 11, 11, 21]
