"""A rolling restart of several API processes: what goes on, what changes, and what ends it."""

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.contract.live import COMPLETIONS, body
from tests.contract.several import (
    RESTART_LIMIT_S,
    TWO,
    Stream,
    api_pids,
    is_whole,
    log_of,
    one_client_each,
    owner_of,
    serve_several,
    slow,
    wait_for_new,
)
from tests.model.processes import Server, wait_for


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
        streams = {pid: Stream(threads, client, slow(15)) for pid, client in clients.items()}
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "Restarted." in server.log.read_text(), RESTART_LIMIT_S)
        there = api_pids(server)
        assert {pid for pid, stream in streams.items() if not stream.text.done()} <= there
        with httpx.Client(base_url=server.url) as new:
            assert owner_of(new, server) in there - clients.keys()
            assert "connection" not in new.get("/v1/models").headers
        assert all(is_whole(stream.text.result()) for stream in streams.values())
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
