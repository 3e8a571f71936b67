"""Texts that come in pieces: as they are, or as Markdown. Both are harmless, and neither begins with empty lines."""

import threading
from collections.abc import Callable
from typing import IO, Protocol

from rich.console import Console

from antiphon.cli.chat.view.blocks import Blocks
from antiphon.cli.chat.view.clean import clean
from antiphon.cli.chat.view.markdown import render_lines
from antiphon.cli.chat.view.painter import Painter

SHORTEST_PAUSE_S = 1 / 20
SHARE = 4
"""Between two pictures passes so many times what a picture takes: the longest block costs no more than this part."""


class Part(Protocol):
    """Add to it, then end it: it is complete lines then."""

    def add(self, text: str) -> None:
        """More of it."""

    def end(self) -> None:
        """Nothing more comes."""


class PlainPart:
    """style: an escape sequence, empty for none."""

    def __init__(self, file: IO[str], style: str = "") -> None:
        self._file = file
        self._style = style
        self._last = ""

    def add(self, text: str) -> None:
        """At once."""
        text = clean(text)
        text = text if self._last else text.lstrip("\n")
        if not text:
            return
        self._last = text[-1]
        self._file.write(f"{self._style}{text}\x1b[0m" if self._style else text)
        self._file.flush()

    def end(self) -> None:
        """With the end of its line."""
        if self._last not in ("", "\n"):
            self._file.write("\n")
            self._file.flush()


class MarkdownPart:
    """clock: seconds, from any start."""

    def __init__(self, console: Console, painter: Painter, clock: Callable[[], float]) -> None:
        self._console = console
        self._painter = painter
        self._clock = clock
        self._blocks = Blocks()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_over = False
        self._next = clock()

    def add(self, text: str) -> None:
        """Shown at once, or soon with what comes until then."""
        text = clean(text)
        with self._lock:
            self._blocks.feed(text if self._blocks.open else text.lstrip("\n"))
            pause = self._next - self._clock()
            if pause <= 0:
                self._paint()
            elif self._timer is None:
                self._timer = threading.Timer(pause, self._catch_up)
                self._timer.daemon = True
                self._timer.start()

    def end(self) -> None:
        """All of it, for good."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._paint(is_end=True)
            self._is_over = True

    def _catch_up(self) -> None:
        """Nothing more has come for a while."""
        with self._lock:
            if not self._is_over:
                self._paint()

    def _paint(self, *, is_end: bool = False) -> None:
        self._timer = None
        begun = self._clock()
        finished: list[str] = []
        for block in self._blocks.take_finished():
            finished += [*self._render(block), ""]
        lines = finished + self._render(self._blocks.open if is_end else self._blocks.shown)
        self._painter.paint(lines, done=len(lines) if is_end else len(finished))
        ended = self._clock()
        self._next = ended + max(SHORTEST_PAUSE_S, SHARE * (ended - begun))

    def _render(self, text: str) -> list[str]:
        return render_lines(text, self._console, max(1, self._console.width - 1))
