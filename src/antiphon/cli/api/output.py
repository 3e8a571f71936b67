"""Answers as they are shown: for people, for programs, in part."""

import re
import sys
from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any, Literal, TextIO

import msgspec

from antiphon.cli.api.transform import MISSING, Transform

Format = Literal["auto", "json", "jsonl", "pretty", "raw", "yaml", "explore"]
FORMATS: tuple[Format, ...] = ("auto", "explore", "json", "jsonl", "pretty", "raw", "yaml")


class Output:
    """shown: `auto` is `pretty` on a terminal, else `json`. transform: what of each answer is shown. bare: texts are
    shown without quotes.
    """

    def __init__(
        self, shown: Format, *, transform: Transform | None = None, bare: bool = False, file: TextIO | None = None
    ) -> None:
        self.file = file or sys.stdout or StringIO()  # they may be closed
        self.format = shown if shown != "auto" else "pretty" if self.file.isatty() else "json"
        self.transform = transform
        self.bare = bare

    @property
    def is_raw(self) -> bool:
        """Whether everything is shown as the server wrote it."""
        return self.format == "raw" and self.transform is None

    def show_all(self, answers: Iterable[tuple[Any, str]]) -> None:
        """Each as it comes. The second of a pair is how the server wrote it."""
        if self.format == "explore":
            from antiphon.cli.api.explore import explore  # noqa: PLC0415 (only for people)

            explore(found for value, _ in answers if (found := self._select(value)) is not MISSING)
            return
        for value, raw in answers:
            self.show(value, raw)

    def show(self, value: Any, raw: str) -> None:
        """An answer; raw: as the server wrote it."""
        if self.is_raw:
            self._write(raw)
        elif (found := self._select(value)) is not MISSING:
            self._write(found if self.bare and isinstance(found, str) else self._render(found))

    def _select(self, value: Any) -> Any:
        return value if self.transform is None else self.transform(value)

    def _render(self, value: Any) -> str:
        return RENDERERS[self.format](value) if self.format != "pretty" else render_pretty(value, self.file)

    def _write(self, text: str) -> None:
        text = escape_controls(text) if self.file.isatty() and self.format != "pretty" else text
        self.file.write(text if text.endswith("\n") else f"{text}\n")
        self.file.flush()


def render_json(value: Any) -> str:
    """For reading."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def render_line(value: Any) -> str:
    """For programs: one line."""
    return msgspec.json.encode(value).decode()


def render_yaml(value: Any) -> str:
    """With names in the server's order."""
    from antiphon.cli.api import yaml  # noqa: PLC0415 (only where it is asked for)

    return yaml.render_yaml(value)


def render_pretty(value: Any, file: TextIO) -> str:
    """In colours where there are some."""
    if not file.isatty():
        return render_json(value)
    from rich.console import Console  # noqa: PLC0415 (only for people)
    from rich.highlighter import JSONHighlighter  # noqa: PLC0415

    console = Console(file=file)
    with console.capture() as captured:
        console.print(JSONHighlighter()(escape_controls(render_json(value))), soft_wrap=True)
    return captured.get()


def escape_controls(text: str) -> str:
    """What an answer says must not steer the terminal."""
    return CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
RENDERERS: dict[str, Callable[[Any], str]] = {
    "json": render_json,
    "jsonl": render_line,
    "raw": render_line,
    "yaml": render_yaml,
}
