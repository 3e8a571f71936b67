"""A node as a line of text in colours. Never markup: styles are laid over text that says what it says."""

import re
from collections.abc import Mapping
from typing import Any

from rich.style import Style
from rich.text import Text

from antiphon.cli.api.explore.node import Node, pairs_of
from antiphon.cli.api.explore.text import count, render_key, render_scalar

KINDS = ("key", "text", "number", "boolean", "null", "faint", "match")
CLOSED, OPEN, LEAF = "▶ ", "▼ ", "  "


def build_row(
    node: Node, *, width: int, styles: Mapping[str, Style], numbered: bool, match: re.Pattern[str] | None = None
) -> Text:
    """numbered: whether items have numbers, as several have. match: what is marked."""
    text = Text(no_wrap=True, end="")
    text.append("  " * min(node.depth, width // 4))  # deeper ones stay on the screen
    text.append((OPEN if node.is_open else CLOSED) if node.can_open else LEAF, styles["faint"])
    if node.parent is not None or numbered:
        text.append(render_key(node.key) if isinstance(node.key, str) else str(node.key), styles["key"])
        text.append(": ", styles["faint"])
    if node.is_open:
        text.append(count(len(node.value), "key" if isinstance(node.value, dict) else "item"), styles["faint"])
    else:
        append_value(text, node.value, width, styles)
    text.truncate(width, overflow="ellipsis")
    if match is not None:
        for found in match.finditer(text.plain):
            text.stylize(styles["match"], *found.span())
    return text


def append_value(text: Text, value: Any, width: int, styles: Mapping[str, Style]) -> None:
    """As much as there is room for: of an object or a list, its first values."""
    if not isinstance(value, dict | list):
        text.append(render_scalar(value, width), styles[kind_of(value)])
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    text.append(opening, styles["faint"])
    for place, (key, one) in enumerate(pairs_of(value)):
        if len(text) > width:
            break
        text.append(", " if place else "", styles["faint"])
        if isinstance(key, str):
            text.append(f"{render_key(key[:width])}: ", styles["faint"])
        append_hint(text, one, width, styles)
    text.append(closing, styles["faint"])


def append_hint(text: Text, value: Any, width: int, styles: Mapping[str, Style]) -> None:
    """A value within a closed one."""
    if isinstance(value, dict | list) and value:
        text.append("{…}" if isinstance(value, dict) else "[…]", styles["faint"])
    else:
        append_value(text, value, width, styles)


def kind_of(value: Any) -> str:
    """By which its colour is chosen."""
    match value:
        case str():
            return "text"
        case None:
            return "null"
        case bool():
            return "boolean"
    return "number"
