"""Who leaves: a client's hang-up and the end of its time reach the upstream."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, wait_for
from tests.contract.relayed import ask, count_faults, read, relay, settle
from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.chunks import frame, role, said
from tests.contract.upstreams.faults import Hang, Stream
from tests.contract.upstreams.floods import Endless
from tests.contract.upstreams.upstream import Upstream
from tests.contract.upstreams.wire import Behaviour, Wire

MODEL = "one"
TIME_S = 1.5

BEFORE: dict[str, Behaviour] = {
    "before the head": Hang(),
    "after the head": Stream(ending="hung"),
    "after the role": Stream(role(), ending="hung"),
    "within a line": Stream(role(), frame(said("Hel"))[:20], ending="hung"),
}
AFTER: dict[str, Behaviour] = {
    "after the first token": Stream(role(), said("Hel"), ending="hung"),
    "while tokens come": Answer(tokens=["x"] * 10_000, pace_s=0.01),
    "while tokens come fast": Answer(tokens=["x"] * 1_000_000),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Upstream]:
    """One that may take its time."""
    with Upstream() as running:
        yield running


@pytest.fixture
def upstream(running: Upstream) -> Upstream:
    """The same, which behaves well, and was asked nothing yet."""
    running.behave(Answer())
    return running


@pytest.fixture(scope="module")
def client(running: Upstream) -> Iterator[httpx.Client]:
    """Of the server before it."""
    with relay({MODEL: [running]}) as client:
        yield client


async def leave(client: httpx.Client, upstream: Upstream, *, stream: bool) -> None:
    """Ask, and hang up as soon as the upstream has been asked and, streamed, something has come if it will."""
    async with httpx.AsyncClient(base_url=client.base_url) as leaving:
        asking = asyncio.create_task(leaving.post(COMPLETIONS, json=body(stream=stream) | {"model": MODEL}, timeout=60))
        await asyncio.to_thread(wait_for, lambda: upstream.running)
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", [*BEFORE, *AFTER])
async def test_a_client_that_leaves_ends_the_work(
    upstream: Upstream, client: httpx.Client, name: str, stream: bool
) -> None:
    """Within a second the upstream's connection is closed; that is nobody's fault, and the next one is answered."""
    upstream.behaviour = (BEFORE | AFTER)[name]
    before = count_faults(client, MODEL)
    await leave(client, upstream, stream=stream)
    (asked,) = upstream.chats
    await asyncio.to_thread(wait_for, lambda: asked.left_at)
    upstream.behaviour = Answer()
    assert read(ask(client, MODEL), stream=False) == ("Hello", None)
    assert count_faults(client, MODEL) == before
    settle(upstream)


def test_a_reader_that_stops_reading_stops_the_upstream(upstream: Upstream, client: httpx.Client) -> None:
    """Nothing is piled up here for a client that does not read: the upstream has to wait."""
    upstream.behaviour = Endless(frame(said("x" * 1000)), (role(),))
    with client.stream("POST", COMPLETIONS, json=body(stream=True) | {"model": MODEL}) as answer:
        assert answer.status_code == 200
        wait_for(lambda: any(wire.num_sent > 10_000 for wire in upstream.wires))
        (wire,) = [wire for wire in upstream.wires if wire.num_sent > 10_000]
        wait_for(lambda: rests(wire))
        assert wire.num_sent < 32 << 20
    wait_for(lambda: upstream.chats[0].left_at)


def rests(wire: Wire) -> bool:
    """Whether nothing more is being sent."""
    before = wire.num_sent
    time.sleep(0.2)
    return wire.num_sent == before


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    "behaviour",
    [
        Hang(),
        Endless(b": still there\n\n"),
        Endless(b"\n"),
        Endless(frame(said("")), (role(),)),
        Stream(role(), said("Hel"), ending="hung"),
        Answer(tokens=["x"] * 10_000, pace_s=0.01),
    ],
    ids=["silence", "comments", "empty lines", "empty tokens", "half an answer", "a long answer"],
)
def test_what_takes_too_long_ends_there_too(behaviour: Any, stream: bool) -> None:
    """`--request-timeout` bounds what keeps a connection alive and says nothing; the upstream's work ends with it."""
    with Upstream(behaviour=behaviour) as upstream, relay({MODEL: [upstream]}, request_timeout=TIME_S) as client:
        answer = ask(client, MODEL, stream=stream)
        _, error = read(answer, stream=stream)
        assert error and error["code"] == "request_timeout"
        wait_for(lambda: upstream.chats[0].left_at)
