"""Lines at the end of a terminal that may still change. Only what is different is written, in one piece, so nothing
flickers; what has left the screen at the top, or is done, stays as it is and can be scrolled back to.
"""

from collections.abc import Callable, Sequence
from typing import IO, NamedTuple

from rich.cells import cell_len
from rich.text import Text


class Size(NamedTuple):
    """Of a terminal, in characters."""

    columns: int
    rows: int


class Painter:
    """The cursor is at the beginning of the line below the last one. size: asked for each time, for it may change."""

    def __init__(self, file: IO[str], size: Callable[[], Size]) -> None:
        self._file = file
        self._size = size
        self._lines: list[str] = []

    def paint(self, lines: Sequence[str], *, done: int = 0) -> None:
        """In place of those painted before. done: so many of the first do not change any more."""
        size = self._size()
        kept = max(count_common(self._lines, lines), self._first_within(size))
        changed = self._lines[kept:]
        up = sum(rows_of(line, size.columns) for line in changed)
        written = "".join(f"{line}\n" for line in lines[kept:])
        if changed or written:
            self._file.write((f"\x1b[{up}A" if up else "") + ("\r\x1b[J" if changed else "") + written)
            self._file.flush()
        self._lines = list(lines[done:])

    def _first_within(self, size: Size) -> int:
        """The first line that is wholly on the screen, above the cursor's."""
        left = size.rows - 1
        for number in range(len(self._lines) - 1, -1, -1):
            left -= rows_of(self._lines[number], size.columns)
            if left < 0:
                return number + 1
        return 0


def count_common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many of the first lines are the same."""
    pairs = zip(old, new, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def rows_of(line: str, columns: int) -> int:
    """How many a terminal needs for it."""
    cells = cell_len(Text.from_ansi(line).plain)
    return max(1, -(-cells // columns)) if columns > 0 else 1
