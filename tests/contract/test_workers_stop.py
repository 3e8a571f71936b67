"""How a server of several API processes ends, and how it does not begin."""

import os
import pty
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, error_of, free_port
from tests.contract.processes import START_LIMIT_S, doomed, refuse, start_scripted
from tests.contract.several import TWO, Stream, api_pids, is_whole, log_of, one_client_each, serve_several, slow
from tests.model.processes import children_of, runs, wait_for


def test_a_stop_lets_all_finish(tmp_path: Path) -> None:
    """After SIGTERM running streams of all processes end as they should, new requests get 503, and nothing is left."""
    with serve_several(tmp_path, *TWO) as server, one_client_each(server) as clients, ThreadPoolExecutor() as threads:
        pids = api_pids(server)
        streams = [Stream(threads, client, slow(4)) for client in clients.values()]
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "Stopping: running answers have 30 s to finish." in log_of(server))
        wait_for(lambda: httpx.get(f"{server.url}/health").status_code == 503)
        refused = httpx.post(server.url + COMPLETIONS, json=body())
        assert (refused.status_code, error_of(refused)["code"]) == (503, "server_shutting_down")
        assert all(is_whole(stream.text.result()) for stream in streams)
        assert server.process.wait(20) == 0
        assert not any(map(runs, pids))
        assert log_of(server).count("Stopping: ") == 1


def test_a_stop_waits_no_longer_than_told(tmp_path: Path) -> None:
    """Answers that take longer than `--drain-timeout` are cut off; a second signal does not wait even for that."""
    for flags, signals in ((("--drain-timeout", "0.2"), 1), ((), 2)):
        with doomed(tmp_path, *TWO, *flags) as server, ThreadPoolExecutor() as threads:
            wait_for(lambda: "Base URL" in server.log.read_text())
            pids = api_pids(server)
            client = httpx.Client(base_url=server.url, timeout=60)
            cut = [Stream(threads, client, slow(60)) for _ in pids]
            for _ in range(signals):
                server.process.send_signal(signal.SIGINT)
                wait_for(lambda: "Stopping: " in server.log.read_text())
            assert server.process.wait(20) == 0
            assert not any(map(runs, pids))
            assert all(stream.text.exception() for stream in cut)
            client.close()


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
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                    stream = Stream(threads, client, slow(2))
                    terminal.close()
                    process.send_signal(signal.SIGHUP)
                    assert is_whole(stream.text.result())
            assert process.wait(20) == 0
        finally:
            process.kill()


def test_a_killed_supervisor(tmp_path: Path) -> None:
    """When the supervisor is killed all that it started ends, also in the middle of streams."""
    with doomed(tmp_path, *TWO) as server, ThreadPoolExecutor() as threads:
        wait_for(lambda: "Base URL" in server.log.read_text())
        children = children_of(server.process.pid)
        assert len(children) == 2
        with httpx.Client(base_url=server.url, timeout=60) as client:
            cut = [Stream(threads, client, slow(60)) for _ in children]
            server.kill()
            wait_for(lambda: not any(map(runs, children)))
            assert all(stream.text.exception() for stream in cut)


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
