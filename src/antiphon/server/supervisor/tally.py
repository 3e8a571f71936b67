"""How many connections each API process has, where all of them can see it: a small file that they map into memory.

Knows no socket. Each process writes its own number only, so nobody waits for anybody.
"""

import mmap
from pathlib import Path
from struct import Struct

from antiphon.workplace import Workplace

FILE = "connections"
NUMBER = Struct("=I")
ABSENT = 0
"""In place of a number and one, where nobody takes connections."""


class Tally:
    """workplace: whose this is; the file must be there."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        with (workplace.folder / FILE).open("r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        self.has_left = False

    def write(self, count: int) -> None:
        """So many connections has this process, which takes more unless it has left."""
        if not self.has_left:
            self._write(count + 1)

    def leave(self) -> None:
        """This process takes no more."""
        self.has_left = True
        self._write(ABSENT)

    def least_of_others(self) -> int | None:
        """How many has the one who has fewest; None when there is no other."""
        slots = range(self.workplace.num_slots)
        counts = [self._read(slot) - 1 for slot in slots if slot != self.workplace.slot]
        return min((count for count in counts if count >= 0), default=None)

    def _write(self, value: int) -> None:
        NUMBER.pack_into(self.map, self.workplace.slot * NUMBER.size, value)

    def _read(self, slot: int) -> int:
        value: int = NUMBER.unpack_from(self.map, slot * NUMBER.size)[0]
        return value


def make_tally(folder: Path, num_slots: int) -> None:
    """With nobody in it."""
    (folder / FILE).write_bytes(bytes(num_slots * NUMBER.size))


def strike(folder: Path, slot: int) -> None:
    """Whoever was in this slot has ended."""
    with (folder / FILE).open("r+b") as file:
        file.seek(slot * NUMBER.size)
        file.write(NUMBER.pack(ABSENT))
