"""Many streams at once that have had a token and wait: what each takes of the gateway's memory, and whether all end.

They begin a few at a time. When all wait they are released, and each gets the rest of its tokens at a slow pace.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from kernel import sum_resident_bytes
from relay.connection import Connection, Stream
from relay.emitter.script import Script, build_body
from relay.load import without_collector
from relay.place import Place

AT_A_TIME = 32
SETTLE_S = 1.0
START_LIMIT_S, LIMIT_S = 120.0, 60.0


@dataclass(frozen=True)
class Crowd:
    """num_idle: streams at which memory is read. num_streams: of all. tokens, per_second: after they are released."""

    num_idle: int
    num_streams: int
    tokens: int
    per_second: float


@dataclass(frozen=True)
class Held:
    """num_waiting: had their first token and waited together. bytes_per_stream: None where no gateway is measured."""

    place: Place
    crowd: Crowd
    ramp_s: float
    num_waiting: int
    bytes_per_stream: float | None
    streams: list[Stream]

    @property
    def num_whole(self) -> int:
        """Streams that got all their tokens and ended well."""
        return sum(not stream.error for stream in self.streams)


async def hold(place: Place, crowd: Crowd, *, upstream_port: int) -> Held:
    """Begin all streams, read the memory on the way, release them, and wait until they have ended."""
    script = Script(1 + crowd.tokens, crowd.per_second, held_after=1)
    with without_collector():
        before = await _read_memory(place)
        began_s = time.perf_counter()
        connections, streams = await _begin(place, crowd.num_idle, script)
        taken_s, idle = time.perf_counter() - began_s, await _read_memory(place)
        began_s = time.perf_counter()
        more = await _begin(place, crowd.num_streams - crowd.num_idle, script)
        taken_s += time.perf_counter() - began_s
        connections, streams = connections + more[0], streams + more[1]
        num_waiting = sum(stream.first_s is not None and not stream.ended.is_set() for stream in streams)
        await _release(upstream_port)
        await _wait_for_end(streams, LIMIT_S + crowd.tokens / crowd.per_second)
        for connection in connections:
            connection.close()
    each = (idle - before) / crowd.num_idle if place.pid else None
    return Held(place, crowd, taken_s, num_waiting, each, streams)


async def _begin(place: Place, number: int, script: Script) -> tuple[list[Connection], list[Stream]]:
    """That many streams, all of which have had a token or failed; a few are on their way to it at any time."""
    connections, streams = [Connection(place.port) for _ in range(number)], list[Stream]()
    body, turns = build_body(script, obfuscate=True), asyncio.Semaphore(AT_A_TIME)

    async def begin(connection: Connection) -> None:
        async with turns:
            stream = await connection.ask(body, script.tokens)
            streams.append(stream)
            await stream.began.wait()

    tasks = [asyncio.create_task(begin(connection)) for connection in connections]
    _, late = await asyncio.wait(tasks, timeout=START_LIMIT_S)
    for task in late:
        task.cancel()
    return connections, streams


async def _release(port: int) -> None:
    connection = Connection(port, "/release")
    await (await connection.ask(b"{}", 0)).ended.wait()
    connection.close()


async def _wait_for_end(streams: Sequence[Stream], limit_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            for stream in streams:
                await stream.ended.wait()
    for stream in streams:
        stream.end("not ended in time")


async def _read_memory(place: Place) -> int:
    await asyncio.sleep(SETTLE_S)
    return sum_resident_bytes(place.pid) if place.pid else 0
