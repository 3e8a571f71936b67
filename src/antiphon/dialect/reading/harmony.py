"""An answer in Harmony's channels: analysis is reasoning, a message to a function is a call, all else is text.

Contents stand exactly as they were written; between messages of one kind there is an empty line. What is addressed to
a tool that may not be called is not for the user, so it is reasoning. What others than the assistant say is no part of
the answer. Source: github.com/openai/harmony, docs/format.md.
"""

import re
from collections.abc import Sequence

from antiphon.dialect.reading.reading import Reading
from antiphon.dialect.reading.scanner import Scanner, Steps
from antiphon.dialect.reading.signs import SIGN, Signs
from antiphon.dialect.reading.text import read_text

START, MESSAGE, CHANNEL = "<|start|>", "<|message|>", "<|channel|>"
ENDS = ("<|end|>", "<|call|>", "<|return|>", START)
SPELLINGS = (MESSAGE, CHANNEL, "<|constrain|>", *ENDS)
BETWEEN = "\n\n"

ASSISTANT = "assistant"
ROLE = re.compile(r"\s*(?!to=)([\w.:-]*)")
RECIPIENT = re.compile(r"(?:\bto=|\s(?=functions\.))([\w.-]+)")
"""Behind the role or the channel, there sometimes without `to=`."""
BEGINNING = re.compile(rf"\s*(t|to|to=[\w.-]*|functions)?\s*({SIGN.pattern}.*)?", re.DOTALL)
"""Of what stands there, where an answer was cut off."""
FUNCTIONS = "functions."
EVERYBODY = ("", "all", "user")


class Header:
    """What stands before a message. has_role: whether the prompt has not written the role. kind: of the segment that
    it begins, `others` for what is none. name: of the tool that is called.
    """

    def __init__(self, text: str, channel: re.Pattern[str], reading: Reading, *, has_role: bool) -> None:
        role, found, recipient = ROLE.match(text), channel.search(text), RECIPIENT.search(text)
        self.is_ours = not (has_role and role and role[1]) or role[1].startswith(ASSISTANT)
        self.recipient = recipient[1] if recipient else ""
        self.channel = found[1] if found else ""
        self.rest = text[found.end() :] if found else text.removeprefix(ASSISTANT)
        self.name = self.recipient.removeprefix(FUNCTIONS) if self.recipient.startswith(FUNCTIONS) else ""
        self.kind = self._kind(reading)

    def _kind(self, reading: Reading) -> str:
        if not self.is_ours:
            return "others"
        if self.name in reading.customs:
            return "custom"
        if self.name in reading.functions:
            return "function"
        return "reasoning" if self.recipient not in EVERYBODY else self.spoken

    @property
    def spoken(self) -> str:
        """What a message is that calls nothing."""
        return "reasoning" if self.channel == "analysis" else "text"

    @property
    def unmarked(self) -> str:
        """The message where `<|message|>` was left out, which is text where there is no header at all."""
        is_cut = (self.channel and self.recipient) or BEGINNING.fullmatch(self.rest)
        return "" if is_cut or not self.is_ours else self.rest


def read_channels(scanner: Scanner, signs: Signs, reading: Reading) -> Steps[None]:
    """Message after message, to the end."""
    channel = re.compile(re.escape(signs.write(CHANNEL)) + r"(\w+)\s*")
    start, message = signs.write(START), signs.write(MESSAGE)
    ends = [signs.write(end) for end in ENDS]
    said: set[str] = set()
    mark = ""
    while not scanner.ended:
        has_role = mark == start
        text, mark = yield from read_to(scanner, [message, *ends])
        header = Header(text, channel, reading, has_role=has_role)
        kind = header.kind
        if mark != message:
            kind = header.spoken
            scanner.back(header.unmarked + mark)
        elif kind in ("function", "custom"):
            scanner.begin_call(kind, header.name)
            kind = "arguments"
        mark = yield from read_content(scanner, kind, ends, said)


def read_content(scanner: Scanner, kind: str, ends: Sequence[str], said: set[str]) -> Steps[str]:
    """A message and what ends it, which is returned. said: the kinds of those before that said something."""
    if kind == "others":
        return (yield from read_to(scanner, ends))[1]
    scanner.thinking = kind == "reasoning"
    first = yield from scanner.next()
    scanner.back(first)
    if first and first not in ends and kind != "arguments":
        scanner.say(kind, BETWEEN if kind in said else "")
        said.add(kind)
    end = yield from read_text(scanner, kind, ends, exact=True)
    scanner.thinking = False
    return end


def read_to(scanner: Scanner, marks: Sequence[str]) -> Steps[tuple[str, str]]:
    """What stands before the first of these, and which it is; nothing for it at the end of the answer."""
    text = ""
    while character := (yield from scanner.next()):
        text += character
        if found := next(filter(text.endswith, marks), None):
            return text.removesuffix(found), found
    return text, ""
