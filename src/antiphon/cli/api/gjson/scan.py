"""Where brackets close and what stands between them. Quoted texts and escaped characters are passed over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MARKS = re.compile(r"""\\.|"(?:[^"\\]|\\.)*+"|["()\[\]{},:@!=<>%]""", re.DOTALL)
DEEPEST = 50
"""More brackets in each other than anybody writes, and few enough for Python's stack."""


@dataclass(frozen=True)
class Mark:
    """A character that may mean something. depth: how many brackets are open behind it."""

    at: int
    char: str
    depth: int


def scan_marks(text: str, at: int) -> Iterator[Mark]:
    """From the bracket at `at` to the one that closes it, both included. Raises `ValueError` where none does."""
    depth = 0
    for token in MARKS.finditer(text, at):
        char = token[0]
        depth += (char in ("(", "[", "{")) - (char in (")", "]", "}"))
        if char == '"':
            raise ValueError("a quote is not closed")
        check_depth(depth)
        if len(char) == 1:
            yield Mark(token.start(), char, depth)
        if depth == 0:
            return
    raise ValueError(f"a '{text[at]}' is not closed")


def check_depth(depth: int) -> None:
    """Raises `ValueError` for what is nested too deeply."""
    if depth > DEEPEST:
        raise ValueError(f"it is nested more than {DEEPEST} deep")


def find_end(text: str, at: int) -> int:
    """Behind the bracket or quote that closes the one at `at`."""
    if text[at] != '"':
        return max(mark.at for mark in scan_marks(text, at)) + 1
    quoted = MARKS.match(text, at)
    if quoted is None or quoted[0] == '"':
        raise ValueError("a quote is not closed")
    return quoted.end()
