"""The table of one level of concurrency, and the remarks below it; it neither measures nor computes."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from constrained.figures import FigureName, Figures, compute_figures, compute_ratios, compute_spread, pick
from constrained.rounds import Outcome, Round

COLUMNS: dict[FigureName, str] = {
    "own_tokens_per_s": "tokens\nper s, its\nown count",
    "tokens_per_s": "tokens\nper s, one\nmeasure",
    "objects_per_s": "valid\nobjects\nper s",
    "ttft_p50_ms": "first\ntoken\np50 ms",
}
MOST_REASONS = 10


def build_table(rounds_a: Sequence[Round], rounds_b: Sequence[Round], *, streamed: bool) -> Table:
    """A row for each server and, if there are two, one with the ratios; `rounds_b` may be empty."""
    columns = {name: title for name, title in COLUMNS.items() if streamed or name != "ttft_p50_ms"}
    table = Table(
        title=f"concurrency {rounds_a[0].concurrency}, {'streamed' if streamed else 'whole'}",
        caption="median over runs, below it least..greatest" + ("; ratios are taken run by run" if rounds_b else ""),
        box=box.HORIZONTALS,
        padding=0,
        show_lines=True,
    )
    table.add_column("server", overflow="fold")
    for title in (*columns.values(), "valid", "cut", "failed"):
        table.add_column(title, justify="right", no_wrap=True)
    figures_a, figures_b = ([compute_figures(one) for one in rounds] for rounds in (rounds_a, rounds_b))
    for rounds, figures in ((rounds_a, figures_a), (rounds_b, figures_b)):
        if rounds:
            table.add_row(
                Text(rounds[0].server.name),
                *(render_spread(pick(figures, name)) for name in columns),
                *_render_counts(_list_outcomes(rounds)),
            )
    if rounds_b:
        ratios: list[Figures] = [compute_ratios(a, b) for a, b in zip(figures_a, figures_b, strict=True)]
        title = f"{rounds_a[0].server.name} / {rounds_b[0].server.name}"
        table.add_row(Text(title), *(render_spread(pick(ratios, name)) for name in columns), style="bold")
    return table


def render_remarks(rounds: Sequence[Round]) -> Iterator[str]:
    """What the rounds of one server held, and what makes its figures doubtful."""
    name, outcomes = rounds[0].server.name, _list_outcomes(rounds)
    good = [one for one in outcomes if not one.answer.error]
    busy = sum(one.client_cpu_s for one in rounds) / sum(one.wall_s for one in rounds)
    if good:
        prompts = statistics.fmean(one.answer.prompt_tokens or 0 for one in good)
        own = statistics.fmean(one.answer.output_tokens for one in good)
        counts = [one.verdict.num_tokens for one in good if one.verdict.num_tokens]
        measured = statistics.fmean(counts) if counts else 0.0
        yield (
            f"{name}: {len(good)} answers to prompts of {prompts:.1f} tokens; {own:.1f} tokens each by its own count, "
            f"{measured:.1f} by the one measure if they ended; the client took {busy:.0%} of one core"
        )
    if num_guessed := sum(one.answer.completion_tokens is None for one in good):
        yield f"{name}: {num_guessed} answers came without usage; their tokens are counted by chunks"
    cut = Counter(one.order.record.name for one in good if one.verdict.is_cut)
    if cut:
        kinds = ", ".join(f"{kind} {count}" for kind, count in cut.most_common())
        yield f"{name}: cut by --max-tokens: {kinds}"
    complaints = [f"not valid: {one.order.record.name}: {one.verdict.complaint}" for one in good]
    reasons = Counter(text for text, one in zip(complaints, good, strict=True) if one.verdict.complaint)
    reasons += Counter(f"failed: {one.answer.error}" for one in outcomes if one.answer.error)
    for reason, count in reasons.most_common(MOST_REASONS):
        yield f"{name}: {count} {reason}"
    if rest := reasons.total() - sum(count for _, count in reasons.most_common(MOST_REASONS)):
        yield f"{name}: {rest} for other reasons, all of them in the file of --json"


def render_spread(values: list[float], *, num_digits: int | None = None) -> Text:
    """Median, and below it the range."""
    spread = compute_spread(values)
    if spread is None:
        return Text("-")
    median, low, high = (_render_number(value, num_digits) for value in (spread.median, spread.low, spread.high))
    text = Text(median)
    return text if low == high else text.append(f"\n{low}..{high}", style="dim")


def _render_number(number: float, num_digits: int | None) -> str:
    """Three digits, or all before the point: more would be noise."""
    if num_digits is None:
        num_digits = 2 if abs(number) < 10 else 1 if abs(number) < 100 else 0
    return f"{number:.{num_digits}f}"


def _render_counts(outcomes: Sequence[Outcome]) -> Iterator[Text]:
    num_failed = sum(one.answer.error is not None for one in outcomes)
    num_good = len(outcomes) - num_failed
    for num in (sum(one.verdict.is_valid for one in outcomes), sum(one.verdict.is_cut for one in outcomes)):
        yield Text(f"{num / num_good:.1%}" if num_good else "-")
    yield Text(f"{num_failed}/{len(outcomes)}", style="bold red" if num_failed else "")


def _list_outcomes(rounds: Sequence[Round]) -> list[Outcome]:
    return [outcome for one in rounds for outcome in one.outcomes]
