"""An answer read as its family writes it: reasoning, then text and calls. Pure; knows no engine and no schema.

Split the same characters as you like: the same segments come out, only in other pieces.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from antiphon.dialect.families import READ
from antiphon.dialect.families.gemma import QUOTE
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading import harmony
from antiphon.dialect.reading.calls import CallReader
from antiphon.dialect.reading.reading import Reading
from antiphon.dialect.reading.scanner import Entry, Scanner, Segment, Steps
from antiphon.dialect.reading.signs import Signs
from antiphon.dialect.reading.text import read_text

__all__ = ["Reader", "Reading"]

Value = TypeVar("Value", bound=Struct)
FOLLOWED = {"function": "arguments", "custom": "arguments", "arguments": "arguments", "reasoning": "reasoning"}
"""As what tokens count that say nothing, behind what was said last; else as text."""


class Reader:
    """One answer. `tokens`: the control tokens that matter, each with the sign that `push` is to be given for it."""

    def __init__(self, reading: Reading, control: ControlTokens) -> None:
        form = READ[reading.form]
        spellings = [*texts_of(form), *texts_of(reading.thinking), QUOTE, *(harmony.SPELLINGS if form.channels else ())]
        self.signs = Signs(control, spellings)
        self.tokens = self.signs.by_token
        self.reading = reading
        self.form = rewrite(form, self.signs.write)
        self.thinking = rewrite(reading.thinking, self.signs.write) if reading.thinking else None
        self.scanner = Scanner(says_text=not reading.must_call)
        self.scanner.thinking = reading.thinks
        self.last_kind = "text"
        self.machine = self._read()
        next(self.machine)

    @property
    def thinking_now(self) -> bool:
        """Whether what comes is reasoning."""
        return self.scanner.thinking

    def push(self, text: str, entry: Entry | None = None, *, partial: bool = False) -> list[Segment]:
        """Takes a token's text, or its sign; gives what is certain by now. partial: its last character is yet to
        come.
        """
        if entry is not None:
            self.scanner.entries.append((self._num_given() + len(text) + partial, entry))
        for character in text:
            self.machine.send(character)
        return self._take()

    def finish(self) -> list[Segment]:
        """What was held back, now that nothing more comes, with the tokens of all that was not said."""
        if not self.scanner.ended:
            self.machine.send("")
        if self.scanner.entries:
            last = self.scanner.segments[-1].kind if self.scanner.segments else self.last_kind
            self.scanner.offset = self.scanner.entries[-1][0]
            self.scanner.say(FOLLOWED.get(last, "text"), "")
        return self._take()

    def _num_given(self) -> int:
        return self.scanner.offset + len(self.scanner.backlog)

    def _take(self) -> list[Segment]:
        taken, self.scanner.segments = self.scanner.segments, []
        if taken:
            self.last_kind = taken[-1].kind
        return taken

    def _read(self) -> Steps[None]:
        if self.form.channels:
            yield from harmony.read_channels(self.scanner, self.signs, self.reading)
        else:
            yield from self._think()
            yield from self._answer()
        while True:
            yield

    def _think(self) -> Steps[None]:
        """Reasoning, if there is any."""
        if not self.thinking:
            return
        begins = yield from self.scanner.literal(self.thinking.begins)
        if not begins and not self.reading.thinks:
            self.scanner.forget_cut_marker()
            return
        self.scanner.thinking = True
        yield from self.scanner.spaces()
        yield from read_text(self.scanner, "reasoning", [self.thinking.ends], silent=True)
        self.scanner.thinking = False
        yield from self.scanner.spaces()

    def _answer(self) -> Steps[None]:
        """Text and calls, to the end. What ends within a call's beginning was cut off there, and says nothing."""
        calls = CallReader(self.scanner, self.form, self.reading, self.signs.write(QUOTE))
        closing = yield from self._begin_speech()
        markers = [*calls.markers, closing] if closing else calls.markers
        called = yield from calls.read_first()
        while found := (yield from read_text(self.scanner, "text", markers, cut=called)):
            marker = found.lstrip()
            if marker == closing or (yield from calls.read(marker)):
                called = True
            elif not self.scanner.ended:
                self.scanner.say("text", found)
            if self.scanner.ended:
                return

    def _begin_speech(self) -> Steps[str]:
        """What ends the answer where something has begun it that is not part of it."""
        for speech in self.form.speeches:
            if (yield from self.scanner.literal(speech.begins)):
                return speech.ends
        return ""


def rewrite(value: Value, write: Callable[[str], str]) -> Value:
    """A struct with every text in it written anew."""
    return msgspec.structs.replace(
        value, **{name: rewrite_field(getattr(value, name), write) for name in value.__struct_fields__}
    )


def rewrite_field(value: Any, write: Callable[[str], str]) -> Any:
    """The same for one of its values."""
    if isinstance(value, str):
        return write(value)
    if isinstance(value, tuple):
        return tuple(rewrite_field(inner, write) for inner in value)
    return rewrite(value, write) if isinstance(value, Struct) else value


def texts_of(value: Struct | None) -> list[str]:
    """Every text in a struct."""
    texts: list[str] = []

    def note(text: str) -> str:
        texts.append(text)
        return text

    if value is not None:
        rewrite(value, note)
    return texts
