"""Places to be computed in and to wait in: how many there are, and that who leaves frees one."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.model.ask import MODEL
from tests.model.plain import NEVER_END
from tests.model.processes import Server, serve

COMPLETIONS = "/v1/chat/completions"
LONG = 8000
"""Tokens that take far longer than any test here waits."""


@pytest.fixture(scope="module")
def narrow(folder: Path) -> Iterator[Server]:
    """One computes, one waits."""
    with serve(folder, "--parallel", "1", "--queue", "1") as server:
        yield server


@pytest.fixture
async def http(narrow: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it."""
    async with httpx.AsyncClient(base_url=narrow.url, timeout=120) as client:
        yield client


def body(max_tokens: int, text: str = "hi", **fields: Any) -> dict[str, Any]:
    """A request for exactly that many tokens."""
    messages = [{"role": "user", "content": text}]
    return {"model": MODEL, "messages": messages, "max_tokens": max_tokens, "logit_bias": NEVER_END, **fields}


@asynccontextmanager
async def running(http: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[str]]:
    """A long stream that has begun: its frames. The client leaves at the end of the block."""
    async with http.stream("POST", COMPLETIONS, json=body(LONG, stream=True)) as stream:
        assert stream.status_code == 200
        frames = (line async for line in stream.aiter_lines() if line)
        for _ in range(3):
            await anext(frames)
        yield frames


def post(http: httpx.AsyncClient, **fields: Any) -> asyncio.Task[httpx.Response]:
    """A short request under way."""
    return asyncio.create_task(http.post(COMPLETIONS, json=body(2, **fields)))


async def leave(task: asyncio.Task[httpx.Response]) -> None:
    """The client of this request hangs up."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def wait_for_place(http: httpx.AsyncClient) -> asyncio.Task[httpx.Response]:
    """A request that waits in the queue. Others before it may have been refused, or answered because they overtook
    the one that is to take the place.
    """
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        asking = post(http)
        done, _ = await asyncio.wait({asking}, timeout=1)
        if not done:
            return asking
        assert asking.result().status_code in (200, 429)
    raise AssertionError("no place became free")


async def test_queue(http: httpx.AsyncClient) -> None:
    """When all places are taken a request is refused with 429 and told when to come back; who waits is answered."""
    async with running(http):
        asking = {post(http), post(http, stream=True)}
        done, waiting = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        [refused], [patient] = [task.result() for task in done], waiting
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["error"]["code"] == "queue_full"
    assert (await patient).status_code == 200


async def test_too_many_choices(http: httpx.AsyncClient) -> None:
    """A server with nothing to do takes a request with more choices than it has places."""
    answer = await post(http, n=5)
    assert answer.json()["usage"]["completion_tokens"] == 10


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
async def test_leaving_while_running(http: httpx.AsyncClient, stream: bool) -> None:
    """A client that leaves frees its place at once: the next is answered long before the abandoned answer's end."""
    began = time.monotonic()
    async with running(http) as frames:
        for _ in range(100):
            await anext(frames)
    pace_s = (time.monotonic() - began) / 100
    if not stream:
        abandoned = asyncio.create_task(http.post(COMPLETIONS, json=body(LONG)))
        refusals = [await wait_for_place(http)]
        await leave(abandoned)
        assert (await refusals[0]).status_code == 200
    began = time.monotonic()
    assert (await post(http)).status_code == 200
    assert time.monotonic() - began < pace_s * LONG / 10


async def test_leaving_while_waiting(http: httpx.AsyncClient) -> None:
    """A client that leaves the queue frees its place there for another."""
    async with running(http):
        first = await wait_for_place(http)
        assert (await post(http)).status_code == 429
        await leave(first)
        second = await wait_for_place(http)
    assert (await second).status_code == 200


async def test_leaving_in_prefill(http: httpx.AsyncClient) -> None:
    """A client that leaves while its prompt is computed frees its place before the prompt is done."""
    prompt = " ".join(map(str, range(300)))
    asking = [asyncio.create_task(http.post(COMPLETIONS, json=body(1, prompt))) for _ in range(3)]
    # One runs, one waits, and the third is refused, which tells that the other two are there.
    [refused], _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    assert refused.result().status_code == 429
    leaving, staying = (task for task in asking if task is not refused)
    await leave(leaving)
    usage = (await staying).json()["usage"]
    assert usage["prompt_tokens_details"]["cached_tokens"] < usage["prompt_tokens"] - 2
