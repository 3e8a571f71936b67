"""The table of one level of concurrency, and the remarks below it.

It knows what a reader needs to judge the figures (failures, replies cut short, chunks of several tokens); it neither
measures nor computes them.
"""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from figures import FigureName, Figures, Spread, compute_figures, compute_ratios, compute_spread
from load import Round

COLUMNS: dict[FigureName, str] = {
    "throughput": "output\ntokens\nper s",
    "ttft_p50_ms": "first\ntoken\np50 ms",
    "ttft_p95_ms": "first\ntoken\np95 ms",
    "between_p50_ms": "between\ntokens\np50 ms",
    "between_p95_ms": "between\ntokens\np95 ms",
}


# More are printed as one number: a reason may hold a request's id, and then there are as many as failures.
MOST_REASONS = 10


def build_table(rounds_a: Sequence[Round], rounds_b: Sequence[Round]) -> Table:
    """A row for each server and, if there are two, one with the ratios; `rounds_b` may be empty."""
    table = Table(
        title=f"concurrency {rounds_a[0].concurrency}",
        caption="median over runs, below it least..greatest" + ("; ratios are taken run by run" if rounds_b else ""),
        box=box.HORIZONTALS,
        padding=0,
        show_lines=True,
    )
    table.add_column("server", overflow="fold")
    for title in COLUMNS.values():
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("failed", justify="right", no_wrap=True)
    figures_a, figures_b = ([compute_figures(one) for one in rounds] for rounds in (rounds_a, rounds_b))
    for rounds, figures in ((rounds_a, figures_a), (rounds_b, figures_b)):
        if rounds:
            table.add_row(Text(rounds[0].server.name), *_render_row(figures), _render_failures(rounds))
    if rounds_b:
        ratios = [compute_ratios(a, b) for a, b in zip(figures_a, figures_b, strict=True)]
        title = f"{rounds_a[0].server.name} / {rounds_b[0].server.name}"
        table.add_row(Text(title), *_render_row(ratios), style="bold")
    return table


def render_remarks(rounds: Sequence[Round], *, wanted_tokens: int) -> Iterator[str]:
    """What the rounds of one server held, and all that makes its figures doubtful."""
    name = rounds[0].server.name
    replies = [reply for one in rounds for reply in one.replies]
    good = [reply for reply in replies if not reply.error]
    num_tokens, num_chunks = sum(r.output_tokens for r in good), sum(len(r.arrivals_s) for r in good)
    busy = sum(one.client_cpu_s for one in rounds) / sum(one.wall_s for one in rounds)
    if good:
        prompts = [r.prompt_tokens for r in good if r.prompt_tokens is not None]
        prompt = f"{statistics.fmean(prompts):.1f}" if prompts else "unknown length"
        yield (
            f"{name}: {len(good)} replies of {num_tokens / len(good):.1f} tokens to prompts of {prompt}, "
            f"{num_tokens / num_chunks:.2f} tokens per chunk; the client took {busy:.0%} of one core"
        )
    if num_tokens > 1.05 * num_chunks:
        yield f"{name}: chunks hold several tokens, so 'between tokens' is the time between chunks"
    if num_guessed := sum(r.completion_tokens is None for r in good):
        yield f"{name}: {num_guessed} replies came without usage; their tokens are counted by chunks"
    if num_short := sum(r.output_tokens < wanted_tokens for r in good):
        yield f"{name}: {num_short} replies were shorter than {wanted_tokens} tokens; see --ban-tokens"
    reasons = Counter(reply.error for reply in replies if reply.error).most_common()
    for error, count in reasons[:MOST_REASONS]:
        yield f"{name}: {count} failed: {error}"
    if rest := sum(count for _, count in reasons[MOST_REASONS:]):
        yield f"{name}: {rest} failed for other reasons, all of them in the file of --json"


def _render_row(runs: Sequence[Figures]) -> Iterator[Text]:
    return (_render_spread(compute_spread(runs, name)) for name in COLUMNS)


def _render_spread(spread: Spread | None) -> Text:
    if spread is None:
        return Text("-")
    text = Text(_render_number(spread.median))
    return (
        text
        if spread.low == spread.high
        else text.append(f"\n{_render_number(spread.low)}..{_render_number(spread.high)}", style="dim")
    )


def _render_number(number: float) -> str:
    """Three digits, or all before the point: more would be noise."""
    return f"{number:.{2 if number < 10 else 1 if number < 100 else 0}f}"


def _render_failures(rounds: Sequence[Round]) -> Text:
    replies = [reply for one in rounds for reply in one.replies]
    num_failed = sum(reply.error is not None for reply in replies)
    return Text(f"{num_failed}/{len(replies)}", style="bold red" if num_failed else "")
