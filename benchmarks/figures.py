"""Figures from rounds of load: throughput, time to first token, time between tokens, and their spread over runs.

Pure arithmetic; it knows no server and prints nothing.
Invariant: a failed reply adds to no figure but the count of failures; its time does count in the throughput.
"""

import itertools
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from load import Round

FigureName = Literal["throughput", "ttft_p50_ms", "ttft_p95_ms", "between_p50_ms", "between_p95_ms"]
# A figure is None when no reply gave it.
Figures = Mapping[FigureName, float | None]


@dataclass(frozen=True)
class Spread:
    """One figure over several runs."""

    median: float
    low: float
    high: float


def compute_percentile(values: Sequence[float], percent: float) -> float | None:
    """Between two values the line between them is taken."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))


def compute_figures(of: Round) -> Figures:
    """Output tokens per second over the whole round; times in milliseconds over its good replies."""
    good = [reply for reply in of.replies if not reply.error]
    first = [1000 * (reply.arrivals_s[0] - reply.started_s) for reply in good]
    between = [1000 * (after - before) for reply in good for before, after in itertools.pairwise(reply.arrivals_s)]
    return {
        "throughput": sum(reply.output_tokens for reply in good) / of.wall_s,
        "ttft_p50_ms": compute_percentile(first, 50),
        "ttft_p95_ms": compute_percentile(first, 95),
        "between_p50_ms": compute_percentile(between, 50),
        "between_p95_ms": compute_percentile(between, 95),
    }


def compute_ratios(a: Figures, b: Figures) -> Figures:
    """A/B of two rounds of the same run."""
    return {name: _divide(a[name], b[name]) for name in a}


def compute_spread(runs: Iterable[Figures], name: FigureName) -> Spread | None:
    """Median, least and greatest of one figure; None when no run has it."""
    values = [value for figures in runs if (value := figures[name]) is not None]
    return Spread(statistics.median(values), min(values), max(values)) if values else None


def _divide(a: float | None, b: float | None) -> float | None:
    return a / b if a is not None and b else None
