"""Fetches a file from the hub into its cache: goes on where it was broken off, and checks what came.

What is there of a file is always a beginning of it, whatever ends the process, because bytes are only put behind the
others. It gets its name when it is complete and has the checksum that the hub tells.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from antiphon.catalog.hub import Hub, HubAway
from antiphon.catalog.place import Place
from antiphon.catalog.remote import RemoteFile
from antiphon.errors import ConfigurationError

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Before it tries again, while nothing comes."""
ROOM_BYTES = 64 << 20
"""What stays free on the disk, for others."""
CHUNK_BYTES = 1 << 20
GB = 1e9
BUSY = "Another process is fetching this file just now."
OnProgress = Callable[[int], None]
"""Told how many bytes are there."""


def fetch(
    hub: Hub, file: RemoteFile, cache: Path, *, on_progress: OnProgress, wait: Callable[[float], None] = time.sleep
) -> Path:
    """The file in the cache. wait: passes so many seconds. Raises `ConfigurationError`."""
    place = Place(cache, file)
    try:
        if not place.is_complete:
            place.unfinished.parent.mkdir(parents=True, exist_ok=True)
            with alone_with(place.unfinished) as unfinished:
                check_room(place.unfinished, file)
                digest = receive(hub, file, unfinished, on_progress=on_progress, wait=wait)
                check_content(place.unfinished, file, digest)
                place.unfinished.replace(place.content)
        place.enter()
    except OSError as error:
        raise ConfigurationError(f"Cannot write to '{cache}': {os.strerror(error.errno or 0)}.") from None
    return place.link


@contextmanager
def alone_with(path: Path) -> Iterator[BinaryIO]:
    """The file to write to, which nobody else writes to meanwhile. Raises `ConfigurationError`."""
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(BUSY) from None
        if not (path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())):
            raise ConfigurationError(BUSY)  # whoever had it was done with it between the two lines above
        yield file


def check_room(unfinished: Path, file: RemoteFile) -> None:
    """Whether the rest fits on the disk. Raises `ConfigurationError`."""
    free, rest = shutil.disk_usage(unfinished.parent).free, file.num_bytes - unfinished.stat().st_size
    if rest + ROOM_BYTES > free:
        raise ConfigurationError(
            f"The disk is too full: '{file.name}' needs {rest / GB:.2f} GB more in '{unfinished.parents[2]}', where"
            f" {free / GB:.2f} GB are free. Make room, or name another folder with HF_HOME."
        )


def receive(
    hub: Hub, file: RemoteFile, unfinished: BinaryIO, *, on_progress: OnProgress, wait: Callable[[float], None]
) -> str:
    """Put behind what is there what is missing; the SHA-256 of all. Raises `HubAway` when nothing comes for long."""
    content = Growing(unfinished)
    pauses = iter(PAUSES_S)
    on_progress(content.num_bytes)
    while content.num_bytes < file.num_bytes:
        before = content.num_bytes
        try:
            receive_some(hub, file, content, on_progress)
        except HubAway as error:
            trouble: ConfigurationError = error
        else:
            trouble = HubAway("The hub ended the file too early.")
        if content.num_bytes > before:
            pauses = iter(PAUSES_S)
        elif (pause := next(pauses, None)) is None:
            raise trouble
        else:
            wait(pause)
    unfinished.flush()
    os.fsync(unfinished.fileno())
    return content.digest.hexdigest()


def receive_some(hub: Hub, file: RemoteFile, content: "Growing", on_progress: OnProgress) -> None:
    """What comes over one connection."""
    with hub.stream(file, start=content.num_bytes) as stream:
        if stream.start < content.num_bytes:
            content.clear()
        for chunk in stream.chunks:
            content.add(chunk)
            on_progress(content.num_bytes)


class Growing:
    """A file that only grows, and the digest of what is in it. What it has already is read once."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest, self.num_bytes = file, hashlib.sha256(), 0
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            self._count(chunk)

    def add(self, chunk: bytes) -> None:
        """At the end."""
        self.file.write(chunk)
        self._count(chunk)

    def clear(self) -> None:
        """Begin anew."""
        self.file.truncate(0)
        self.digest, self.num_bytes = hashlib.sha256(), 0

    def _count(self, chunk: bytes) -> None:
        self.digest.update(chunk)
        self.num_bytes += len(chunk)


def check_content(unfinished: Path, file: RemoteFile, digest: str) -> None:
    """Delete what is not what the hub told of. Raises `ConfigurationError`."""
    if file.sha256 not in (None, digest) or unfinished.stat().st_size != file.num_bytes:
        unfinished.unlink()
        raise ConfigurationError(
            f"What came as '{file.name}' has not the checksum that the hub tells, and is deleted: try again."
        )
