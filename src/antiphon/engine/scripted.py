"""An engine without a model: it plays back events. For tests, demos, and trying an application's own handling.

When the last user message is a JSON array, it is the script, in the words of `engine/events.py` and three more:

    [{"event": "text", "text": "Hel"}, {"event": "pause", "seconds": 0.2},
     {"event": "text", "text": "lo"}, {"event": "fail"}]

Any other message is answered with its own words. A token is a text event; a prompt token is a word.
"""

import asyncio
import hashlib
import itertools
import re
from collections.abc import AsyncGenerator, Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from antiphon.dialect.conversation import Conversation
from antiphon.engine.base import Decoding
from antiphon.engine.events import Event, Finish, Text, TokenLogprob, Usage
from antiphon.engine.text import TextStream
from antiphon.errors import EngineCrashed, InternalError, InvalidRequest


class Pause(Struct, frozen=True, tag="pause", tag_field="event"):
    """Nothing for a while."""

    seconds: float


class Fail(Struct, frozen=True, tag="fail", tag_field="event"):
    """The engine dies, as far as anybody can tell."""


class Break(Struct, frozen=True, tag="break", tag_field="event"):
    """A fault that no one expected."""


Line = Text | Finish | Usage | Pause | Fail | Break
read_script = msgspec.json.Decoder(list[Line]).decode
LONGEST_PAUSE_S = 60.0


class ScriptedEngine:
    """Every choice plays the same script; a line's own `choice` is not looked at."""

    context_length: int | None = 8192
    unready_reason: str | None = None
    fingerprint = f"fp_{hashlib.sha256(b'scripted').hexdigest()[:12]}"

    async def start(self) -> None:
        """Nothing to load."""

    async def loaded(self) -> None:
        """At once."""

    async def stop(self) -> None:
        """Nothing to end."""

    async def generate(
        self, conversation: Conversation, decoding: Decoding, *, tenant: str
    ) -> AsyncGenerator[Event, None]:
        """See `Engine.generate`."""
        lines = script_for(conversation)
        prompt_tokens = sum(len(turn.text.split()) for turn in conversation)
        players = [Player(choice, decoding) for choice in range(decoding.n)]
        said: Usage | None = None
        for line in itertools.chain(lines, [Finish()]):
            match line:
                case Pause(seconds=seconds):
                    await asyncio.sleep(min(seconds, LONGEST_PAUSE_S))
                case Fail():
                    raise EngineCrashed
                case Break():
                    raise InternalError
                case Usage():
                    said = line
                case Text() | Finish():
                    for player in players:
                        for event in player.play(line):
                            yield event
            await asyncio.sleep(0)  # a real engine takes turns with its readers too
        yield said or Usage(prompt_tokens, sum(player.num_tokens for player in players))


class Player:
    """One choice: the script under the request's limits and stop strings."""

    def __init__(self, choice: int, decoding: Decoding) -> None:
        self.choice = choice
        self.decoding = decoding
        self.text = TextStream(decoding.stop)
        self.num_tokens = 0
        self.finished = False

    def play(self, line: Text | Finish) -> Iterator[Event]:
        """What a line says to this choice; nothing once it has finished."""
        if self.finished:
            return
        if isinstance(line, Finish):
            yield from self._finish(line)
            return
        self.num_tokens += 1
        entries = line.logprobs or (TokenLogprob(line.text, line.text.encode(), 0.0),)
        wanted = None if self.decoding.logprobs is None else replace(entries[0])
        yield from self._say(*self.text.push(line.text.encode(), wanted))
        if self.text.stopped:
            yield from self._finish(Finish())
        elif self.num_tokens == self.decoding.max_tokens:
            yield from self._finish(Finish("length"))

    def _say(self, text: str, logprobs: tuple[TokenLogprob, ...]) -> Iterator[Event]:
        if text or logprobs:
            yield Text(text, self.choice, logprobs)

    def _finish(self, line: Finish) -> Iterator[Event]:
        self.finished = True
        yield from self._say(*self.text.finish())
        yield replace(line, choice=self.choice)


def script_for(conversation: Conversation) -> list[Line]:
    """The script in the last user message, or its words said back."""
    text = next((turn.text for turn in reversed(conversation) if turn.role == "user"), "")
    if not text.lstrip().startswith('[{"event"'):
        return [Text(word) for word in re.findall(r"\s*\S+", text)]
    try:
        return read_script(text)
    except msgspec.DecodeError as error:
        raise InvalidRequest(f"The script cannot be read: {error}.", param="messages") from None
