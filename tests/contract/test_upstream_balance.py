"""Several upstreams for one name: who is asked, and how many at a time."""

import math
from collections.abc import Iterator

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, error_of, wait_for
from tests.contract.relayed import KEY, ask, read, relay, settle
from tests.contract.upstreams.answers import Answer
from tests.contract.upstreams.conversing import MODEL, find_asked, streams
from tests.contract.upstreams.faults import Hang, Status
from tests.contract.upstreams.upstream import Upstream

NUM_STREAMS = 16


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


def test_a_conversation_stays_where_it_is(client: httpx.Client, pair: tuple[Upstream, Upstream]) -> None:
    """However long it becomes it goes to the same upstream, which has its beginning computed; all share the others."""
    names = [str(number) for number in range(24)]
    asked = {name: {find_asked(client, pair, name, num_turns=turns) for turns in (1, 2, 3)} for name in names}
    assert all(len(found) == 1 for found in asked.values())
    assert set.union(*asked.values()) == set(pair)


def test_a_cache_key_keeps_conversations_together(client: httpx.Client, pair: tuple[Upstream, Upstream]) -> None:
    """Whatever they begin with; other keys go elsewhere too."""
    asked = {
        key: {find_asked(client, pair, name, prompt_cache_key=key) for name in ("a", "b", "c", "d")}
        for key in map(str, range(12))
    }
    assert all(len(found) == 1 for found in asked.values())
    assert set.union(*asked.values()) == set(pair)


@pytest.mark.parametrize("same", [True, False], ids=["one conversation", "many"])
def test_load_is_shared(client: httpx.Client, pair: tuple[Upstream, Upstream], same: bool) -> None:
    """No upstream gets much more than its share, not even of one conversation that everybody has."""
    names = ["a" if same else str(number) for number in range(NUM_STREAMS)]
    with streams(client, names, *pair):
        loads = [len(each.running) for each in pair]
    assert sum(loads) == NUM_STREAMS and max(loads) <= math.ceil(1.25 * NUM_STREAMS / 2)
    settle(*pair, most_open=NUM_STREAMS)


def test_weights_are_shares_of_the_load(pair: tuple[Upstream, Upstream]) -> None:
    """Three to one."""
    with relay({MODEL: pair}, {MODEL: {"weights": [3, 1]}}) as client:
        with streams(client, list(map(str, range(NUM_STREAMS))), *pair):
            first, second = (len(each.running) for each in pair)
        assert first + second == NUM_STREAMS and 1 <= second <= math.ceil(1.25 * NUM_STREAMS / 4)


@pytest.mark.parametrize("num_upstreams", [1, 2])
def test_no_upstream_gets_more_than_it_may(pair: tuple[Upstream, Upstream], num_upstreams: int) -> None:
    """What is beyond `max_concurrent` is 429 at once, and no upstream hears of it; the next place is free at once."""
    upstreams = pair[:num_upstreams]
    with relay({MODEL: upstreams}, {MODEL: {"max_concurrent": 2}}) as client:
        with streams(client, list(map(str, range(2 * num_upstreams))), *upstreams):
            assert [len(each.running) for each in upstreams] == [2] * num_upstreams
            busy = ask(client, MODEL)
            assert (busy.status_code, error_of(busy)["code"]) == (429, "upstream_busy")
            assert error_of(busy)["type"] == "rate_limit_error" and int(busy.headers["retry-after"]) >= 1
            assert sum(len(each.chats) for each in upstreams) == 2 * num_upstreams
        settle(*upstreams)
        assert read(ask(client, MODEL), stream=False) == ("Hello", None)


def test_places_are_given_back_however_an_answer_ends(pair: tuple[Upstream, Upstream]) -> None:
    """After any number of faults and of clients that left, as many are served as before."""
    first, _ = pair
    with relay({MODEL: [first]}, {MODEL: {"max_concurrent": 1}}) as client:
        for behaviour in (Status(400), Status(429), Status(500), Answer()) * 3:
            first.behaviour = behaviour
            ask(client, MODEL)
        first.behaviour = Hang()
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout):
                client.post(COMPLETIONS, json=body() | {"model": MODEL}, timeout=0.2)
            wait_for(lambda: not first.running)
        first.behaviour = Answer()
        wait_for(lambda: ask(client, MODEL).status_code == 200)
