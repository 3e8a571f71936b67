"""Values as text that can be shown: what an answer says must not steer the terminal, hide, or turn the line around."""

import json
import re
from typing import Any

import msgspec

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Control characters, those without a look of their own, and halves of characters."""
TAB = "    "


def show_safely(text: str) -> str:
    """One line: unsafe characters are written as JSON does."""
    return UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], text)


def show_lines(text: str) -> list[str]:
    """The same of a text of several lines."""
    lines = text.replace("\r\n", "\n").replace("\t", TAB).split("\n")
    return [show_safely(line) for line in lines]


def render_scalar(value: Any, most_chars: int | None = None) -> str:
    """On one line, as JSON. most_chars: of a text, about as many as there is room for."""
    if isinstance(value, str):
        return show_safely(json.dumps(value[:most_chars], ensure_ascii=False))
    return show_safely(json.dumps(value, default=str))


def render_whole(value: Any) -> str:
    """All of it, for reading and copying: texts as they are, all else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    except UnicodeEncodeError:  # a half of a character, which UTF-8 cannot say
        return json.dumps(value, indent=2)


def render_key(key: str) -> str:
    """Quoted where it would not be clear where it ends."""
    return key if key.isidentifier() and not UNSAFE.search(key) else render_scalar(key)


def describe(value: Any) -> str:
    """What kind of value, and how large."""
    match value:
        case dict():
            return count(len(value), "key")
        case list():
            return count(len(value), "item")
        case str():
            return f"text, {count(len(value), 'character')}"
        case None:
            return "null"
        case bool():
            return "true or false"
    return "number"


def count(num: int, noun: str) -> str:
    """With its noun."""
    return f"{num:,} {noun}" if num == 1 else f"{num:,} {noun}s"
