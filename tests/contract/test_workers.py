"""`antiphon serve --workers N`: several API processes on one socket, as processes, without a model."""

import asyncio
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, error_of, frames, free_port, script
from tests.contract.processes import START_LIMIT_S, doomed, refuse, start_scripted
from tests.contract.several import (
    RESTART_LIMIT_S,
    api_pids,
    find_owner,
    one_client_each,
    owner_of,
    serve_several,
    wait_for_new,
)
from tests.model.processes import Server, children_of, runs, wait_for

TWO = ("--workers", "2")


def slow(pause_s: float = 1.0, *, stream: bool = True) -> dict[str, Any]:
    """A request whose answer takes so long."""
    return body(script("Hel", {"event": "pause", "seconds": pause_s}, "lo"), stream=stream)


def is_whole(text: str) -> bool:
    """Whether a stream has come to its end, and to no other than it should have."""
    *_, last, done = frames(text)
    return done == "[DONE]" and json.loads(last)["choices"][0]["finish_reason"] == "stop"


def log_of(server: Server) -> str:
    """All it wrote, in which nothing is to be unforeseen."""
    told = server.log.read_text()
    assert "Traceback" not in told and "never retrieved" not in told, told
    return told


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


class Asker:
    """One client that asks again and again, until after the restart. wrong: what it did not like. num_closed: answers
    that said that the connection is not kept.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.wrong: list[str] = []
        self.num_closed = 0

    async def run(self, server: Server, restarted: asyncio.Event) -> None:
        left = 3
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            while left:
                left -= restarted.is_set()
                try:
                    self.look(await client.post(COMPLETIONS, json=slow(0.05 * (self.number % 10))))
                except httpx.TransportError as error:
                    self.wrong.append(repr(error))
                await asyncio.sleep(0.02 * (self.number % 7))

    def look(self, answer: httpx.Response) -> None:
        if not (answer.is_success and is_whole(answer.text)):
            self.wrong.append(answer.text)
        self.num_closed += answer.headers.get("connection") == "close"


async def test_a_rolling_restart(tmp_path: Path) -> None:
    """SIGHUP replaces all processes, one after another: no stream is dropped, and no request of twenty clients fails,
    whose connections are closed with an answer that says so.
    """
    with serve_several(tmp_path, *TWO) as server:
        old, restarted, askers = api_pids(server), asyncio.Event(), [Asker(number) for number in range(20)]
        asking = [asyncio.create_task(asker.run(server, restarted)) for asker in askers]
        await asyncio.sleep(0.5)
        server.process.send_signal(signal.SIGHUP)
        await asyncio.to_thread(wait_for, lambda: "Restarted." in server.log.read_text(), RESTART_LIMIT_S)
        restarted.set()
        await asyncio.gather(*asking)
        assert [asker.wrong for asker in askers] == [[]] * 20
        assert any(asker.num_closed for asker in askers)
        await asyncio.to_thread(wait_for_new, server, old, 2)
        log_of(server)


def test_who_retires(tmp_path: Path) -> None:
    """A process that retires stays for its streams, and takes no new connection; then it ends."""
    with serve_several(tmp_path, *TWO) as server, one_client_each(server) as clients, ThreadPoolExecutor() as threads:
        streams = {pid: threads.submit(client.post, COMPLETIONS, json=slow(15)) for pid, client in clients.items()}
        time.sleep(0.5)
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "Restarted." in server.log.read_text(), RESTART_LIMIT_S)
        there = api_pids(server)
        assert {pid for pid, stream in streams.items() if not stream.done()} <= there
        with httpx.Client(base_url=server.url) as new:
            assert owner_of(new, server) in there - clients.keys()
            assert "connection" not in new.get("/v1/models").headers
        assert all(is_whole(stream.result().text) for stream in streams.values())
        wait_for_new(server, set(clients), 2)


def hang_up(server: Server, sentence: str) -> None:
    """Ask for a restart, and wait until that is said."""
    seen = log_of(server).count(sentence)
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: log_of(server).count(sentence) > seen, RESTART_LIMIT_S)


def test_a_restart_takes_what_is_new(tmp_path: Path) -> None:
    """The file is read again. Where it is broken, or changes what goes on through a restart, that is told in one
    sentence, and those that run stay.
    """
    file = tmp_path / "antiphon.toml"
    with serve_several(tmp_path, *TWO) as server, httpx.Client(base_url=server.url) as http:
        old = api_pids(server)
        file.write_text("prot = 8000")
        hang_up(
            server, "The restart ends here, and those that are left go on: antiphon.toml: there is no setting 'prot'."
        )
        file.write_text("parallel = 3")
        hang_up(server, "--parallel has changed, which takes effect when the server is stopped and started.")
        wait_for(lambda: api_pids(server) == old)
        assert http.post(COMPLETIONS, json=body()).is_success
        file.write_text("[alias]\n'gpt-*' = 'smollm2'\n")
        assert http.get("/v1/models/gpt-9").status_code == 404
        hang_up(server, "Restarted.")
        wait_for_new(server, old, 2)
        assert http.get("/v1/models/gpt-9").json()["id"] == "smollm2"


def test_who_cannot_come_back(tmp_path: Path) -> None:
    """While a process cannot be started again the others go on, and it is tried again until it can."""
    file = tmp_path / "antiphon.toml"
    with serve_several(tmp_path, *TWO) as server:
        file.write_text("prot = 8000")
        os.kill(min(api_pids(server)), signal.SIGKILL)
        wait_for(lambda: "could not be started again: antiphon.toml: there is no setting 'prot'." in log_of(server))
        num_started = log_of(server).count("Started server process")
        with httpx.Client(base_url=server.url) as other:
            assert other.post(COMPLETIONS, json=body()).is_success
        file.unlink()
        wait_for(lambda: log_of(server).count("Started server process") > num_started, RESTART_LIMIT_S)
        with one_client_each(server) as clients:
            assert len(clients) == 2
            assert all(client.post(COMPLETIONS, json=body()).is_success for client in clients.values())


def test_a_stop_lets_all_finish(tmp_path: Path) -> None:
    """After SIGTERM running streams of all processes end as they should, new requests get 503, and nothing is left."""
    with serve_several(tmp_path, *TWO) as server, one_client_each(server) as clients, ThreadPoolExecutor() as threads:
        pids = api_pids(server)
        streams = [threads.submit(client.post, COMPLETIONS, json=slow(4)) for client in clients.values()]
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "Stopping: running answers have 30 s to finish." in log_of(server))
        wait_for(lambda: httpx.get(f"{server.url}/health").status_code == 503)
        refused = httpx.post(server.url + COMPLETIONS, json=body())
        assert (refused.status_code, error_of(refused)["code"]) == (503, "server_shutting_down")
        assert all(is_whole(stream.result().text) for stream in streams)
        assert server.process.wait(20) == 0
        assert not any(map(runs, pids))
        assert log_of(server).count("Stopping: ") == 1


def test_a_stop_waits_no_longer_than_told(tmp_path: Path) -> None:
    """Answers that take longer than `--drain-timeout` are cut off; a second signal does not wait even for that."""
    for flags, signals in ((("--drain-timeout", "0.2"), 1), ((), 2)):
        with doomed(tmp_path, *TWO, *flags) as server, ThreadPoolExecutor() as threads:
            wait_for(lambda: "Base URL" in server.log.read_text())
            pids = api_pids(server)
            cut = [threads.submit(httpx.post, server.url + COMPLETIONS, json=slow(60), timeout=60) for _ in pids]
            time.sleep(0.5)
            for _ in range(signals):
                server.process.send_signal(signal.SIGINT)
                wait_for(lambda: "Stopping: " in server.log.read_text())
            assert server.process.wait(20) == 0
            assert not any(map(runs, pids))
            assert all(stream.exception() for stream in cut)


def test_a_stop_while_starting(tmp_path: Path) -> None:
    """A server that is told to stop before it has begun ends as one that has."""
    server = start_scripted(tmp_path, *TWO)
    try:
        wait_for(lambda: api_pids(server))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(START_LIMIT_S) == 0
        assert "Base URL" not in log_of(server)
    finally:
        server.kill()


def test_a_closed_terminal(tmp_path: Path) -> None:
    """SIGHUP of a terminal that has been closed stops the server, and running answers may finish."""
    ours, theirs = pty.openpty()
    port = free_port()
    command = [sys.executable, "-m", "antiphon", "serve", "--engine", "scripted", *TWO, "--port", str(port)]
    flags = ["--data-dir", str(tmp_path)]
    with subprocess.Popen([*command, *flags], stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path) as process:
        try:
            os.close(theirs)
            with os.fdopen(ours, "rb", buffering=0) as terminal, ThreadPoolExecutor() as threads:
                told = b""
                while b"curl " not in told:
                    told += terminal.read(1000)
                url = f"http://127.0.0.1:{port}{COMPLETIONS}"
                stream = threads.submit(httpx.post, url, json=slow(2), timeout=60)
                time.sleep(0.5)
                terminal.close()
                process.send_signal(signal.SIGHUP)
                assert is_whole(stream.result().text)
            assert process.wait(20) == 0
        finally:
            process.kill()


def test_a_killed_supervisor(tmp_path: Path) -> None:
    """When the supervisor is killed all that it started ends, also in the middle of streams."""
    with doomed(tmp_path, *TWO) as server, ThreadPoolExecutor() as threads:
        wait_for(lambda: "Base URL" in server.log.read_text())
        children = children_of(server.process.pid)
        assert len(children) == 2
        cut = [threads.submit(httpx.post, server.url + COMPLETIONS, json=slow(60), timeout=60) for _ in children]
        time.sleep(0.5)
        server.kill()
        wait_for(lambda: not any(map(runs, children)))
        assert all(stream.exception() for stream in cut)


MISTAKES = {
    "open without a key": (["--host", "0.0.0.0"], "--api-key"),
    "store that is none": (["--database-url", "sqlite:////dev/null/all.db"], "/dev/null"),
    "missing file": (["--engine", "llama", "--model", "m=/nowhere/m.gguf"], "/nowhere/m.gguf"),
    "more than there can be": (["--workers", "65"], "--workers"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence(tmp_path: Path, name: str) -> None:
    """A start that cannot be is one sentence and status 1, whoever finds out."""
    flags, words = MISTAKES[name]
    assert words in refuse(tmp_path, *TWO, *flags)


def test_a_port_in_use(tmp_path: Path) -> None:
    """A port that another server has is told at once."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = refuse(tmp_path, *TWO, "--port", str(taken.getsockname()[1]))
    assert told.endswith("Address already in use.\n")
