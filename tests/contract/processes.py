"""`antiphon serve` without a model, as a process of its own: that answers, that may die, that cannot start."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.contract.live import COMPLETIONS
from tests.model.processes import Server, serve

START_LIMIT_S = 60.0
MOST_OF_PAGE = 100


def serve_scripted(folder: Path, *flags: str) -> Any:
    """A server that answers, and that must end well when told to."""
    return serve(folder, *build_flags(folder, flags))


def start_scripted(folder: Path, *flags: str) -> Server:
    """A server that is just starting; who starts it ends it."""
    return Server(folder, *build_flags(folder, flags))


@contextmanager
def doomed(folder: Path, *flags: str) -> Iterator[Server]:
    """A server that answers, and is killed in the end if it was not before."""
    server = start_scripted(folder, *flags)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.kill()


def refuse(folder: Path, *flags: str) -> str:
    """The one sentence of a server that cannot start; all that it wrote."""
    server = start_scripted(folder, *flags)
    try:
        assert server.process.wait(START_LIMIT_S) == 1, server.log.read_text()
    finally:
        server.kill()
    told = server.log.read_text()
    assert told.startswith("antiphon: ") and told.endswith(".\n") and told.count("\n") == 1, told
    return told


def run_command(*arguments: str, given: str = "") -> str:
    """What another command of ours says. given: what it reads."""
    ended = subprocess.run(
        [sys.executable, "-m", "antiphon", *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=START_LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def build_flags(folder: Path, flags: tuple[str, ...]) -> tuple[str, ...]:
    """With what it keeps in `folder`, unless they say where."""
    if not {"--data-dir", "--database-url"} & set(flags):
        flags = ("--data-dir", str(folder / "data"), *flags)
    return ("--engine", "scripted", *flags)


def check_log(server: Server) -> None:
    """Whatever happened, it was foreseen."""
    told = server.log.read_text()
    assert "Traceback" not in told and " ERROR " not in told, told


def wait_for_write(data: Path) -> None:
    """Return when a file of the database has just become another, so in the middle of a commit."""
    before, deadline = look(data), time.monotonic() + START_LIMIT_S
    while look(data) == before:
        assert time.monotonic() < deadline, "nothing was written"


def look(data: Path) -> list[tuple[int, int]]:
    """How the files of a database are just now, of which some come and go."""
    seen = []
    for file in data.glob("antiphon.db*"):
        with suppress(FileNotFoundError):
            seen.append((file.stat().st_size, file.stat().st_mtime_ns))
    return seen


def list_all(client: httpx.Client, **metadata: str) -> list[dict[str, Any]]:
    """All stored completions that have this metadata, page by page."""
    query: dict[str, Any] = {f"metadata[{key}]": value for key, value in metadata.items()} | {"limit": MOST_OF_PAGE}
    found: list[dict[str, Any]] = []
    more = True
    while more:
        answer = client.get(COMPLETIONS, params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["data"]
        query["after"], more = page["last_id"], page["has_more"]
    return found
