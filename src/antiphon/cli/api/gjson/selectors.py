"""What stands in `{...}` and `[...]`: paths with commas between, each with a name before a colon if it is wanted."""

import re
from dataclasses import dataclass

from antiphon.cli.api.gjson.jsontext import read_json
from antiphon.cli.api.gjson.pattern import unescape
from antiphon.cli.api.gjson.scan import Mark, scan_marks

SEPARATOR = re.compile(r"(?<!\\)[.|]")
NAMELESS = re.compile(r"[\x00-\x1f\[\]{}()#|!]")


@dataclass(frozen=True)
class Selector:
    """One of them."""

    name: str
    path: str


def split_selectors(text: str) -> list[Selector]:
    """text: with its brackets."""
    marks = list(scan_marks(text, 0))
    commas = [mark.at for mark in marks if mark.char == "," and mark.depth == 1]
    starts, ends = [0, *commas], [*commas, len(text) - 1]
    selectors, at = [], 0
    for start, end in zip(starts, ends, strict=True):
        within = []
        while marks[at].at < end:
            within.append(marks[at])
            at += 1
        selectors.append(build_selector(text, start + 1, end, within))
    return selectors


def build_selector(text: str, start: int, end: int, marks: list[Mark]) -> Selector:
    """A colon behind a modifier is the modifier's."""
    for mark in marks:
        if mark.at < start:
            continue
        if mark.char == "@" and text[mark.at - 1] in ".|":
            break
        if mark.char == ":" and mark.depth == 1:
            return Selector(read_name(text[start : mark.at]), text[mark.at + 1 : end])
    return Selector(last_name(text[start:end]), text[start:end])


def read_name(text: str) -> str:
    """A quoted name, or one as it stands."""
    try:
        name = read_json(text)
    except ValueError:
        return text
    return name if isinstance(name, str) else text


def last_name(path: str) -> str:
    """The last component's, or `_` where it is no name."""
    name = SEPARATOR.split(path)[-1]
    return "_" if NAMELESS.search(name) else unescape(name)
