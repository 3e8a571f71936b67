"""Spans of speech into windows."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.hearing.speech import Span, group_spans, halve


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """In order, with pauses between."""
    edges = draw(st.lists(st.integers(1, 50), max_size=40).filter(lambda steps: len(steps) % 2 == 0))
    places = [sum(edges[: number + 1]) for number in range(len(edges))]
    return list(zip(places[::2], places[1::2], strict=True))


@given(spans(), st.integers(1, 60))
def test_all_that_is_spoken_is_in_a_window(found: list[Span], most: int) -> None:
    """Once and in order, and no window is longer than it may be."""
    groups = list(group_spans(found, most))
    heard = [place for group in groups for start, end in group for place in range(start, end)]
    assert heard == [place for start, end in found for place in range(start, end)]
    assert all(0 < sum(end - start for start, end in group) <= most for group in groups)


@given(spans(), st.integers(50, 200))
def test_windows_are_full(found: list[Span], most: int) -> None:
    """The next span would not have gone into the one before."""
    groups = list(group_spans(found, most))
    for group, following in pairwise(groups):
        assert sum(end - start for start, end in [*group, following[0]]) > most


def test_halves_part_in_a_pause() -> None:
    """Nothing is lost, and no half is less than a quarter, whatever is quieter further out."""
    window = np.ones(16_000, np.float32)
    window[9_600:10_400] = 0.1
    window[:1_600] = 0
    first, second = halve(window)
    assert 9_600 <= len(first) <= 10_400
    assert np.array_equal(np.concatenate([first, second]), window)


def test_a_pause_ends_a_window() -> None:
    """Where two spans do not go into one."""
    assert list(group_spans([(0, 6), (10, 14), (20, 25)], 10)) == [[(0, 6), (10, 14)], [(20, 25)]]
