"""Computed prompts on disk, which outlive the process: a file for each, found again by its tokens.

A file is a header, which tells whose tokens it holds and for which model, and llama.cpp's state of them. It is written
whole or not at all, and beside the loop; a file that is broken, too old or of another model is removed. Where the disk
is full, nothing more is written.
"""

import hashlib
import os
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from antiphon.engine.llama.prefix_cache import LEAST_KEPT, Held, PrefixCache, num_common

LIFETIME_S = 24 * 3600
MAGIC = b"antiphon prompt 1\n"
SIZE = struct.Struct("<I")
LARGEST_HEADER = 64 << 20
MOST_UNWRITTEN = 4
"""States that wait in memory for the disk; further ones are not kept."""
SUFFIX = ".kv"
State = NDArray[np.uint8]


class Header(Struct, frozen=True, kw_only=True):
    """signature: of model, engine and settings. written: Unix seconds. tokens: as int32. checksum: of the state."""

    signature: str
    namespace: str
    grouped: bool
    written: float
    tokens: bytes
    num_bytes: int
    checksum: int


class DiskCache:
    """folder: those of all models are in it. signature: of all that a state depends on. cache: learns what is there.
    most_bytes: of all files, 0 to write nothing. tell: called with a sentence when writing has been given up.
    """

    def __init__(
        self, folder: Path, signature: str, cache: PrefixCache, *, most_bytes: int, tell: Callable[[str], None]
    ) -> None:
        self.folder = folder / signature if most_bytes else None
        self.signature = signature
        self.cache = cache
        self.most_bytes = most_bytes
        self.tell = tell
        self.files: dict[int, Path] = {}
        self.unwritten: dict[int, Future[None]] = {}
        self.writer = ThreadPoolExecutor(1, "disk-cache")
        for path, header in self._look_through():
            tokens = np.frombuffer(header.tokens, np.int32)
            self._add(Held(header.namespace, tokens, header.grouped), path)

    def __contains__(self, number: int) -> bool:
        return number in self.files

    def wants(self, held: Held) -> bool:
        """Whether it is worth a file, and not in one yet."""
        self.unwritten = {number: writing for number, writing in self.unwritten.items() if not writing.done()}
        if self.folder is None or len(held.tokens) < LEAST_KEPT or len(self.unwritten) >= MOST_UNWRITTEN:
            return False
        return all(self.cache.common(other, held) < len(held.tokens) for other in self.cache.stored.values())

    def write(self, held: Held, state: State) -> None:
        """Keep the state of these tokens; files that hold less of the same are not needed then."""
        if self.folder is None or len(state) > self.most_bytes:
            return
        header = Header(
            signature=self.signature,
            namespace=held.namespace,
            grouped=held.grouped,
            written=time.time(),
            tokens=held.tokens.tobytes(),
            num_bytes=len(state),
            checksum=zlib.crc32(state.data),
        )
        for number, other in list(self.cache.stored.items()):
            if num_common(held, other) == len(other.tokens):
                self._remove(number)
        data = msgspec.msgpack.encode(header)
        path = self.folder / f"{hashlib.sha256(data).hexdigest()[:32]}{SUFFIX}"
        number = self._add(held, path)
        self.unwritten[number] = self.writer.submit(self._write, path, MAGIC + SIZE.pack(len(data)) + data, state)

    def read(self, number: int) -> State | None:
        """The state, or None where it is lost. Its file is removed then."""
        if writing := self.unwritten.pop(number, None):
            writing.result()
        path = self.files.get(number)
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                header = read_header(file.read)
                state = np.fromfile(file, np.uint8)
            if header and self._fits(header) and zlib.crc32(state.data) == header.checksum:
                os.utime(path)
                return state
        except OSError:
            pass
        self.forget(number)
        return None

    def forget(self, number: int) -> None:
        """Remove a file, if it is there yet."""
        if number in self.files:
            self._remove(number)

    def close(self) -> None:
        """Wait until all is written."""
        self.writer.shutdown()

    def _write(self, path: Path, head: bytes, state: State) -> None:
        if self.folder is None:  # given up meanwhile
            return
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_room(len(head) + len(state))
            with unfinished.open("wb") as file:
                file.write(head)
                file.write(state.data)
            unfinished.replace(path)
        except OSError as error:
            self.folder = None
            remove(unfinished)
            self.tell(f"Prompts are not kept on disk any more: {error.strerror}.")

    def _make_room(self, needed: int) -> None:
        """Remove what was not used for longest, until that many bytes are free of what may be used."""
        assert self.folder
        files = sorted(self.folder.parent.glob(f"*/*{SUFFIX}"), key=modified)
        sizes = {path: path.stat().st_size for path in files if path.exists()}
        used = sum(sizes.values())
        for path, size in sizes.items():
            if used + needed <= self.most_bytes:
                break
            remove(path)
            used -= size

    def _look_through(self) -> Iterator[tuple[Path, Header]]:
        """Files that can be used, the one used last at the end; all others are removed."""
        if self.folder is None:
            return
        for path in sorted(self.folder.parent.glob("*/*"), key=modified):
            if path.parent != self.folder or path.suffix != SUFFIX:
                if time.time() - modified(path) > LIFETIME_S:  # of a model that is gone, or never finished
                    remove(path)
            elif (header := look_at(path)) and self._fits(header):
                yield path, header
            else:
                remove(path)

    def _fits(self, header: Header) -> bool:
        return header.signature == self.signature and 0 <= time.time() - header.written < LIFETIME_S

    def _add(self, held: Held, path: Path) -> int:
        number = self.cache.number()
        self.cache.stored[number], self.files[number] = held, path
        return number

    def _remove(self, number: int) -> None:
        self.cache.forget(number)
        path = self.files.pop(number)
        if writing := self.unwritten.pop(number, None):
            writing.add_done_callback(lambda _: remove(path))
        else:
            remove(path)


def look_at(path: Path) -> Header | None:
    """The header of a file that is as long as it says."""
    try:
        with path.open("rb") as file:
            header = read_header(file.read)
            whole = header and os.fstat(file.fileno()).st_size == file.tell() + header.num_bytes
    except OSError:
        return None
    return header if whole else None


def modified(path: Path) -> float:
    """When a file was last written or used, in Unix seconds; 0 where it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def remove(path: Path) -> None:
    """Where that can be done."""
    with suppress(OSError):
        path.unlink()


def read_header(read: Callable[[int], bytes]) -> Header | None:
    """What stands at the beginning of a file; None where it is no such file."""
    if read(len(MAGIC)) != MAGIC:
        return None
    size = read(SIZE.size)
    if len(size) < SIZE.size or SIZE.unpack(size)[0] > LARGEST_HEADER:
        return None
    try:
        return msgspec.msgpack.decode(read(SIZE.unpack(size)[0]), type=Header)
    except msgspec.DecodeError:
        return None
