"""Several upstreams for one name, of which some fail, die, or say that they are not well: what clients see of it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.contract.live import COMPLETIONS, check_error, error_of, frames, wait_for
from tests.contract.relayed import KEY, ask, check_secrecy, read, relay
from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.conversing import (
    HELD,
    MODEL,
    conversation,
    converse,
    find_asked,
    find_name,
    is_up,
    streams,
)
from tests.contract.upstreams.faults import Status
from tests.contract.upstreams.upstream import Upstream


@pytest.fixture
def pair() -> Iterator[tuple[Upstream, Upstream]]:
    """Two that know the same model."""
    with Upstream(key=KEY) as first, Upstream(key=KEY) as second:
        yield first, second


@pytest.fixture
def client(pair: tuple[Upstream, Upstream]) -> Iterator[httpx.Client]:
    """Of the server before both."""
    with relay({MODEL: pair}) as client:
        yield client


def test_one_that_is_gone_is_not_missed(client: httpx.Client, pair: tuple[Upstream, Upstream]) -> None:
    """The other answers what it would have answered, from the first request on, and nobody sees an error."""
    first, second = pair
    name = find_name(client, pair, first)
    first.refuse()
    for number in range(8):
        assert find_asked(client, pair, name if number % 2 else str(number)) is second
    first.accept()
    wait_for(lambda: find_asked(client, pair, name) is first)


def test_one_that_takes_no_connection_is_given_up(pair: tuple[Upstream, Upstream]) -> None:
    """After `connect_timeout`: then the other answers."""
    first, second = pair
    with relay({MODEL: pair}, {MODEL: {"connect_timeout": 0.5}}) as client:
        name = find_name(client, pair, first)
        first.clog()
        assert find_asked(client, pair, name) is second


def test_all_that_run_go_on_when_one_dies(client: httpx.Client, pair: tuple[Upstream, Upstream]) -> None:
    """A stream of the one that died ends with an error and [DONE], and is not begun anew; the others end well."""
    first, second = pair
    with streams(client, list(map(str, range(8))), *pair) as begun:
        died, before = len(first.running), len(second.chats)
        assert 0 < died < len(begun)
        first.refuse()
        second.seen.set()
        ends = ["".join(pieces) for pieces in begun]
    assert all(frames(end)[-1] == "[DONE]" for end in ends)
    errors = [json.loads(frames(end)[-2]) for end in ends if '"error"' in end]
    assert [check_error(error)["code"] for error in errors] == ["upstream_error"] * died
    assert len(second.chats) == before


def test_one_that_fails_again_and_again_is_left_alone(client: httpx.Client, pair: tuple[Upstream, Upstream]) -> None:
    """After some failures in a row it is not asked for a while; when it does well again, it gets its own back."""
    first, _ = pair
    name = find_name(client, pair, first)
    first.behaviour = Status(503)
    for _ in range(8):
        assert read(converse(client, name), stream=False) == ("Hello", None)
    failed = sum(1 for asked in first.chats) - 1
    assert 2 <= failed < 8
    first.behaviour = Answer()
    wait_for(lambda: find_asked(client, pair, name) is first)


def test_what_one_client_does_wrong_is_not_the_upstreams_fault(
    client: httpx.Client, pair: tuple[Upstream, Upstream]
) -> None:
    """Refused requests, full queues and broken constraints close nobody's upstream to others."""
    first, _ = pair
    name = find_name(client, pair, first)
    for behaviour, status in ((Status(400, {"error": "no"}), 400), (Status(422, {"detail": "no"}), 400)):
        first.behaviour = behaviour
        assert [converse(client, name).status_code for _ in range(8)] == [status] * 8
    first.behaviour = Status(429)
    assert [converse(client, name).status_code for _ in range(8)] == [200] * 8
    first.behaviour = Answer()
    assert find_asked(client, pair, name) is first


def test_one_that_is_being_drained_gets_nothing_new(client: httpx.Client, pair: tuple[Upstream, Upstream]) -> None:
    """Once it says 503 of its health, others are asked; what it has begun it finishes."""
    first, second = pair
    name = find_name(client, pair, first)
    first.behaviour = HELD
    first.seen.clear()
    with client.stream(
        "POST", COMPLETIONS, json={"model": MODEL, "messages": conversation(name), "stream": True}
    ) as it:
        pieces = it.iter_text()
        begun = next(pieces)
        first.health = Status(503)
        wait_for(lambda: is_up(client, first) == 0)
        asked = len(first.chats)
        assert [find_asked(client, pair, str(number)) for number in range(8)] == [second] * 8
        assert len(first.chats) == asked
        first.seen.set()
        *_, last, done = frames(begun + "".join(pieces))
        assert done == "[DONE]" and json.loads(last)["choices"][0]["finish_reason"] == "stop"
    first.health, first.behaviour = None, Answer()
    wait_for(lambda: find_asked(client, pair, name) is first)


def test_health_is_that_of_one_that_answers() -> None:
    """A server starts without any upstream, and says so; it is well as soon as one is, and as long as one is."""
    with Upstream(key=KEY) as first, Upstream(key=KEY) as second:
        first.refuse()
        second.refuse()
        with relay({MODEL: [first, second]}) as client:
            answer = client.get("/health")
            assert answer.status_code == 503 and answer.json()["reason"]
            check_secrecy(answer, first, second)
            refused = ask(client, MODEL)
            assert (refused.status_code, error_of(refused)["code"]) == (503, "upstream_unavailable")
            assert refused.headers["retry-after"] == "5"
            check_secrecy(refused, first, second)
            second.accept()
            wait_for(lambda: client.get("/health").status_code == 200)
            assert read(ask(client, MODEL), stream=False) == ("Hello", None)
            first.accept()
            wait_for(lambda: is_up(client, first) == 1)
            second.refuse()
            assert read(ask(client, MODEL), stream=False) == ("Hello", None)
            assert client.get("/health").status_code == 200


def test_many_at_once_through_one_that_fails_half_of_the_time(
    client: httpx.Client, pair: tuple[Upstream, Upstream]
) -> None:
    """Nobody sees it, whole or streamed, while the other is well."""
    first, _ = pair
    first.behaviour = Status(502)
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda number: ask(client, MODEL, f"I am {number}").status_code, range(64))
        assert set(found) == {200}
