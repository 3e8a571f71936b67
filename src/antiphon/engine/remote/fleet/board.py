"""How many answers each upstream is giving now, to all API processes together: numbers in a file that all have mapped.

Each process writes a row of its own only, so none can spoil another's. Who watches over them wipes a dead one's.
"""

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from antiphon.workplace import Workplace

COUNT = struct.Struct("q")
PREFIX = "upstreams-"


class Board:
    """name: the model's number. Without a workplace this process is the only one."""

    def __init__(self, num_upstreams: int, *, name: str = "", workplace: Workplace | None = None) -> None:
        self.width = num_upstreams
        self.slot = workplace.slot if workplace else 0
        self.num_slots = workplace.num_slots if workplace else 1
        size = self.num_slots * self.width * COUNT.size
        self.file: int | None = None
        self.memory: bytearray | mmap.mmap = bytearray(size)
        if workplace:
            path = workplace.folder / f"{PREFIX}{name}-{num_upstreams}"
            self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            os.ftruncate(self.file, size)
            self.memory = mmap.mmap(self.file, size)
            self._wipe()

    def total(self, upstream: int) -> int:
        """Of all processes."""
        return sum(
            COUNT.unpack_from(self.memory, (slot * self.width + upstream) * COUNT.size)[0]
            for slot in range(self.num_slots)
        )

    def enter(self, upstream: int, limit: int | None) -> bool:
        """Count one more, unless that would be more than the limit."""
        with self._alone(limit is not None):
            if limit is not None and self.total(upstream) >= limit:
                return False
            self._add(upstream, 1)
        return True

    def leave(self, upstream: int) -> None:
        """Count one less."""
        self._add(upstream, -1)

    def close(self) -> None:
        """Let go of the file."""
        self._wipe()
        if isinstance(self.memory, mmap.mmap):
            self.memory.close()
        if self.file is not None:
            os.close(self.file)
        self.memory, self.file = bytearray(self.num_slots * self.width * COUNT.size), None

    def _add(self, upstream: int, number: int) -> None:
        place = (self.slot * self.width + upstream) * COUNT.size
        COUNT.pack_into(self.memory, place, COUNT.unpack_from(self.memory, place)[0] + number)

    def _wipe(self) -> None:
        begin = self.slot * self.width * COUNT.size
        self.memory[begin : begin + self.width * COUNT.size] = bytes(self.width * COUNT.size)

    @contextmanager
    def _alone(self, needed: bool) -> Iterator[None]:
        """With no other process between looking and counting, which takes microseconds."""
        if not needed or self.file is None:
            yield
            return
        fcntl.lockf(self.file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self.file, fcntl.LOCK_UN)


def clear(folder: Path, slot: int) -> None:
    """Wipe the row of a process that is gone, of every model."""
    for path in folder.glob(f"{PREFIX}*"):
        width = int(path.name.rpartition("-")[2]) * COUNT.size
        with path.open("r+b") as file:
            file.seek(slot * width)
            file.write(bytes(width))
