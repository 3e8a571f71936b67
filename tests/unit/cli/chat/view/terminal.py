"""A terminal small enough to understand: what is on it, and what has left it at the top."""

import io
import re

PIECES = re.compile(r"\x1b\[(\d*)([A-Za-z])|\x1b\[[\d;]*m|(\n)|(\r)|([^\x1b\n\r])")


class Terminal(io.StringIO):
    """Understands what a painter writes, and nothing else."""

    def __init__(self, columns: int = 40, rows: int = 10) -> None:
        super().__init__()
        self.columns, self.rows = columns, rows
        self.lines: list[str] = [""]
        self.row = self.column = 0

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        position = 0
        while position < len(text):
            found = PIECES.match(text, position)
            assert found, f"a terminal cannot be told {text[position : position + 8]!r}"
            self._take(*found.groups())
            position = found.end()
        return len(text)

    def _take(self, number: str | None, command: str | None, feed: str, back: str, letter: str) -> None:
        if command == "A":
            top = max(0, len(self.lines) - self.rows)
            self.row = max(top, self.row - int(number or 1))
        elif command == "J":
            del self.lines[self.row + 1 :]
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif feed:
            self.row, self.column = self.row + 1, 0
            self.lines += [""] * (self.row + 1 - len(self.lines))
        elif back:
            self.column = 0
        elif letter:
            self._put(letter)

    def _put(self, letter: str) -> None:
        if self.column == self.columns:
            self._take(None, None, "\n", "", "")
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + letter + line[self.column + 1 :]
        self.column += 1

    @property
    def shown(self) -> list[str]:
        """All lines, those that scrolled away too, without the last empty one."""
        return [line.rstrip() for line in (self.lines[:-1] if not self.lines[-1] else self.lines)]
