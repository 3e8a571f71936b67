"""`antiphon serve --workers N`: several API processes on one socket, as processes, without a model."""

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body
from tests.contract.several import (
    TWO,
    api_pids,
    find_owner,
    is_whole,
    log_of,
    one_client_each,
    serve_several,
    slow,
)
from tests.model.processes import Server, wait_for


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of three."""
    with serve_several(tmp_path_factory.mktemp("three"), "--workers", "3") as server:
        yield server


def test_all_answer(three: Server) -> None:
    """Each process answers, streaming and not, and tells of the same models."""
    assert len(api_pids(three)) == 3
    with one_client_each(three) as clients:
        for client in clients.values():
            assert client.post(COMPLETIONS, json=body("Hi")).json()["choices"][0]["message"]["content"] == "Hi"
            assert is_whole(client.post(COMPLETIONS, json=body("Hi", stream=True)).text)
            assert [model["id"] for model in client.get("/v1/models").json()["data"]] == ["smollm2"]


async def test_work_is_divided(three: Server) -> None:
    """Sixty connections that come at once are divided about evenly."""
    async with httpx.AsyncClient(base_url=three.url, limits=httpx.Limits(max_connections=None)) as client:

        async def find_mine() -> int:
            async with client.stream("POST", COMPLETIONS, json=slow(3)) as answer:
                port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
                return await asyncio.to_thread(find_owner, port, three)

        owners = await asyncio.gather(*(find_mine() for _ in range(60)))
    shares = [owners.count(pid) for pid in api_pids(three)]
    assert sum(shares) == 60 and min(shares) >= 10, shares


def test_what_is_stored_is_seen_by_all(three: Server) -> None:
    """One store: a completion that one process keeps is there for the others at once."""
    with one_client_each(three) as clients:
        first, *others = clients.values()
        kept = first.post(COMPLETIONS, json=body("Keep", store=True)).json()
        for client in others:
            assert client.get(f"{COMPLETIONS}/{kept['id']}").json()["id"] == kept["id"]


def test_all_is_told_once(three: Server) -> None:
    """How to begin, and what becomes of models, people are told once; the access log has all requests."""
    with one_client_each(three) as clients:
        ids = [client.get("/v1/models").headers["x-request-id"] for client in clients.values()]
    told = log_of(three)
    assert told.count("Base URL: ") == told.count("Try it:") == told.count("smollm2 is ready") == 1
    assert [told.count(request_id) for request_id in ids] == [1, 1, 1]


def test_a_killed_process(tmp_path: Path) -> None:
    """Who is killed drops his own streams only; the others go on, and another comes in his place."""
    with serve_several(tmp_path, *TWO) as server, one_client_each(server) as clients, ThreadPoolExecutor() as threads:
        killed, kept = clients
        with clients[killed].stream("POST", COMPLETIONS, json=slow(30)) as broken:
            pieces = broken.iter_text()
            next(pieces)
            going_on = threads.submit(clients[kept].post, COMPLETIONS, json=slow())
            os.kill(killed, signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                list(pieces)
        assert is_whole(going_on.result().text)
        wait_for(lambda: len(api_pids(server) - {killed}) == 2)
        assert f"API process {killed} ended with status -9" in log_of(server)
        with one_client_each(server) as all_again:
            assert all(client.post(COMPLETIONS, json=body()).is_success for client in all_again.values())
