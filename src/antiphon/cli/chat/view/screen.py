"""Everything that is shown, from top to bottom: answers, what the model thinks, and what there is to say of them."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from antiphon.cli.chat.answer import Kind
from antiphon.cli.chat.view.clean import clean
from antiphon.cli.chat.view.painter import Painter, Size
from antiphon.cli.chat.view.parts import MarkdownPart, Part, PlainPart

DIM = "\x1b[2m"


class Screen:
    """is_plain: answers are shown as they were written. A terminal that cannot move its cursor gets no others."""

    def __init__(
        self, console: Console, *, is_plain: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._can_paint = console.is_terminal and not console.is_dumb_terminal
        self._is_plain = is_plain or not self._can_paint
        self._clock = clock
        self._painter = Painter(console.file, lambda: Size(console.width, console.height))
        self._kind: Kind | None = None
        self._part: Part | None = None

    def wait(self) -> None:
        """A sign that an answer is on its way, until it comes."""
        self._console.file.write("\n")
        if self._can_paint:
            self._painter.paint([f"{DIM}…\x1b[0m"])

    def show(self, kind: Kind, text: str) -> None:
        """More of an answer, or of what the model thinks of it."""
        if kind != self._kind:
            self._end_part()
            if self._kind is not None:
                self._console.file.write("\n")
            self._kind, self._part = kind, self._begin(kind)
        if self._part is not None:
            self._part.add(text)

    def end(self) -> None:
        """The answer is whole, or no more of it comes."""
        self._end_part()
        self._kind = self._part = None

    def note(self, text: str) -> None:
        """By the way."""
        self._print(text, "dim")

    def warn(self, text: str) -> None:
        """What went wrong."""
        self._print(text, "yellow")

    def tell(self, text: str) -> None:
        """What was asked for."""
        self._print(text, "")

    def _begin(self, kind: Kind) -> Part:
        if kind == "reasoning":
            return PlainPart(self._console.file, DIM if self._can_paint else "")
        if self._is_plain:
            return PlainPart(self._console.file)
        return MarkdownPart(self._console, self._painter, self._clock)

    def _end_part(self) -> None:
        if self._part is not None:
            self._part.end()
        elif self._can_paint:
            self._painter.paint([])

    def _print(self, text: str, style: str) -> None:
        self._console.print(Text(clean(text), style=style))
