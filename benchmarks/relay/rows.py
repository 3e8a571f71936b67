"""The lines of the table, as values: what each place gave, and what the project wants of it.

Pure arithmetic on rounds. A ratio is taken round by round, so that drifts of the machine cancel.
"""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pairs.case import Wanted, at_least, at_most
from relay.load import Load, Round
from relay.match import Plan, Results
from relay.measures import compute_first_token, compute_rate, compute_rate_per_core
from relay.place import DIRECT, OURS, THEIRS

Values = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Row:
    """values: of each place, one for each round. wanted: of the ratio if `of_ratio`, else of our own figure."""

    title: str
    unit: str
    values: Values
    wanted: Wanted | None = None
    of_ratio: bool = False

    @property
    def ratios(self) -> list[float]:
        """Ours / theirs; none where a side is missing."""
        ours, theirs = self.values.get(OURS, ()), self.values.get(THEIRS, ())
        return [one / other for one, other in zip(ours, theirs, strict=False) if other]

    @property
    def is_met(self) -> bool | None:
        """None where nothing is wanted, or what it is wanted of is missing."""
        judged = self.ratios if self.of_ratio else self.values.get(OURS, ())
        return self.wanted.is_met(statistics.median(judged)) if self.wanted and judged else None


def build_rows(results: Results, plan: Plan) -> Iterator[Row]:
    """All lines there are figures for."""
    if results.flows:
        yield from _build_flow_rows(results.flows, plan)
    for number, pace in enumerate(plan.paces):
        if rounds := [one for one in results.paces if one.load == pace.load]:
            yield from _build_pace_rows(rounds, pace.load, is_judged=number == 0)
    crowd = plan.crowd
    each = {
        held.place.name: [held.bytes_per_stream / 1000] for held in results.held if held.bytes_per_stream is not None
    }
    yield Row(f"memory of each of {crowd.num_idle:,} idle streams", "kB", each, at_most(50))
    together = {held.place.name: [float(held.num_waiting)] for held in results.held}
    yield Row(f"{crowd.num_streams:,} streams begun: open at once", "streams", together, at_least(crowd.num_streams))
    whole = {held.place.name: [float(held.num_whole)] for held in results.held}
    yield Row("… and ended with all their tokens", "streams", whole, at_least(crowd.num_streams))


def _build_flow_rows(rounds: Sequence[Round], plan: Plan) -> Iterator[Row]:
    padded = [one for one in rounds if one.obfuscate]
    # Against the same rounds of theirs, which never pads.
    plain = [one for one in rounds if not one.obfuscate or one.place.name == THEIRS]
    yield Row(
        f"{plan.flow.load}: per core, ours obfuscated",
        "tokens/s",
        _collect(padded, compute_rate_per_core),
        at_least(5),
        of_ratio=True,
    )
    yield Row("… with include_obfuscation false", "tokens/s", _collect(plain, compute_rate_per_core))
    yield Row("… by the clock", "tokens/s", _collect(padded, compute_rate))


def _build_pace_rows(rounds: Sequence[Round], load: Load, *, is_judged: bool) -> Iterator[Row]:
    """is_judged: whether it is the pace at which something is wanted."""
    for percent, wanted in ((50, at_most(3)), (99, at_most(10))):
        first = _collect(rounds, partial(compute_first_token, percent=percent))
        yield Row(f"{load}: first token, p{percent}", "ms", first)
        yield Row("… of which the gateway adds", "ms", _subtract_direct(first), wanted if is_judged else None)
    yield Row("… tokens relayed: per core", "tokens/s", _collect(rounds, compute_rate_per_core))


def _collect(rounds: Sequence[Round], compute: Callable[[Round], float | None]) -> Values:
    values: dict[str, list[float]] = {}
    for one in rounds:
        if (value := compute(one)) is not None:
            values.setdefault(one.place.name, []).append(value)
    return values


def _subtract_direct(values: Values) -> Values:
    return {
        name: [one - direct for one, direct in zip(of, values[DIRECT], strict=True)]
        for name, of in values.items()
        if name != DIRECT
    }
