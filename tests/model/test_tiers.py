"""`service_tier`: who goes first, who makes room, who is refused, and what the answer says of it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.model.ask import Ask
from tests.model.processes import Server, serve

SLOTS, QUEUE = 2, 3


@pytest.fixture(scope="module")
def narrow(folder: Path) -> Iterator[Server]:
    """Two slots, and three places to wait for each tier."""
    with serve(folder, "--deterministic", "--parallel", str(SLOTS), "--queue", str(QUEUE)) as server:
        yield server


@pytest.fixture
def ask(narrow: Server) -> Iterator[Ask]:
    """Questions to it."""
    with openai.OpenAI(base_url=f"{narrow.url}/v1", api_key="unused", max_retries=0) as client:
        yield Ask(client)


@pytest.mark.parametrize(("asked", "used"), [
    ("auto", "default"), ("default", "default"), ("scale", "default"), ("flex", "flex"), ("priority", "priority"),
    ("fast", "priority"), (None, None),
])  # fmt: skip
def test_the_answer_names_the_tier(ask: Ask, asked: Any, used: str | None) -> None:
    """Whole, and in every chunk; nothing where nothing was asked."""
    assert ask.completion("Hi", max_tokens=2, service_tier=asked).service_tier == used
    assert {chunk.service_tier for chunk in ask.chunks("Hi", max_tokens=2, service_tier=asked)} == {used}


LONG: dict[str, Any] = {"temperature": 0, "max_tokens": 150, "logit_bias": {"2": -100}}
"""End token banned: it takes a while."""


def test_flex_makes_room_and_says_the_same(ask: Ask) -> None:
    """A default request does not wait for flex ones that have all slots, and these say what they would have said."""
    texts = ["Tell of a fox.", "Tell of a river."]
    alone = [ask.whole(text, **LONG).only.text for text in texts]
    with ThreadPoolExecutor() as threads:
        flex = [threads.submit(ask.whole, text, **LONG, service_tier="flex") for text in texts]
        time.sleep(0.5)
        for _ in range(3):
            ask.whole("Hi", max_tokens=1)
            assert not any(answer.done() for answer in flex)
        assert [answer.result().only.text for answer in flex] == alone


def test_each_tier_has_its_own_bound(narrow: Server, ask: Ask) -> None:
    """Flex beyond it is 429 resource_unavailable while default is let in; default beyond its own is 429, too."""
    with ThreadPoolExecutor(16) as threads, httpx.Client(base_url=narrow.url, timeout=120) as http:

        def post(tier: str, limit: int = 80) -> httpx.Response:
            body = {"model": "smollm2", "messages": [{"role": "user", "content": tier}], **LONG, "max_tokens": limit}
            return http.post("/v1/chat/completions", json={**body, "service_tier": tier})

        running = [threads.submit(post, "flex") for _ in range(SLOTS + QUEUE)]
        time.sleep(0.5)
        refused = post("flex")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "resource_unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert post("default", 1).status_code == 200
        running += [threads.submit(post, "default") for _ in range(SLOTS + QUEUE)]
        time.sleep(0.5)
        refused = post("default")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "queue_full")
        assert int(refused.headers["retry-after"]) > 0
        assert post("priority", 1).status_code == 200
        assert [done.result().status_code for done in running] == [200] * len(running)


def test_a_cancelled_flex_request_is_gone(narrow: Server, ask: Ask) -> None:
    """Whether it runs, waits, or was interrupted: who leaves frees its place."""
    body = {"model": "smollm2", "messages": [{"role": "user", "content": "Hi"}], **LONG, "max_tokens": 2000}
    for _ in range(3):
        with ThreadPoolExecutor(8) as threads:
            leaving = [threads.submit(leave, narrow, {**body, "service_tier": "flex"}) for _ in range(SLOTS + QUEUE)]
            ask.whole("Hi", max_tokens=3)
            assert all(each.result() for each in leaving)
    began = time.monotonic()
    assert [ask.whole("Hi", max_tokens=1, service_tier="flex").usage["completion_tokens"] for _ in range(2)] == [1, 1]
    assert time.monotonic() - began < 60, "nothing of 15 answers of 2000 tokens is in the way"


def leave(server: Server, body: dict[str, Any]) -> bool:
    """Ask, and go away before the answer; where there is no place, because others are just leaving, ask again."""
    try:
        while httpx.post(f"{server.url}/v1/chat/completions", json=body, timeout=0.7).status_code == 429:
            time.sleep(0.05)
    except httpx.ReadTimeout:
        return True
    return False
