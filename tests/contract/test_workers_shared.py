"""What several API processes share with an engine elsewhere: limits, counts, and what people are told."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, error_of
from tests.contract.processes import serve_scripted
from tests.contract.several import TWO, log_of, one_client_each, slow
from tests.model.processes import Server, serve, wait_for

UPSTREAM = ("--upstream", "far.max_concurrent=1", "--upstream", "far.kind=generic")


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Server]:
    """What is elsewhere: a server of ours."""
    with serve_scripted(tmp_path) as server:
        yield server


@contextmanager
def relay(folder: Path, behind: Server) -> Iterator[Server]:
    """A server of two, with one model that is elsewhere."""
    flags = ("--model", f"far={behind.url}/v1#smollm2", "--data-dir", str(folder / "relay"))
    with serve(folder, *TWO, *UPSTREAM, *flags) as server:
        wait_for(lambda: "Base URL" in server.log.read_text())
        yield server


def ask(client: httpx.Client, **fields: Any) -> httpx.Response:
    """For what is elsewhere."""
    return client.post(COMPLETIONS, json={**body("Hello there"), "model": "far", **fields})


def test_limits_are_shared(tmp_path: Path, behind: Server) -> None:
    """`max_concurrent` counts what all processes have under way; what one had that was killed counts no longer."""
    with relay(tmp_path, behind) as server, one_client_each(server) as clients:
        killed, kept = clients
        with clients[killed].stream("POST", COMPLETIONS, json={**slow(30), "model": "far"}) as stream:
            pieces = stream.iter_text()
            next(pieces)
            refused = ask(clients[kept])
            assert (refused.status_code, error_of(refused)["code"]) == (429, "upstream_busy")
            os.kill(killed, signal.SIGKILL)
        wait_for(lambda: ask(clients[kept]).status_code == 200)


def test_counts_are_shared(tmp_path: Path, behind: Server) -> None:
    """Each process tells what all have counted, also those that have ended; that it is ready people are told once."""
    with relay(tmp_path, behind) as server:
        with one_client_each(server) as clients:
            for client in clients.values():
                assert ask(client).status_code == 200
            assert [count(client) for client in clients.values()] == [2, 2]
            os.kill(min(clients), signal.SIGKILL)
        wait_for(lambda: log_of(server).count("Started server process") == 3)
        with one_client_each(server) as clients:
            assert [count(client) for client in clients.values()] == [2, 2]
            told = next(iter(clients.values())).get("/metrics").text
            assert re.findall(r"^antiphon_upstream_up{.*} (.*)$", told, re.MULTILINE) == ["1.0"]
        assert log_of(server).count("far is ready") == 1


def count(client: httpx.Client) -> float:
    """Completions that have been answered."""
    pattern = r'^antiphon_requests_total{method="POST",path="/v1/chat/completions",status="200"} (.*)$'
    return sum(map(float, re.findall(pattern, client.get("/metrics").text, re.MULTILINE)))
