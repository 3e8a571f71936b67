"""The table of ratios, and everything as JSON."""

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from pairs.case import Pair, Results, Row, compute_spread
from pairs.layout import Layout


def build_table(results: Mapping[Layout, Results]) -> Table:
    """A line for each row of each layout."""
    table = Table(title="ours / theirs, unless a row says what else", box=box.HORIZONTALS, padding=(0, 1))
    table.caption = "median of the pairs, least..greatest; then the medians of both sides"
    for title in ("layout", "what", "ratio", "", "wanted", "met", "ours", "against", ""):
        right = title in ("ratio", "wanted", "ours", "against")
        table.add_column(title, justify="right" if right else "left", overflow="fold")
    for layout, rows in results.items():
        for row, pairs in rows.items():
            table.add_row(layout, *render_row(row, pairs))
    return table


def render_row(row: Row, pairs: Sequence[Pair]) -> tuple[Text, ...]:
    """Its cells; dashes where no pair could be had."""
    spread = compute_spread(pairs)
    if spread is None:
        return tuple(map(Text, (row.title, "-", "", str(row.wanted or ""), "no", "", "", "")))
    met = "" if row.wanted is None else "yes" if row.wanted.is_met(spread.median) else "no"
    sides = [[side for side in sides if side is not None] for sides in zip(*map(_sides, pairs), strict=True)]
    medians = [f"{statistics.median(side):.3g}" if side else "" for side in sides]
    return (
        Text(row.title),
        Text(f"{spread.median:.2f}"),
        Text(f"{spread.low:.2f}..{spread.high:.2f}", style="dim"),
        Text(str(row.wanted or "")),
        Text(met, style="bold red" if met == "no" else "green"),
        *map(Text, medians),
        Text(row.unit),
    )


def _sides(pair: Pair) -> tuple[float, float | None]:
    return pair.figure, pair.baseline


def write_record(
    path: Path, about: Mapping[str, Any], results: Mapping[Layout, Results], remarks: Sequence[str]
) -> None:
    """Write the file anew; called after every case, so that a comparison broken off leaves what it had."""
    layouts = {layout: [_render_row(row, pairs) for row, pairs in rows.items()] for layout, rows in results.items()}
    path.write_text(json.dumps({**about, "layouts": layouts, "remarks": remarks}, indent=1) + "\n")


def _render_row(row: Row, pairs: Sequence[Pair]) -> dict[str, Any]:
    spread = compute_spread(pairs)
    return {
        "what": row.title,
        "unit": row.unit,
        "wanted": str(row.wanted) if row.wanted else None,
        "met": bool(spread and row.wanted.is_met(spread.median)) if row.wanted else None,
        "median": spread and spread.median,
        "least": spread and spread.low,
        "greatest": spread and spread.high,
        "pairs": [{"figure": pair.figure, "baseline": pair.baseline, "value": pair.value} for pair in pairs],
    }
