"""The tables of a report, as titles and texts. How they are drawn is known to the terminal and the page."""

from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.bench.figures import Draft, Measured
from antiphon.bench.report import Report

TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Grid:
    """One table. The first column names, the others are numbers. note: how to read it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


def build_tables(measured: Measured) -> Iterator[Grid]:
    """Those that have rows."""
    tables = (build_throughput(measured), build_first_token(measured), build_draft(measured))
    return (table for table in tables if table.rows)


def build_throughput(measured: Measured) -> Grid:
    """A row for each level of concurrency."""
    alone = next((one.tokens_per_s for one in measured.throughputs if one.num_streams == 1), None)
    rows = tuple(
        (
            str(one.num_streams),
            render_number(one.tokens_per_s),
            render_number(one.tokens_per_s / one.num_streams),
            render_factor(alone and one.tokens_per_s / alone),
            f"{one.num_requests}" + (f", {one.num_failed} failed" if one.num_failed else ""),
        )
        for one in measured.throughputs
    )
    columns = ("streams", "output tokens/s", "tokens/s of each stream", "against one stream", "requests")
    note = f"Prompts of about {measured.prompt_tokens} tokens, answers of up to {measured.answer_tokens}."
    return Grid("Throughput by concurrency", columns, rows, note)


def build_first_token(measured: Measured) -> Grid:
    """A row for each length of prompt."""
    rows = tuple(
        (
            f"{one.prompt_tokens:,}",
            render_number(1000 * one.cold_s),
            render_number(1000 * one.warm_s),
            render_factor(one.gain),
            "" if one.cached_tokens is None else f"{one.cached_tokens:,}",
            str(one.num_runs),
        )
        for one in measured.first_tokens
    )
    columns = ("prompt tokens", "new prompt, ms", "same prompt again, ms", "cache gain", "cached tokens", "runs")
    return Grid("Time to first token by prompt length", columns, rows, "Medians (p50), one stream.")


def build_draft(measured: Measured) -> Grid:
    """The same answer, without and with itself as prediction."""
    draft = measured.draft
    columns = ("the same answer", "output tokens/s", "draft gain", "accepted tokens", "runs")
    rows = tuple(build_draft_rows(draft)) if draft else ()
    note = f"Answers of {draft.output_tokens} tokens at temperature 0, one stream. {draft.remark}" if draft else ""
    return Grid("Draft gain of a right prediction", columns, rows, note.strip())


def build_draft_rows(draft: Draft) -> Iterator[tuple[str, ...]]:
    """Two; what became of a prediction that was not used stands where its gain would."""
    yield "without prediction", render_number(draft.plain_per_s), "", "", str(draft.num_runs)
    speed = "—" if draft.predicted_per_s is None else render_number(draft.predicted_per_s)
    gain = render_factor(draft.gain) if draft.outcome == "used" else draft.outcome
    yield "with prediction", speed, gain, str(draft.accepted_tokens), str(draft.num_runs)


def build_facts(report: Report) -> Iterator[tuple[str, str]]:
    """What the figures belong to, as names and texts."""
    setting = report.setting
    yield "model", setting.model
    yield "server", setting.server
    yield "machine", f"{setting.cpu}, {setting.cores} core{'s' if setting.cores > 1 else ''}, {setting.system}"
    yield "antiphon", setting.version
    yield "date", f"{setting.date}, took {report.measured.took_s:.0f} s"
    yield "command", setting.command


def render_number(number: float) -> str:
    """Three digits, or all before the point: more would be noise."""
    return f"{number:,.{2 if number < 10 else 1 if number < 100 else 0}f}"


def render_factor(factor: float | None) -> str:
    """How many times; a dash when it is not known."""
    return "—" if factor is None else f"{render_number(factor)}{TIMES}"
