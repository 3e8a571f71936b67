"""A server without a model, as a process of its own, and what it costs."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx


@contextmanager
def scripted_server(*flags: str) -> Iterator[tuple[str, int]]:
    """URL and process id; what it keeps is thrown away, unless the flags say where."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with TemporaryDirectory() as folder:
        usual = ("--engine", "scripted", "--port", str(port), "--data-dir", folder)
        command = [sys.executable, "-m", "antiphon", "serve", *usual, *flags]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
            try:
                wait_for_health(f"http://127.0.0.1:{port}", server)
                yield f"http://127.0.0.1:{port}", server.pid
            finally:
                server.terminate()


def wait_for_health(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers."""
    while server.poll() is None:
        try:
            httpx.get(f"{url}/health").raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise SystemExit("The server did not start; try it by hand: antiphon serve --engine scripted")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
