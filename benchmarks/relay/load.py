"""One round: so many streams at once through one place, a new one as soon as one ends.

It does not know who takes turns with whom, or what the figures mean. Invariant: every stream that was begun is in the
round, whole or with the reason why not.
"""

import asyncio
import gc
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from kernel import sum_cpu_seconds
from relay.connection import Connection, Stream
from relay.emitter.script import Script, build_body
from relay.place import Place

LIMIT_S = 120.0
AFTER_FAULT_S = 0.1


@dataclass(frozen=True)
class Load:
    """seconds: how long new streams begin. tokens: of a stream. per_second: None is as fast as they are taken."""

    num_streams: int
    seconds: float
    tokens: int
    per_second: float | None = None

    @property
    def ramp_s(self) -> float:
        """Over so long the first streams begin, one after another; after it all are there, none in step."""
        return self.tokens / self.per_second / 2 if self.per_second else 0.0

    def __str__(self) -> str:
        pace = f"at {self.per_second:g} tokens/s" if self.per_second else f"of {self.tokens} tokens"
        return f"{self.num_streams} streams {pace}"


@dataclass(frozen=True)
class Series:
    """One load, several times."""

    load: Load
    num_rounds: int


class Clocks(NamedTuple):
    """CPU time in seconds; the client is this process."""

    gateway: float
    upstream: float
    client: float


@dataclass(frozen=True)
class Round:
    """What came of it."""

    place: Place
    load: Load
    obfuscate: bool
    started_s: float
    wall_s: float
    cpu_s: Clocks
    streams: list[Stream]


async def run_round(place: Place, load: Load, *, upstream_pid: int, seed: int, obfuscate: bool = True) -> Round:
    """Run it. The same seed asks every place for the same."""
    streams: list[Stream] = []
    with without_collector():
        began_s, cpu = time.perf_counter(), _read_clocks(place, upstream_pid)
        until_s = began_s + load.ramp_s + load.seconds

        async def keep_going(seat: int) -> None:
            connection = Connection(place.port)
            await asyncio.sleep(load.ramp_s * seat / load.num_streams)
            lengths = _draw_lengths(load, random.Random(f"{seed} {seat}"))
            while time.perf_counter() < until_s:
                connection = connection if connection.is_usable else Connection(place.port)
                script = Script(next(lengths), load.per_second)
                stream = await connection.ask(build_body(script, obfuscate=obfuscate), script.tokens)
                streams.append(stream)
                await stream.ended.wait()
                await asyncio.sleep(AFTER_FAULT_S if stream.error else 0)
            connection.close()

        try:
            async with asyncio.timeout(load.ramp_s * 6 + load.seconds + LIMIT_S), asyncio.TaskGroup() as group:
                for seat in range(load.num_streams):
                    group.create_task(keep_going(seat))
        except TimeoutError:
            for stream in streams:
                stream.end("not ended in time")
        wall_s, after = time.perf_counter() - began_s, _read_clocks(place, upstream_pid)
    spent = Clocks(*(later - before for before, later in zip(cpu, after, strict=True)))
    return Round(place, load, obfuscate, began_s, wall_s, spent, streams)


@contextmanager
def without_collector() -> Iterator[None]:
    """A collection in the client would look like a slow server."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _draw_lengths(load: Load, chance: random.Random) -> Iterator[int]:
    """Tokens of one stream after another. At a pace they differ, so that streams do not fall into step, and the first
    is cut short, as if it had begun earlier.
    """
    if load.per_second:
        yield chance.randint(1, load.tokens)
    while True:
        yield chance.randint(load.tokens * 2 // 3, load.tokens * 4 // 3) if load.per_second else load.tokens


def _read_clocks(place: Place, upstream_pid: int) -> Clocks:
    return Clocks(place.cpu_seconds(), sum_cpu_seconds(upstream_pid), time.process_time())
