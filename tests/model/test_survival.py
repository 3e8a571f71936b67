"""What a server outlives: its worker, its clients, load, and being left alone."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI

from tests.model.ask import MODEL
from tests.model.plain import NEVER_END
from tests.model.processes import Server, runs, serve, ticks_of, wait_for

COMPLETIONS = "/v1/chat/completions"
SMALL = ("--parallel", "2", "--context", "512")


def body(max_tokens: int, text: str = "hi", **fields: Any) -> dict[str, Any]:
    """A request for exactly that many tokens."""
    messages = [{"role": "user", "content": text}]
    return {"model": MODEL, "messages": messages, "max_tokens": max_tokens, "logit_bias": NEVER_END, **fields}


def test_killed_worker(folder: Path) -> None:
    """When the worker dies, its streams end with an error, the server stays, and a new worker answers the next."""
    with serve(folder, *SMALL) as server, httpx.Client(base_url=server.url, timeout=60) as http:
        killed = server.worker
        assert killed
        with http.stream("POST", COMPLETIONS, json=body(400, stream=True)) as stream:
            frames = (line.removeprefix("data: ") for line in stream.iter_lines() if line)
            for _ in range(3):
                next(frames)
            os.kill(killed, signal.SIGKILL)
            *_, error, done = frames
        assert json.loads(error)["error"]["code"] == "engine_crashed"
        assert done == "[DONE]"
        answer = http.post(COMPLETIONS, json=body(3))
        assert answer.status_code == 200
        assert answer.json()["usage"]["completion_tokens"] == 3
        assert server.process.poll() is None
        assert server.worker not in (killed, None)


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_killed_server(folder: Path, busy: bool) -> None:
    """When the server is killed its worker ends too, whether it computes or waits."""
    server = Server(folder, *SMALL)
    try:
        server.wait_until_ready()
        worker = server.worker
        assert worker
        with httpx.Client(base_url=server.url, timeout=60) as http:
            if busy:
                with http.stream("POST", COMPLETIONS, json=body(400, stream=True)) as stream:
                    next(stream.iter_lines())
                    server.kill()
            server.kill()
        wait_for(lambda: not runs(worker))
    finally:
        server.kill()


def test_draining(folder: Path) -> None:
    """Told to stop, a server finishes what it has begun, takes nothing new, and ends with its worker."""
    with serve(folder, *SMALL) as server, httpx.Client(base_url=server.url, timeout=60) as http:
        worker = server.worker
        assert worker
        with http.stream("POST", COMPLETIONS, json=body(450, stream=True)) as stream:
            lines = stream.iter_lines()
            next(lines)
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: http.get("/health").status_code == 503)
            refused = http.post(COMPLETIONS, json=body(1))
            *_, last_chunk, done = [line.removeprefix("data: ") for line in lines if line]
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "server_shutting_down"
        assert (json.loads(last_chunk)["choices"][0]["finish_reason"], done) == ("length", "[DONE]")
        assert server.process.wait(30) == 0
        assert not runs(worker)


async def test_many_streams(server: Server) -> None:
    """64 streams at once all finish, each whole."""
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0) as client:

        async def count_chunks(number: int) -> tuple[str | None, int]:
            options = {"include_usage": True}
            request = body(16, f"Say {number}", stream=True, stream_options=options)
            *_, end, usage = [chunk async for chunk in await client.chat.completions.create(**request)]
            return end.choices[0].finish_reason, usage.usage.completion_tokens

        results = await asyncio.gather(*map(count_chunks, range(64)))
    assert results == [("length", 16)] * 64


def test_one_connection(server: Server) -> None:
    """A thousand requests in a row, whole, streamed and refused, over one connection that is kept alive."""
    kinds = [(body(1), 200), (body(1, stream=True), 200), (body(1, nonsense=1), 400), (body(9999), 400)]
    addresses = set()
    with httpx.Client(base_url=server.url, limits=httpx.Limits(max_connections=1), timeout=60) as http:
        for number in range(1000):
            request, status = kinds[number % 4]
            response = http.post(COMPLETIONS, json=request)
            assert response.status_code == status
            addresses.add(response.extensions["network_stream"].get_extra_info("client_addr"))
    assert len(addresses) == 1


def test_idle(server: Server, http: httpx.Client) -> None:
    """A server that nobody asks anything uses no CPU time, nor does its worker."""
    assert http.post(COMPLETIONS, json=body(8)).status_code == 200
    assert server.worker
    pids = (server.process.pid, server.worker)
    before = [ticks_of(pid) for pid in pids]
    time.sleep(2)  # what is measured is this time
    assert all(ticks_of(pid) - ticks <= 4 for pid, ticks in zip(pids, before, strict=True))
