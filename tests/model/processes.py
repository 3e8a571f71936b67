"""`antiphon serve` as a process of its own, its worker, and what the kernel tells of them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from antiphon.engine.llama.drafting.measure import Measured
from antiphon.engine.llama.findings import write

START_LIMIT_S = 120.0
"""The first start on a machine measures, and makes a copy of the weights."""
STOP_LIMIT_S = 45.0
STEP_MS = {1: 4.0, 2: 4.5, 4: 5.5, 8: 8.0, 16: 13.0, 32: 22.0, 64: 40.0}
"""Of the bundled model on a common machine, by the number of tokens."""
WORKER = "antiphon.engine.llama.worker"


def wait_for(condition: Callable[[], object], limit_s: float = 60.0) -> None:
    """Return when `condition` holds; fail when it takes too long."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.02)


class Server:
    """One running server. `log` is the file with all it wrote."""

    def __init__(self, folder: Path, *flags: str, environment: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self.log = folder / f"server-{self.port}.log"
        command = [sys.executable, "-m", "antiphon", "serve", "--port", str(self.port), *flags]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=log, stderr=log
            )

    @property
    def url(self) -> str:
        """Without /v1."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker(self) -> int | None:
        """The process id of the worker, None when there is none."""
        return next(iter(self.workers), None)

    @property
    def workers(self) -> list[int]:
        """The process ids of all workers, one for each model that is loaded."""
        return [pid for pid in children_of(self.process.pid) if WORKER in command_of(pid)]

    def wait_until_ready(self) -> None:
        """Return when the model answers; fail when the server ends instead."""
        wait_for(self.is_ready, START_LIMIT_S)

    def is_ready(self) -> bool:
        """Whether `/health` says so."""
        assert self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/health").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def stop(self) -> int:
        """Ask it to end; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_LIMIT_S)

    def kill(self) -> None:
        """End it without asking."""
        self.process.kill()
        self.process.wait(STOP_LIMIT_S)


@contextmanager
def serve(folder: Path, *flags: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server that answers, and that must end well when told to."""
    server = Server(folder, *flags, environment=environment)
    try:
        server.wait_until_ready()
        yield server
        assert server.stop() == 0, server.log.read_text()
    finally:
        server.kill()


@contextmanager
def serve_as_measured(folder: Path, *flags: str) -> Iterator[Server]:
    """A server to which a step takes what `STEP_MS` says. What a machine takes decides how a prompt is divided, and so
    how it is rounded, and whether a draft is worth a try; a slow machine's answers would be others than tests expect.
    """
    with serve(folder, *flags):
        measured = [*(Path(os.environ["ANTIPHON_DATA_DIR"]) / "tuning").glob("*-steps.json")]
    assert measured, "it keeps what it has measured"
    for file in measured:
        write(Measured(STEP_MS), file)
    with serve(folder, *flags) as server:
        yield server


def fingerprint(server: Server) -> str:
    """What the server calls everything that can change its output."""
    question = {"model": "smollm2", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
    answer = httpx.post(f"{server.url}/v1/chat/completions", json=question, timeout=60)
    return str(answer.json()["system_fingerprint"])


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def children_of(parent: int) -> list[int]:
    """The processes that a process started."""
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def command_of(pid: int) -> str:
    """How a process was started; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def runs(pid: int) -> bool:
    """Whether a process is there and is not merely waiting to be reaped."""
    return bool(command_of(pid))


def ticks_of(pid: int) -> int:
    """The CPU time of a process in the kernel's ticks, of which a second has a hundred."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]
    return int(user) + int(system)
