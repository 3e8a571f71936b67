"""The report as one HTML file that needs nothing else: tables, and plots as SVG, for light and for dark.

It is well-formed XML too.
"""

from collections.abc import Iterator
from importlib.resources import files
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from antiphon.bench.figures import Measured
from antiphon.bench.plot import Axes, Series, draw_bars, draw_lines
from antiphon.bench.report import Report
from antiphon.bench.tables import TIMES, Grid, build_facts, build_tables, render_number

STYLE = files("antiphon.bench").joinpath("page.css")


def render_page(report: Report) -> str:
    """The whole file."""
    page = Element("html", {"lang": "en"})
    title = f"{report.setting.model}: antiphon bench"
    page.extend([build_head(title), build_body(report)])
    indent(page)
    return f"<!DOCTYPE html>\n{tostring(page, encoding='unicode')}\n"


def build_head(title: str) -> Element:
    """Title and style."""
    head = Element("head")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    SubElement(head, "meta", {"name": "color-scheme", "content": "light dark"})
    SubElement(head, "title").text = title
    SubElement(head, "style").text = STYLE.read_text()
    return head


def build_body(report: Report) -> Element:
    """What it is of, plots, tables, and what is missing."""
    body = Element("body")
    SubElement(body, "h1").text = f"What {report.setting.model} does here"
    body.append(build_list(report))
    for plot in draw_plots(report.measured):
        figure = SubElement(body, "figure")
        SubElement(figure, "figcaption").text = plot.findtext("title")
        figure.append(plot)
    body.extend(build_table(grid) for grid in build_tables(report.measured))
    if report.measured.skipped:
        SubElement(body, "h2").text = "Not measured, or not as it should be"
        skipped = SubElement(body, "ul")
        for sentence in report.measured.skipped:
            SubElement(skipped, "li").text = sentence
    return body


def build_list(report: Report) -> Element:
    """The facts, as terms and what they are."""
    facts = Element("dl")
    for name, text in build_facts(report):
        SubElement(facts, "dt").text = name
        SubElement(facts, "dd").text = text
    return facts


def build_table(grid: Grid) -> Element:
    """A table with its caption and, below it, how to read it."""
    section = Element("section")
    table = SubElement(section, "table")
    SubElement(table, "caption").text = grid.title
    titles = SubElement(SubElement(table, "thead"), "tr")
    for column in grid.columns:
        SubElement(titles, "th", {"scope": "col"}).text = column
    lines = SubElement(table, "tbody")
    for row in grid.rows:
        line = SubElement(lines, "tr")
        for place, text in enumerate(row):
            cell = SubElement(line, "td") if place else SubElement(line, "th", {"scope": "row"})
            cell.text = text or "\N{NO-BREAK SPACE}"
    SubElement(section, "p").text = grid.note
    return section


def draw_plots(measured: Measured) -> Iterator[Element]:
    """Those that have points."""
    if measured.throughputs:
        yield draw_throughput(measured)
    if measured.first_tokens:
        yield draw_first_tokens(measured)
    if gains := [*find_gains(measured)]:
        summary = "; ".join(f"{name}: {render_number(gain)} times" for name, gain in gains)
        label = "prompts seen before, by their tokens; an answer predicted"
        axes = Axes("What cache and draft gain", f"{summary}.", label, "times as fast")
        yield draw_bars("gains", axes, gains, unit=TIMES)


def draw_throughput(measured: Measured) -> Element:
    """Tokens per second over streams."""
    points = [(one.num_streams, one.tokens_per_s) for one in measured.throughputs]
    summary = "; ".join(f"{x} streams: {render_number(y)} tokens per second" for x, y in points)
    axes = Axes("Throughput by concurrency", f"{summary}.", "streams at once", "output tokens per second")
    return draw_lines("throughput", axes, [Series("all streams", points)], is_log=True)


def draw_first_tokens(measured: Measured) -> Element:
    """Times over lengths."""
    cold = [(one.prompt_tokens, 1000 * one.cold_s) for one in measured.first_tokens]
    warm = [(one.prompt_tokens, 1000 * one.warm_s) for one in measured.first_tokens]
    summary = "; ".join(
        f"{length} tokens: {render_number(new)} ms new, {render_number(again)} ms again"
        for (length, new), (_, again) in zip(cold, warm, strict=True)
    )
    axes = Axes("Time to first token by prompt length", f"{summary}.", "prompt, in tokens", "first token, in ms (p50)")
    return draw_lines("first-token", axes, [Series("new prompt", cold), Series("same prompt again", warm)])


def find_gains(measured: Measured) -> Iterator[tuple[str, float]]:
    """Names and factors."""
    for one in measured.first_tokens:
        yield f"{one.prompt_tokens:,}", one.gain
    if measured.draft and measured.draft.gain:
        yield "answer", measured.draft.gain
