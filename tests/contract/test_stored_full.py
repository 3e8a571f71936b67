"""A disk without space: what cannot be stored is told, everything else goes on, and so does storing when there is."""

import errno
import json
import resource
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, check_error, error_of, frames
from tests.contract.processes import check_log, doomed, list_all, refuse, serve_scripted
from tests.model.processes import Server
from tests.shown import picture

LIMIT_S = 30.0
LARGEST_FILE = 256 * 1024
"""Bytes: more than the server's log gets, and less than the database has already."""
IMAGE = picture(2 * LARGEST_FILE)
CONTENT = [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": IMAGE}}]
DISK_BYTES = 4 * 2**20
NUM_READERS = 8


@dataclass
class Disk:
    """A server whose disk can be filled, and freed again."""

    server: Server
    fill: Callable[[], object]
    free: Callable[[], object]


@contextmanager
def limited_files(folder: Path) -> Iterator[Disk]:
    """The kernel lets none of the process's files become larger."""
    with serve_scripted(folder) as server:
        limit = partial(resource.prlimit, server.process.pid, resource.RLIMIT_FSIZE)
        most, hard = limit()
        yield Disk(server, partial(limit, (LARGEST_FILE, hard)), partial(limit, (most, hard)))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A file system of its own, with little space."""
    with mounted(folder) as disk, serve_scripted(folder, "--data-dir", str(disk)) as server:
        yield Disk(server, partial(fill_up, disk), (disk / "filler").unlink)


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A file system in memory. Skips the test where we may not make one."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small disk needs root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill_up(disk: Path) -> None:
    """Take the space there is, to the last byte."""
    with (disk / "filler").open("ab", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC


@pytest.fixture(params=[limited_files, small_disk], ids=["limit", "tmpfs"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A server on each; none of them is surprised by anything."""
    with request.param(tmp_path) as disk:
        yield disk
        check_log(disk.server)


@pytest.fixture
def client(disk: Disk) -> Iterator[httpx.Client]:
    """Who asks it."""
    with httpx.Client(base_url=disk.server.url, timeout=LIMIT_S) as client:
        yield client


def check_not_stored(error: dict[str, str]) -> None:
    """The error says what happened, and that asking again may help."""
    assert (error["type"], error["code"], error["param"]) == ("server_error", "completion_not_stored", "store")
    assert "produced but not stored" in error["message"]


def test_a_full_disk(disk: Disk, client: httpx.Client) -> None:
    """On a full disk a completion that is to be stored is answered 503, and its stream ends with an error; everything
    that needs no space goes on; with space again it is stored, by the same server.
    """
    first = client.post(COMPLETIONS, json=body(CONTENT, store=True, metadata={"a": "b"})).json()["id"]
    disk.fill()
    for _ in range(2):
        whole = client.post(COMPLETIONS, json=body(store=True))
        assert whole.status_code == 503 and int(whole.headers["retry-after"]) > 0
        check_not_stored(error_of(whole))
        streamed = client.post(COMPLETIONS, json=body(store=True, stream=True))
        *chunks, error, done = frames(streamed.text)
        assert (streamed.status_code, done) == (200, "[DONE]")
        assert "".join(json.loads(chunk)["choices"][0]["delta"].get("content", "") for chunk in chunks) == "Hello there"
        check_not_stored(check_error(json.loads(error)))
        for stream in (False, True):
            plain = client.post(COMPLETIONS, json=body(stream=stream))
            assert plain.status_code == 200 and "error" not in plain.text
        assert [one["id"] for one in list_all(client)] == [first]
    disk.free()
    for stream in (False, True):
        assert "error" not in client.post(COMPLETIONS, json=body(store=True, stream=stream)).text
    assert len(list_all(client)) == 3


def test_reading_from_a_full_disk(disk: Disk, client: httpx.Client) -> None:
    """What is stored can be read on a full disk by as many as like to; changes are refused, and hold later."""
    name = client.post(COMPLETIONS, json=body(CONTENT, store=True, metadata={"a": "b"})).json()["id"]
    place = f"{COMPLETIONS}/{name}"
    disk.fill()
    paths = (f"{COMPLETIONS}?metadata[a]=b", place, f"{place}/messages", "/health")
    with ThreadPoolExecutor(NUM_READERS) as pool:
        read = list(pool.map(client.get, paths * NUM_READERS))
    assert [answer.status_code for answer in read] == [200] * len(paths) * NUM_READERS
    assert read[2].json()["data"][0]["content_parts"] == CONTENT
    change = {"metadata": {str(key): f"{key % 10}" * 512 for key in range(16)}}
    refused = client.post(place, json=change)
    assert (refused.status_code, error_of(refused)["code"]) == (503, "store_unavailable")
    assert client.get(place).json()["metadata"] == {"a": "b"}
    disk.free()
    assert client.post(place, json=change).json()["metadata"] == change["metadata"]
    assert client.delete(place).json()["deleted"] is True
    assert list_all(client) == []


def test_a_first_start_on_a_full_disk(tmp_path: Path) -> None:
    """A server that finds no space for its new database says so in one sentence; with space it starts."""
    with mounted(tmp_path) as disk:
        fill_up(disk)
        assert "antiphon.db" in refuse(tmp_path, "--data-dir", str(disk))
        (disk / "filler").unlink()
        with serve_scripted(tmp_path, "--data-dir", str(disk)) as server:
            assert "id" in httpx.post(f"{server.url}{COMPLETIONS}", json=body(store=True), timeout=LIMIT_S).json()


@pytest.mark.parametrize("killed", [False, True])
def test_a_later_start_on_a_full_disk(tmp_path: Path, killed: bool) -> None:
    """A server that finds no space to open its database says so in one sentence. After it was killed what it needs is
    there, and it shows what is stored. Either way it is all there later.
    """
    with mounted(tmp_path) as disk:
        flags = ("--data-dir", str(disk))
        with doomed(tmp_path, *flags) as server:
            answer = httpx.post(f"{server.url}{COMPLETIONS}", json=body(store=True), timeout=LIMIT_S)
            assert killed or server.stop() == 0
        fill_up(disk)
        if killed:
            check_stored(tmp_path, *flags, names=[answer.json()["id"]])
        else:
            assert "antiphon.db" in refuse(tmp_path, *flags)
        (disk / "filler").unlink()
        check_stored(tmp_path, *flags, names=[answer.json()["id"]])


def check_stored(folder: Path, *flags: str, names: list[str]) -> None:
    """A server starts with these completions, and is killed."""
    with doomed(folder, *flags) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        assert [one["id"] for one in list_all(client)] == names
