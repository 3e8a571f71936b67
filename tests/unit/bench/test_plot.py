"""Axes and plots, as numbers and elements."""

from xml.etree.ElementTree import Element, fromstring, tostring

import pytest

from antiphon.bench.plot import Axes, Series, draw_bars, draw_lines
from antiphon.bench.scale import Scale, choose_ticks

TICKS: list[tuple[float, list[float]]] = [
    (0, [0, 1]),
    (0.9, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    (5, [0, 1, 2, 3, 4, 5]),
    (207, [0, 50, 100, 150, 200, 250]),
    (8333, [0, 2000, 4000, 6000, 8000, 10000]),
]


@pytest.mark.parametrize(("highest", "ticks"), TICKS)
def test_ticks_are_round(highest: float, ticks: list[float]) -> None:
    """Ticks are round numbers from 0 to the highest value or just above it."""
    assert choose_ticks(highest) == pytest.approx(ticks)


def test_a_scale_of_doublings() -> None:
    """Each doubling takes the same room; one value alone stands in the middle."""
    scale = Scale(1, 8, 0, 300, is_log=True)
    assert [scale.place(value) for value in (1, 2, 4, 8)] == pytest.approx([0, 100, 200, 300])
    assert Scale(1, 1, 0, 300, is_log=True).place(1) == 150


AXES = Axes("Title <1>", "Summary & more.", "x in a", "y in b")


def texts(figure: Element) -> list[str]:
    """All that is written in a plot, read again from its XML."""
    return ["".join(element.itertext()) for element in fromstring(tostring(figure)).iter() if element.text]


def test_lines() -> None:
    """A plot has a title, a summary, labelled axes, and each series with a mark for each point, higher up for more."""
    figure = draw_lines("one", AXES, [Series("cold", [(100, 5), (500, 50)]), Series("warm", [(100, 1), (500, 2)])])
    assert {"Title <1>", "Summary & more.", "x in a", "y in b", "cold", "warm"} <= set(texts(figure))
    assert figure.get("role") == "img" and figure.get("aria-labelledby") == "one-title one-desc"
    cold, warm = (group for group in figure.iter("g") if group.get("data-name"))
    low, high = (float(mark.get("cy", "")) for mark in cold.iter("circle"))
    assert high < low
    assert len(list(warm.iter("rect"))) == 2
    points = cold.find("polyline")
    assert points is not None and len(points.get("points", "").split()) == 2


def test_bars() -> None:
    """Bars are as high as their values say, which stand above them."""
    figure = draw_bars("two", AXES, [("100", 2.0), ("answer", 4.0)], unit="x")
    assert {"2x", "4x", "100", "answer"} <= set(texts(figure))
    heights = [float(bar.get("height", "")) for bar in figure.iter("rect")]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)
