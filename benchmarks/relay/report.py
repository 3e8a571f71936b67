"""The table, the remarks below it, and everything as JSON."""

import json
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from relay.connection import Stream
from relay.hold import Held
from relay.load import Round
from relay.match import Results
from relay.measures import compute_rate, list_errors
from relay.place import DIRECT, OURS, THEIRS
from relay.rows import Row

MOST_REASONS = 5
# Below this the upstream and the client themselves may be what is measured.
CLEARLY_FASTER = 1.5


def build_table(rows: Sequence[Row]) -> Table:
    """A line for each row."""
    table = Table(box=box.HORIZONTALS, padding=(0, 1))
    table.caption = "medians of the rounds; ratios are taken round by round, least..greatest below"
    for title in ("what", "", DIRECT, OURS, THEIRS, "ratio", "wanted", "met"):
        table.add_column(title, justify="left" if title in ("what", "", "met") else "right", overflow="fold")
    for row in rows:
        sides = [_render_median(row.values.get(name, ())) for name in (DIRECT, OURS, THEIRS)]
        wanted = f"{row.wanted}{' times' if row.of_ratio else ''}" if row.wanted else ""
        met = {None: Text(""), True: Text("yes", style="green"), False: Text("no", style="bold red")}[row.is_met]
        table.add_row(Text(row.title), row.unit, *sides, _render_spread(row.ratios), wanted, met)
    return table


def render_remarks(results: Results) -> Iterator[str]:
    """What makes figures doubtful: failures, and a client or an upstream that was no faster than a gateway."""
    yield from results.remarks
    for one in (*results.flows, *results.paces):
        yield from _render_failures(one.place.name, one.streams)
    for held in results.held:
        yield from _render_failures(f"{held.place.name}, held", held.streams)
    rates = _median_rates(results.flows)
    for name, rate in rates.items():
        if name != DIRECT and rates[DIRECT] < CLEARLY_FASTER * rate:
            yield f"direct is not clearly faster than {name}, whose rate by the clock is that of upstream and client"
    for name in rates:
        of = [one for one in results.flows if one.place.name == name]
        wall = sum(one.wall_s for one in of)
        gateway, upstream, client = (sum(clock) / wall for clock in zip(*(one.cpu_s for one in of), strict=True))
        yield f"{name}: gateway {gateway:.0%}, upstream {upstream:.0%}, client {client:.0%} of a core"


def write_record(path: Path, about: Mapping[str, Any], *, rows: Sequence[Row], results: Results) -> None:
    """Write the file anew; called after every part, so that a benchmark broken off leaves what it had."""
    record = {
        **about,
        "rows": [_render_row(row) for row in rows],
        "flows": [_render_round(one) for one in results.flows],
        "paces": [_render_round(one) for one in results.paces],
        "held": [_render_held(one) for one in results.held],
        "remarks": list(render_remarks(results)),
    }
    path.write_text(json.dumps(record, indent=1) + "\n")


def _render_median(values: Sequence[float]) -> str:
    return _render_number(statistics.median(values)) if values else "-"


def _render_spread(values: Sequence[float]) -> Text:
    if not values:
        return Text("")
    text = Text(_render_number(statistics.median(values)))
    between = f"\n{_render_number(min(values))}..{_render_number(max(values))}"
    return text.append(between, style="dim") if len(values) > 1 else text


def _render_number(number: float) -> str:
    """Three digits, or all before the point: more would be noise."""
    if abs(number) < 1:
        return f"{number:.2g}"
    return f"{number:,.{2 if abs(number) < 10 else 1 if abs(number) < 100 else 0}f}"


def _render_failures(name: str, streams: Sequence[Stream]) -> Iterator[str]:
    errors = list_errors(streams)
    for error, count in Counter(errors).most_common(MOST_REASONS):
        yield f"{name}: {count} of {len(streams)} streams failed: {error}"


def _median_rates(rounds: Sequence[Round]) -> dict[str, float]:
    names = dict.fromkeys(one.place.name for one in rounds)
    return {
        name: statistics.median(compute_rate(one) for one in rounds if one.place.name == name and one.obfuscate)
        for name in names
    }


def _render_row(row: Row) -> dict[str, Any]:
    wanted = (
        {"wanted": str(row.wanted), "of": "ratio" if row.of_ratio else OURS, "met": row.is_met} if row.wanted else {}
    )
    return {"what": row.title, "unit": row.unit, **row.values, "ratios": row.ratios, **wanted}


def _render_round(one: Round) -> dict[str, Any]:
    return {
        "place": one.place.name,
        "load": str(one.load),
        "obfuscate": one.obfuscate,
        "wall_s": round(one.wall_s, 4),
        "cpu_s": {name: round(seconds, 3) for name, seconds in one.cpu_s._asdict().items()},
        "streams": [_render_stream(stream, one.started_s) for stream in one.streams],
    }


def _render_held(one: Held) -> dict[str, Any]:
    return {
        "place": one.place.name,
        "ramp_s": round(one.ramp_s, 3),
        "waiting": one.num_waiting,
        "whole": one.num_whole,
        "bytes_per_stream": one.bytes_per_stream,
        "errors": Counter(list_errors(one.streams)).most_common(MOST_REASONS),
    }


def _render_stream(stream: Stream, start_s: float) -> list[Any]:
    """Begun, first token, end, in seconds from the start of the round; tokens; why it failed."""
    first = None if stream.first_s is None else round(stream.first_s - start_s, 5)
    times = (round(stream.started_s - start_s, 5), first, round(stream.ended_s - start_s, 5))
    return [*times, stream.tally.num_tokens, stream.error]
