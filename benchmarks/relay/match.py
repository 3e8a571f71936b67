"""The order of it all: memory and the crowd first, on fresh processes, then rounds in which all take turns.

Invariant: in each round every place is asked for the same; who goes first changes from round to round.
"""

import asyncio
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from relay.emitter.server import Upstream
from relay.hold import Crowd, Held, hold
from relay.load import Load, Round, Series, run_round
from relay.measures import compute_first_token, compute_rate, compute_rate_per_core
from relay.place import OURS, Place
from relay.proof import prove

WARM_UP = Load(num_streams=8, seconds=1.0, tokens=50)
SETTLE_S = 0.3
# So many times the tokens that a load has must a gateway be able to relay.
ROOM = 1.3


@dataclass(frozen=True)
class Plan:
    """What is measured: streams as fast as they come, streams at a pace, and streams that are held."""

    flow: Series
    paces: tuple[Series, ...]
    crowd: Crowd


@dataclass
class Results:
    """Everything so far, in the order in which it was measured."""

    flows: list[Round] = field(default_factory=list)
    paces: list[Round] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Match:
    """All places in front of one upstream. tell: is given a line after each measurement."""

    def __init__(
        self,
        plan: Plan,
        places: Sequence[Place],
        *,
        upstream: Upstream,
        loop: asyncio.Runner,
        tell: Callable[[str], object],
    ) -> None:
        self._plan = plan
        self._places = places
        self._upstream = upstream
        self._loop = loop
        self._tell = tell
        self.results = Results()

    def run(self) -> Iterator[Results]:
        """Measure; everything so far after each part. Raises `ClickException`."""
        for place in self._places:
            prove(place)
            self._round(place, WARM_UP, seed=0)
        for place in self._places:
            self.results.held.append(self._hold(place))
        yield self.results
        flow = self._plan.flow
        for number in range(flow.num_rounds):
            for place in take_turns(self._places, number):
                self.results.flows.append(self._round(place, flow.load, seed=number))
                if place.name == OURS:
                    self.results.flows.append(self._round(place, flow.load, seed=number, obfuscate=False))
        yield self.results
        for pace in self._plan.paces:
            places = list(self._choose(pace.load))
            for number in range(pace.num_rounds):
                for place in take_turns(places, number):
                    self.results.paces.append(self._round(place, pace.load, seed=number))
            yield self.results

    def _choose(self, load: Load) -> Iterator[Place]:
        """Who can relay so much: of others the time would be that of a queue which grows."""
        needed = load.num_streams * (load.per_second or 0)
        for place in self._places:
            rates = [compute_rate(one) for one in self.results.flows if one.place == place and one.obfuscate]
            if (rate := statistics.median(rates)) > ROOM * needed:
                yield place
            else:
                few = f"{place.name} relays {rate:,.0f} tokens/s, and {load} have {needed:,.0f}"
                self.results.remarks.append(f"{few}: it is not asked for them")

    def _round(self, place: Place, load: Load, *, seed: int, obfuscate: bool = True) -> Round:
        going = run_round(place, load, upstream_pid=self._upstream.pid, seed=seed, obfuscate=obfuscate)
        of = self._loop.run(going)
        self._loop.run(asyncio.sleep(SETTLE_S))
        if load is not WARM_UP:
            self._tell(describe_round(of))
        return of

    def _hold(self, place: Place) -> Held:
        held = self._loop.run(hold(place, self._plan.crowd, upstream_port=self._upstream.port))
        each = f", {held.bytes_per_stream / 1000:.1f} kB each" if held.bytes_per_stream is not None else ""
        self._tell(f"{place.name}: {held.num_waiting} streams at once{each}, {held.num_whole} ended well")
        return held


def take_turns(places: Sequence[Place], number: int) -> Sequence[Place]:
    """Each round begins at the other end."""
    return places if number % 2 == 0 else places[::-1]


def describe_round(of: Round) -> str:
    """A line for who waits."""
    name = of.place.name if of.obfuscate else f"{of.place.name}, no obfuscation"
    if of.load.per_second:
        p50, p99 = compute_first_token(of, 50), compute_first_token(of, 99)
        return f"{name}, {of.load}: first token {p50 or 0:.2f} ms, p99 {p99 or 0:.2f} ms, of {len(of.streams)} begun"
    per_core = compute_rate_per_core(of)
    return f"{name}: {compute_rate(of):,.0f} tokens/s" + (f", {per_core:,.0f} per core" if per_core else "")
