"""A place in a pattern, the flags that hold there, and how deep it is. Knows nothing of what a pattern means."""

import re

from antiphon.constraint.gbnf.charset import CharSet
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.unicode import WHITE, fold

DEEPEST = 100
"""Levels of brackets and repetitions."""
COMMENT = re.compile(r"#[^\n]*")


class Reader:
    """flags: those that hold at the place. ascii_digits: whether `\\d` is one of ASCII's digits."""

    def __init__(self, text: str, flags: frozenset[str], *, ascii_digits: bool) -> None:
        self.text = text
        self.at = 0
        self.flags = flags
        self.ascii_digits = ascii_digits
        self.depth = 0

    def peek(self, length: int = 1) -> str:
        """What comes next."""
        return self.text[self.at : self.at + length]

    def take(self, text: str) -> bool:
        """Whether this comes next; then it is read."""
        found = self.text.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def next(self) -> str:
        """Reads one character."""
        if self.at == len(self.text):
            raise NotExpressible("the pattern ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What matches here; it is read."""
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def skip_space(self) -> None:
        """Reads over what the flag `x` makes nothing of."""
        while "x" in self.flags and self.at < len(self.text):
            if ord(self.peek()) in WHITE:
                self.at += 1
            elif not self.match(COMMENT):
                return

    def enter(self) -> None:
        """Goes one level down."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotExpressible(f"a pattern is nested more than {DEEPEST} deep")

    def leave(self) -> None:
        """Goes one level up."""
        self.depth -= 1

    def fold(self, chars: CharSet) -> CharSet:
        """These characters, in any case where the flag `i` holds."""
        return fold(chars) if "i" in self.flags else chars
