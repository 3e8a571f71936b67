"""A server of several API processes: which they are, and clients that are served by a certain one."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.contract.live import COMPLETIONS, body, frames, script
from tests.contract.processes import serve_scripted
from tests.model.processes import Server, children_of, command_of, wait_for

API = "antiphon.server.supervisor"
TWO = ("--workers", "2")
RESTART_LIMIT_S = 120.0
"""Two processes that are started one after the other, on a machine that has much to do."""


def slow(pause_s: float = 1.0, *, stream: bool = True) -> dict[str, Any]:
    """A request whose answer takes so long."""
    return body(script("Hel", {"event": "pause", "seconds": pause_s}, "lo"), stream=stream)


class Stream:
    """One that is read beside, from the moment when it has said something. client: of one connection, or more."""

    def __init__(self, threads: ThreadPoolExecutor, client: httpx.Client, request: dict[str, Any]) -> None:
        self.begun = False
        self.text: Future[str] = threads.submit(self._read, client, {**request, "stream": True})
        wait_for(lambda: self.begun or self.text.done())

    def _read(self, client: httpx.Client, request: dict[str, Any]) -> str:
        text = ""
        with client.stream("POST", COMPLETIONS, json=request) as stream:
            assert stream.status_code == 200
            for piece in stream.iter_text():
                text += piece
                self.begun = True
        return text

    @property
    def last(self) -> Any:
        """What it said before it was done."""
        *_, last, done = frames(self.text.result())
        assert done == "[DONE]"
        return json.loads(last)

    @property
    def reason(self) -> str:
        """Why it ended, in good order."""
        return str(self.last["choices"][0]["finish_reason"])

    @property
    def error(self) -> str:
        """With which it ended."""
        return str(self.last["error"]["code"])


def is_whole(text: str) -> bool:
    """Whether a stream has come to its end, and to no other than it should have."""
    *_, last, done = frames(text)
    return done == "[DONE]" and json.loads(last)["choices"][0]["finish_reason"] == "stop"


def log_of(server: Server) -> str:
    """All it wrote, in which nothing is to be unforeseen."""
    told = server.log.read_text()
    assert "Traceback" not in told and "never retrieved" not in told, told
    return told


@contextmanager
def serve_several(folder: Path, *flags: str) -> Iterator[Server]:
    """A server without a model, of which all processes answer; it must end well when told to."""
    with serve_scripted(folder, *flags) as server:
        wait_for(lambda: "Base URL" in server.log.read_text())
        yield server


def api_pids(server: Server) -> set[int]:
    """The process ids of all API processes, those that start and those that retire too."""
    return {pid for pid in children_of(server.process.pid) if API in command_of(pid)}


def wait_for_new(server: Server, old: set[int], count: int) -> set[int]:
    """Return when a restart is over and all that are old have ended."""
    wait_for(lambda: "Restarted." in server.log.read_text() and not api_pids(server) & old, RESTART_LIMIT_S)
    assert len(api_pids(server)) == count
    return api_pids(server)


@contextmanager
def one_client_each(server: Server) -> Iterator[dict[int, httpx.Client]]:
    """By process id, a client with one connection, which that process serves."""
    with ExitStack() as opened:
        clients: dict[int, httpx.Client] = {}

        def find_another() -> bool:
            client = opened.enter_context(build_client(server))
            if clients.setdefault(owner_of(client, server), client) is not client:
                client.close()
            return clients.keys() == api_pids(server)

        wait_for(find_another, RESTART_LIMIT_S)  # one that is just starting takes no connections yet
        yield clients


def build_client(server: Server) -> httpx.Client:
    """With one connection that is kept."""
    return httpx.Client(base_url=server.url, limits=httpx.Limits(max_connections=1), timeout=60)


def owner_of(client: httpx.Client, server: Server) -> int:
    """Who serves the connection of a client that has one, or gets it now."""
    with client.stream("GET", "/health") as answer:
        answer.read()
        stream = answer.extensions["network_stream"]
        return find_owner(stream.get_extra_info("client_addr")[1], server)


def find_owner(port: int, server: Server) -> int:
    """Which API process has the other end of a connection from this local port."""
    inode = find_inode(server.port, port)
    return next(pid for pid in api_pids(server) if f"socket:[{inode}]" in open_files(pid))


def find_inode(ours: int, theirs: int) -> str:
    """Of a connection of this machine with itself, as the kernel names it."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if [int(end.rpartition(":")[2], 16) for end in fields[1:3]] == [ours, theirs]:
            return fields[9]
    raise AssertionError(f"there is no connection from {theirs} to {ours}")


def open_files(pid: int) -> set[str]:
    """What a process has open."""
    found = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.add(str(file.readlink()))
    return found
