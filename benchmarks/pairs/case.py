"""What is measured in pairs, as values: a case, its rows, and what the project wants of each."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from figures import Spread
from pairs.contender import Slots
from pairs.ring import Ring


@dataclass(frozen=True)
class Wanted:
    """A bound for the median: at least, or at most."""

    sign: str
    bound: float

    def is_met(self, value: float) -> bool:
        """Whether a median is good enough."""
        return value >= self.bound if self.sign == "≥" else value <= self.bound

    def __str__(self) -> str:
        return f"{self.sign} {self.bound:g}"


def at_least(bound: float) -> Wanted:
    """For rates."""
    return Wanted("≥", bound)


def at_most(bound: float) -> Wanted:
    """For times."""
    return Wanted("≤", bound)


@dataclass(frozen=True)
class Pair:
    """Two figures taken one after the other. baseline: of llama-server, or of ourselves without what is measured; None
    where the figure itself counts.
    """

    figure: float
    baseline: float | None

    @property
    def value(self) -> float:
        """Their ratio, or the figure."""
        return self.figure if self.baseline is None else self.figure / self.baseline


@dataclass(frozen=True)
class Row:
    """A line of the table. unit: of the two figures."""

    title: str
    unit: str
    wanted: Wanted | None


@dataclass(frozen=True)
class Case:
    """measure: one pair for each of the rows, in their order; None where a figure could not be had. has_theirs: whether
    llama-server runs too. flags: of our server.
    """

    name: str
    rows: tuple[Row, ...]
    slots: Slots
    has_theirs: bool
    measure: Callable[[Ring], Sequence[Pair | None]]
    flags: tuple[str, ...] = ()


Results = Mapping[Row, list[Pair]]


def compute_spread(pairs: Sequence[Pair]) -> Spread | None:
    """Median, least and greatest value; None of no pairs."""
    values = [pair.value for pair in pairs]
    return Spread(statistics.median(values), min(values), max(values)) if values else None
