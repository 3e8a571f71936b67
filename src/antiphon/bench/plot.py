"""Plots as SVG elements: lines over numbers, and bars over names. No scripts, nothing from elsewhere.

The page's style sheet gives the colours, so that they suit light and dark. Series differ by their marks, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from antiphon.bench.scale import Scale, choose_ticks, render_tick

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 72, 32, 44, 56
RADIUS = 4.5
BAR_PART = 0.55
"""Of the room for a bar."""
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Series:
    """Points of one name."""

    name: str
    points: Points


@dataclass(frozen=True)
class Axes:
    """What a plot is of. summary: what a reader who does not see it is told."""

    title: str
    summary: str
    x_label: str
    y_label: str


def draw_lines(name: str, axes: Axes, series: Sequence[Series], *, is_log: bool = False) -> Element:
    """Lines with a mark for each point. name: unique on its page. is_log: of the x axis, whose ticks are the points."""
    figure = _begin(name, axes)
    every_x = sorted({x for one in series for x, _ in one.points})
    x_scale = Scale(every_x[0] if is_log else 0, every_x[-1], LEFT, WIDTH - RIGHT, is_log=is_log)
    y_scale = _draw_y_axis(figure, max(y for one in series for _, y in one.points))
    ticks = every_x if is_log else choose_ticks(every_x[-1])
    for x in (x for x in ticks if x <= x_scale.high):
        _write(figure, render_tick(x), x_scale.place(x), HEIGHT - BOTTOM + 20, "tick middle")
    for number, one in enumerate(series):
        figure.append(_draw_series(one, number, x_scale, y_scale))
    if len(series) > 1:
        figure.append(_draw_legend(series))
    return figure


def draw_bars(name: str, axes: Axes, bars: Sequence[tuple[str, float]], *, unit: str) -> Element:
    """A bar for each name, with its number above it."""
    figure = _begin(name, axes)
    y_scale = _draw_y_axis(figure, max(value for _, value in bars))
    room = (WIDTH - LEFT - RIGHT) / len(bars)
    for number, (title, value) in enumerate(bars):
        middle, top = LEFT + room * (number + 0.5), y_scale.place(value)
        box = {"x": _px(middle - room * BAR_PART / 2), "y": _px(top), "width": _px(room * BAR_PART)}
        SubElement(figure, "rect", {**box, "height": _px(y_scale.from_px - top), "class": "bar"})
        _write(figure, f"{value:.3g}{unit}", middle, top - 6, "value middle")
        _write(figure, title, middle, HEIGHT - BOTTOM + 20, "tick middle")
    return figure


def _begin(name: str, axes: Axes) -> Element:
    ids = {"title": f"{name}-title", "desc": f"{name}-desc"}
    figure = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "id": name,
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "role": "img",
            "aria-labelledby": " ".join(ids.values()),
        },
    )
    SubElement(figure, "title", {"id": ids["title"]}).text = axes.title
    SubElement(figure, "desc", {"id": ids["desc"]}).text = axes.summary
    _write(figure, axes.x_label, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "label middle")
    _write(figure, axes.y_label, LEFT, 16, "label")
    return figure


def _draw_y_axis(figure: Element, highest: float) -> Scale:
    ticks = choose_ticks(highest)
    scale = Scale(0, ticks[-1], HEIGHT - BOTTOM, TOP)
    for tick in ticks:
        y = _px(scale.place(tick))
        style = "grid" if tick else "axis"
        SubElement(figure, "line", {"x1": _px(LEFT), "x2": _px(WIDTH - RIGHT), "y1": y, "y2": y, "class": style})
        _write(figure, render_tick(tick), LEFT - 8, scale.place(tick) + 4, "tick end")
    return scale


def _draw_series(series: Series, number: int, x_scale: Scale, y_scale: Scale) -> Element:
    group = Element("g", {"class": f"series series-{number}", "data-name": series.name})
    places = [(x_scale.place(x), y_scale.place(y)) for x, y in series.points]
    SubElement(group, "polyline", {"points": " ".join(f"{_px(x)},{_px(y)}" for x, y in places), "class": "line"})
    for (x, y), place in zip(series.points, places, strict=True):
        mark = _draw_mark(number, *place)
        SubElement(mark, "title").text = f"{series.name}: {render_tick(x)}, {render_tick(round(y, 2))}"
        group.append(mark)
    return group


def _draw_mark(number: int, x: float, y: float) -> Element:
    """A disc for the first series, a square for the second."""
    if number == 0:
        return Element("circle", {"cx": _px(x), "cy": _px(y), "r": _px(RADIUS), "class": "mark"})
    side = {"width": _px(2 * RADIUS), "height": _px(2 * RADIUS)}
    return Element("rect", {"x": _px(x - RADIUS), "y": _px(y - RADIUS), **side, "class": "mark"})


def _draw_legend(series: Sequence[Series]) -> Element:
    legend = Element("g", {"class": "legend"})
    for number, (one, x) in enumerate(zip(series, _spread(series), strict=True)):
        entry = SubElement(legend, "g", {"class": f"series series-{number}"})
        entry.append(_draw_mark(number, x, 12))
        _write(legend, one.name, x + 10, 16, "label")
    return legend


def _spread(series: Sequence[Series]) -> Iterator[float]:
    """Where the entries of a legend begin, so that the last one ends at the right."""
    widths = [30 + 7.5 * len(one.name) for one in series]
    x = WIDTH - RIGHT - sum(widths)
    for width in widths:
        yield x
        x += width


def _write(figure: Element, text: str, x: float, y: float, style: str) -> None:
    SubElement(figure, "text", {"x": _px(x), "y": _px(y), "class": style}).text = text


def _px(number: float) -> str:
    return f"{number:.1f}"
