"""`antiphon serve` as a process of its own, on a free port of this machine, for as long as it is measured."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from antiphon.bench.client import Server
from antiphon.errors import ConfigurationError

POLL_S = 0.1
STOP_LIMIT_S = 20.0
KEPT_LINES = 3


class OwnServer:
    """One process. It has a key that nobody else knows, keeps what it keeps in `folder`, and logs there."""

    def __init__(self, folder: Path, flags: Sequence[str], *, model: str) -> None:
        self._log = folder / "log"
        port, key = find_free_port(), secrets.token_urlsafe()
        self.server = Server("antiphon serve", f"http://127.0.0.1:{port}/v1", model=model, api_key=key)
        database = f"sqlite:///{folder / 'antiphon.db'}"
        place = ("--host", "127.0.0.1", "--port", str(port), "--data-dir", str(folder), "--database-url", database)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 (ourselves)
                [sys.executable, "-m", "antiphon", "serve", *place, *flags],
                env={**os.environ, "ANTIPHON_API_KEY": key},
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl-C is for us alone; we stop it
            )

    def wait_until_ready(self) -> None:
        """Return when the model answers. Raises `ConfigurationError` when the server ends instead."""
        url = self.server.base_url.removesuffix("/v1") + "/health"
        while True:
            self.check()
            with suppress(httpx.TransportError):
                if httpx.get(url, trust_env=False).status_code == httpx.codes.OK:
                    return
            time.sleep(POLL_S)

    def check(self) -> None:
        """Raises `ConfigurationError` when it has ended, with what it said last."""
        if self._process.poll() is not None:
            lines = self._log.read_text(errors="replace").strip().splitlines()
            said = next((line.removeprefix("antiphon: ") for line in lines if line.startswith("antiphon: ")), None)
            raise ConfigurationError(said or f"The server ended: {' '.join(lines[-KEPT_LINES:]) or 'it said nothing'}.")

    def stop(self) -> None:
        """End it, in good order if it can."""
        self._process.send_signal(signal.SIGTERM)
        try:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_LIMIT_S)
        finally:  # also when somebody does not want to wait so long
            self._process.kill()
            self._process.wait()


@contextmanager
def serve_here(flags: Sequence[str], *, model: str) -> Iterator[OwnServer]:
    """A server that is just starting; whatever happens, it is stopped and what it kept thrown away."""
    with TemporaryDirectory(prefix="antiphon-bench-") as folder:
        own = OwnServer(Path(folder), flags, model=model)
        try:
            yield own
        finally:
            own.stop()


def find_free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
