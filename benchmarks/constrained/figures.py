"""Figures from rounds of structured output, and their ratios.

Pure arithmetic; it knows no server and prints nothing. Invariant: the time of answers that failed, were cut or are not
valid counts in every rate.
"""

import statistics
from collections.abc import Iterable, Mapping
from typing import Literal

from constrained.rounds import Round
from figures import Spread, compute_percentile

FigureName = Literal["own_tokens_per_s", "tokens_per_s", "objects_per_s", "ttft_p50_ms"]
# A figure is None when no answer gave it.
Figures = Mapping[FigureName, float | None]


def compute_figures(of: Round) -> Figures:
    """Rates over the whole round: tokens as the server counts them, tokens by one measure, valid objects."""
    good = [one.answer for one in of.outcomes if not one.answer.error]
    first = [1000 * (answer.arrivals_s[0] - answer.started_s) for answer in good]
    return {
        "own_tokens_per_s": sum(answer.output_tokens for answer in good) / of.wall_s,
        "tokens_per_s": sum(one.verdict.num_tokens for one in of.outcomes) / of.wall_s,
        "objects_per_s": sum(one.verdict.is_valid for one in of.outcomes) / of.wall_s,
        "ttft_p50_ms": compute_percentile(first, 50),
    }


def compute_ratios(a: Figures, b: Figures) -> Figures:
    """A/B of two rounds of the same run."""
    return {name: _divide(a[name], b[name]) for name in a}


def pick(runs: Iterable[Figures], name: FigureName) -> list[float]:
    """One figure of the runs that have it."""
    return [value for figures in runs if (value := figures[name]) is not None]


def compute_spread(values: list[float]) -> Spread | None:
    """Median, least and greatest; None of nothing."""
    return Spread(statistics.median(values), min(values), max(values)) if values else None


def _divide(a: float | None, b: float | None) -> float | None:
    return a / b if a is not None and b else None
