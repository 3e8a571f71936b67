"""A server that is measured: its process, which can be started again, and what the kernel tells of it.

Invariant: whatever happens, no process is left when its block is.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click
import httpx

from antiphon.bench.client import Server
from kernel import sum_cpu_seconds

POLL_S = 0.1
STOP_LIMIT_S = 45.0
MODEL = "model"


@dataclass(frozen=True)
class Slots:
    """How many requests a server computes side by side, and the tokens that each may have."""

    number: int
    context: int


EIGHT, THIRTY_TWO = Slots(8, 8192), Slots(32, 2048)


class Contender:
    """One server. `command` has PORT where its port belongs. folder: for what it keeps and writes."""

    def __init__(self, name: str, command: Sequence[str], *, folder: Path) -> None:
        port = find_free_port()
        self.server = Server(name, f"http://127.0.0.1:{port}/v1", model=MODEL, api_key=None)
        self._command = [part.replace("PORT", str(port)) for part in command]
        self.folder = folder
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers. Raises `ClickException` when it ends instead."""
        with self._log.open("ab") as log:
            # In a group of its own: Ctrl-C is for the benchmark, which stops it.
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, process_group=0)
        while not self._is_ready():
            if self._process.poll() is not None:
                lines = self._log.read_text(errors="replace").strip().splitlines()
                raise click.ClickException(f"{self.server.name} ended: {lines[-1] if lines else 'it said nothing'}")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """In good order if it can."""
        if self._process is None:
            return
        try:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_LIMIT_S)
        finally:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """On the same port, with what it kept on disk."""
        self.stop()
        self.start()

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far."""
        assert self._process
        return sum_cpu_seconds(self._process.pid)

    def _is_ready(self) -> bool:
        url = self.server.base_url.removesuffix("/v1") + "/health"
        try:
            return httpx.get(url, trust_env=False).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


@contextmanager
def running(contenders: Sequence[Contender]) -> Iterator[None]:
    """All of them, started one after another."""
    try:
        for contender in contenders:
            contender.start()
        yield
    finally:
        for contender in contenders:
            contender.stop()


def build_ours(model_file: Path, slots: Slots, *, flags: Sequence[str], folder: Path) -> Contender:
    """`antiphon serve`. What it finds out about the machine stays in `folder` from one start to the next."""
    place = ("--host", "127.0.0.1", "--port", "PORT", "--data-dir", str(folder), "--model", f"{MODEL}={model_file}")
    size = ("--parallel", str(slots.number), "--context", str(slots.context))
    command = (sys.executable, "-m", "antiphon", "serve", *place, *size, *flags)
    return Contender("antiphon", command, folder=folder)


def build_theirs(program: Path, model_file: Path, slots: Slots, *, flags: Sequence[str], folder: Path) -> Contender:
    """llama-server with as many slots, and as many tokens for each."""
    size = ("-np", str(slots.number), "-c", str(slots.number * slots.context))
    place = ("--host", "127.0.0.1", "--port", "PORT", "--alias", MODEL, "-m", str(model_file))
    return Contender("llama-server", (str(program), *place, *size, *flags), folder=folder)


def find_free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
