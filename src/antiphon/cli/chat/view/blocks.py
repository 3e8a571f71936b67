"""Markdown while it comes: which of its blocks nothing can change any more."""

import re
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt

MARKS = re.compile(r"(?:\A|\n)[ \t]*[-=+*#>`~|]+[ \t]*\Z")


@cache
def build_parser() -> MarkdownIt:
    """Shows everything: HTML is text, and so is a reference, whose definition may come long after it."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
    return parser.disable("reference")


class Blocks:
    """Feed it pieces; take what is finished. The rest is open: the last block, which may still become another kind."""

    def __init__(self) -> None:
        self.open = ""

    @property
    def shown(self) -> str:
        """Of the open part, what means something by itself: a list that begins is not yet the line under a heading."""
        return MARKS.sub("", self.open)

    def feed(self, piece: str) -> None:
        """Any part of the text."""
        self.open += piece

    def take_finished(self) -> list[str]:
        """Blocks before the last of those whose lines are complete, however the pieces were cut."""
        complete = self.open[: self.open.rfind("\n") + 1]
        starts = starts_of(complete)
        if len(starts) < 2:
            return []
        lines = self.open.split("\n")
        self.open = "\n".join(lines[starts[-1] :])
        return ["\n".join(lines[begin:end]) for begin, end in pairwise(starts)]


def starts_of(text: str) -> list[int]:
    """The line at which each block begins."""
    tokens = build_parser().parse(text)
    return [token.map[0] for token in tokens if token.level == 0 and token.nesting >= 0 and token.map]
