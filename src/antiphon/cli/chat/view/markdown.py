"""Markdown as lines for a terminal. Nothing of it is left out, links say where they lead, code can be copied."""

import re
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown
from rich.syntax import Syntax
from rich.text import Text

from antiphon.cli.chat.view.blocks import build_parser

TRAILING = re.compile(r"(?: +|\x1b\[[0-9;]*m +\x1b\[0m)+$")
THEME = "ansi_dark"
"""In the terminal's own colours, which suit its background."""


class Code(CodeBlock):
    """Without a frame, a margin or a background."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip()
        yield Syntax(code, self.lexer_name, theme=self.theme, word_wrap=True, background_color="default")


class Title(Heading):
    """At the left, where text is read."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text.assemble(self.text, style="bold")


class Shown(Markdown):
    """Read as `blocks` reads it."""

    elements: ClassVar = {**Markdown.elements, "fence": Code, "code_block": Code, "heading_open": Title}

    def __init__(self, markup: str) -> None:
        super().__init__("", code_theme=THEME, hyperlinks=False)
        self.markup = markup
        self.parsed = build_parser().parse(markup)


def render_lines(text: str, console: Console, width: int) -> list[str]:
    """With the escape sequences of styles, each line complete in itself."""
    with console.capture() as captured:
        console.print(Shown(text), width=width)
    lines = [TRAILING.sub("", line) for line in captured.get().split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines
