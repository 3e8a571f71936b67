"""Reads characters that come one by one, looks ahead, and gives back what it looked at for nothing.

Everything that reads is a generator that asks for the next character by yielding, so a parser reads as
its grammar does and can be stopped anywhere. Knows no format.
"""

from collections import deque
from collections.abc import Callable, Container, Generator
from typing import Any, TypeVar

from msgspec import Struct

from antiphon.dialect.reading.literal import NAME, PLACEHOLDERS, WHITE, split
from antiphon.dialect.reading.signs import drop_signs, has_signs

Entry = Any
"""What is known of a token, and travels with its text."""
Value = TypeVar("Value")
Steps = Generator[None, str, Value]
"""A piece of a parser: is sent characters, the empty string at the end, and returns what it read."""

WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


class Segment(Struct, array_like=True):
    """A piece of an answer. kind: `text`, `reasoning`, `function` or `custom` (a call begins, text is its
    name), `arguments`.
    """

    kind: str
    text: str
    entries: list[Entry] = []


class Scanner:
    """The characters, where we are in them, and what has been said of them. ended: whether the end was seen; then
    all that is left over is the beginning of what was looked for. thinking: whether what comes is reasoning.
    says_text: whether there can be text; without it, what looks like some is a part of something else that was cut.
    """

    def __init__(self, *, says_text: bool = True) -> None:
        self.says_text = says_text
        self.backlog: deque[str] = deque()
        self.offset = 0
        self.segments: list[Segment] = []
        self.entries: deque[tuple[int, Entry]] = deque()
        self.ended = False
        self.thinking = False

    def next(self) -> Steps[str]:
        """The next character; empty at the end, again and again."""
        if self.backlog:
            self.offset += 1
            return self.backlog.popleft()
        if self.ended:
            return ""
        character = yield
        if character:
            self.offset += 1
        else:
            self.ended = True
        return character

    def back(self, text: str) -> None:
        """Give characters back."""
        self.backlog.extendleft(reversed(text))
        self.offset -= len(text)

    def forget_cut_marker(self) -> None:
        """What is left over at the end is no text where a token has begun it."""
        if self.ended and has_signs("".join(self.backlog)):
            self.backlog.clear()

    def say(self, kind: str, text: str, *, behind: int = 0) -> None:
        """More of the answer. behind: how many characters have been read since, which are not part of it."""
        text = drop_signs(text) if self.says_text or kind != "text" else ""
        end = self.offset - behind
        if not text and not (self.entries and self.entries[0][0] <= end):
            return
        if self.segments and self.segments[-1].kind == kind:
            self.segments[-1].text += text
        else:
            self.segments.append(Segment(kind, text, []))
        while self.entries and self.entries[0][0] <= end:
            self.segments[-1].entries.append(self.entries.popleft()[1])

    def begin_call(self, kind: str, name: str) -> None:
        """A call begins; the tokens of its name come with its arguments."""
        self.segments.append(Segment(kind, name, []))

    def spaces(self) -> Steps[str]:
        """White space, if any."""
        return (yield from self.run(WHITE.__contains__))

    def run(self, belongs: Callable[[str], bool]) -> Steps[str]:
        """As many characters as belong."""
        taken = ""
        while (character := (yield from self.next())) and belongs(character):
            taken += character
        self.back(character)
        return taken

    def sees(self, character: str) -> Steps[bool]:
        """Whether this comes next, which stays to be read; white space before it does not."""
        yield from self.spaces()
        found = yield from self.next()
        self.back(found)
        return found == character

    def literal(self, wanted: str) -> Steps[bool]:
        """Whether this comes next; if not, nothing has been read."""
        return (yield from self.match(wanted)) is not None

    def match(self, wanted: str, names: Container[str] = ()) -> Steps[str | None]:
        """The name, one of these, that stands at NAME in what is wanted; None if it does not come, and then nothing has
        been read. White space may be more or less, as models write it.
        """
        taken = name = ""
        for part, may_follow_space, then in split(wanted):
            if may_follow_space:
                taken += yield from self.spaces()
            if part == NAME:
                found = name = yield from self.run(WORD.__contains__)
                fits = name in names and not self.ended
            elif part in PLACEHOLDERS:
                found = yield from self.run(outside(then, "\n", "{"))
                fits = True
            else:
                found = yield from self.next()
                fits = found == part
            taken += found
            if not fits:
                self.back(taken)
                return None
        return name


def outside(*ends: str) -> Callable[[str], bool]:
    """Tells characters that are none of these."""
    return lambda character: character not in ends
