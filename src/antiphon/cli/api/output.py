"""Answers as they are shown: for people, for programs, in part."""

import sys
from collections.abc import Callable
from typing import Any, Literal, TextIO

import msgspec

from antiphon.cli.api.transform import Transform

Format = Literal["auto", "json", "jsonl", "pretty", "raw", "yaml", "explore"]
FORMATS: tuple[Format, ...] = ("auto", "explore", "json", "jsonl", "pretty", "raw", "yaml")


class Output:
    """format: `auto` is `pretty` on a terminal, else `json`. transform: what of each answer is shown. bare: texts are
    shown without quotes.
    """

    def __init__(
        self,
        format: Format,
        *,
        transform: Transform | None = None,
        bare: bool = False,
        file: TextIO | None = None,  # noqa: A002
    ) -> None:
        self.file = file or sys.stdout
        self.format = format if format != "auto" else "pretty" if self.file.isatty() else "json"
        self.transform = transform
        self.bare = bare

    def show(self, value: Any, raw: str) -> None:
        """An answer; raw: as the server wrote it."""
        if self.format == "raw" and self.transform is None:
            self._write(raw)
            return
        if self.transform is not None:
            found = self.transform(value)
            if found is None:
                return
            value = found
        self._write(value if self.bare and isinstance(value, str) else self._render(value))

    def _render(self, value: Any) -> str:
        return RENDERERS[self.format](value) if self.format != "pretty" else render_pretty(value, self.file)

    def _write(self, text: str) -> None:
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
    import yaml  # noqa: PLC0415 (only where it is asked for)

    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)


def render_pretty(value: Any, file: TextIO) -> str:
    """In colours where there are some. What an answer says must not steer the terminal: JSON escapes it."""
    if not file.isatty():
        return render_json(value)
    from rich.console import Console  # noqa: PLC0415 (only for people)
    from rich.json import JSON  # noqa: PLC0415

    console = Console(file=file)
    with console.capture() as captured:
        console.print(JSON(render_json(value)), soft_wrap=True)
    return captured.get()


RENDERERS: dict[str, Callable[[Any], str]] = {
    "json": render_json,
    "jsonl": render_line,
    "raw": render_line,
    "yaml": render_yaml,
}
