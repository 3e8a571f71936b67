"""An engine without a model: it plays back events. For tests, demos, and trying an application's own handling.

When the last user message is a JSON array of events, it is the script, in the words of `engine/events.py` and three
more:

    [{"event": "text", "text": "Hel"}, {"event": "pause", "seconds": 0.2},
     {"event": "text", "text": "lo"}, {"event": "fail"}]

Any other message is answered with its own words. A token is an event with text; a prompt token is a word.
"""

import asyncio
import hashlib
import itertools
import re
from collections.abc import AsyncGenerator, Iterator, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from antiphon.capability import Capability
from antiphon.dialect.conversation import Conversation
from antiphon.dialect.medium import Medium, Transcript
from antiphon.engine.base import Decoding, Service
from antiphon.engine.events import (
    Arguments,
    Event,
    Finish,
    Reasoning,
    Refusal,
    Text,
    TokenLogprob,
    ToolCall,
    Usage,
)
from antiphon.engine.text import TextStream
from antiphon.errors import EngineCrashed, InternalError, InvalidRequest


class Pause(Struct, frozen=True, tag="pause", tag_field="event"):
    """Nothing for a while."""

    seconds: float


class Fail(Struct, frozen=True, tag="fail", tag_field="event"):
    """The engine dies, as far as anybody can tell."""


class Break(Struct, frozen=True, tag="break", tag_field="event"):
    """A fault that no one expected."""


Played = Text | Reasoning | Refusal | ToolCall | Arguments | Finish
Line = Played | Usage | Pause | Fail | Break
read_script = msgspec.json.Decoder(list[Line]).decode
SCRIPT = re.compile(r'\s*\[\s*\{[^{}]*"event"\s*:')
LONGEST_PAUSE_S = 60.0
CAPABILITIES: frozenset[Capability] = frozenset(
    {"tools", "structured_output", "token_filters", "images", "audio_input"}
)
"""It looks at nothing, so it takes whatever there is to see, hear or read."""


class ScriptedEngine:
    """Every choice plays the same script; a line's own `choice` is not looked at."""

    context_length: int | None = 8192
    remarks: tuple[str, ...] = ()
    unready_reason: str | None = None
    fingerprint = f"fp_{hashlib.sha256(b'scripted').hexdigest()[:12]}"
    capabilities = CAPABILITIES
    memory_bytes: int | None = 0

    async def estimate_bytes(self) -> int:
        """Nothing to load."""
        return 0

    async def start(self) -> None:
        """Nothing to load."""

    async def loaded(self) -> None:
        """At once."""

    async def ready(self) -> None:
        """Always."""

    async def stop(self) -> None:
        """Nothing to end."""

    async def generate(
        self, conversation: Conversation, decoding: Decoding, service: Service
    ) -> AsyncGenerator[Event, None]:
        """See `Engine.generate`."""
        lines = script_for(conversation)
        check_calls(lines, conversation)
        check_format(lines, conversation, decoding)
        prompt_tokens = sum(len(turn.text.split()) for turn in conversation.turns)
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
                case _:
                    for player in players:
                        for event in player.play(line):
                            yield event
            await asyncio.sleep(0)  # a real engine takes turns with its readers too
        yield said or Usage(
            prompt_tokens,
            sum(player.num_tokens for player in players),
            reasoning_tokens=sum(player.num_thoughts for player in players),
        )


class Player:
    """One choice: the script under the request's limits and stop strings."""

    def __init__(self, choice: int, decoding: Decoding) -> None:
        self.choice = choice
        self.decoding = decoding
        self.text = TextStream(decoding.stop)
        self.num_tokens = 0
        self.num_thoughts = 0
        self.finished = False

    def play(self, line: Played) -> Iterator[Event]:
        """What a line says to this choice; nothing once it has finished."""
        if self.finished:
            return
        match line:
            case Finish():
                yield from self._finish(line)
            case ToolCall():
                yield from self._interrupt()
                yield replace(line, choice=self.choice)
            case Text():
                yield from self._token(self._say(*self.text.push(line.text.encode(), self._logprob(line))))
            case Reasoning():
                yield from self._interrupt()
                self.num_thoughts += 1
                yield from self._token(self._pass_on(line))
            case _:
                yield from self._token(self._pass_on(line))

    def _interrupt(self) -> Iterator[Event]:
        """The text ends here for now; no stop string goes across."""
        yield from self._say(*self.text.finish())
        self.text = TextStream(self.decoding.stop)

    def _pass_on(self, line: Reasoning | Refusal | Arguments) -> Iterator[Event]:
        logprob = self._logprob(line)
        yield replace(line, choice=self.choice, logprobs=() if logprob is None else (logprob,))

    def _token(self, events: Iterator[Event]) -> Iterator[Event]:
        """A line is a token, which may be the last."""
        self.num_tokens += 1
        yield from events
        if self.text.stopped:
            yield from self._finish(Finish())
        elif self.num_tokens == self.decoding.max_tokens:
            yield from self._finish(Finish("length"))

    def _logprob(self, line: Text | Reasoning | Refusal | Arguments) -> TokenLogprob | None:
        if self.decoding.logprobs is None:
            return None
        return line.logprobs[0] if line.logprobs else TokenLogprob(line.text, line.text.encode(), 0.0)

    def _say(self, text: str, logprobs: tuple[TokenLogprob, ...]) -> Iterator[Event]:
        if text or logprobs:
            yield Text(text, self.choice, logprobs)

    def _finish(self, line: Finish) -> Iterator[Event]:
        self.finished = True
        yield from self._say(*self.text.finish())
        yield replace(line, choice=self.choice)


def script_for(conversation: Conversation) -> list[Line]:
    """The script in the last user message, or its words said back."""
    text = next((turn.text for turn in reversed(conversation.turns) if turn.role == "user"), "")
    for mark, medium in conversation.media.items():
        text = write_out(text, mark, medium)
    if not SCRIPT.match(text):
        return [Text(word) for word in re.findall(r"\s*\S+", text)]
    try:
        return read_script(text)
    except msgspec.DecodeError as error:
        raise InvalidRequest(f"The script cannot be read: {error}.", param="messages") from None


def write_out(text: str, mark: str, medium: Medium) -> str:
    """The text with what was said in a recording, and without what is only seen or heard."""
    if isinstance(medium, Transcript):
        return text.replace(mark, medium.text)
    return text.replace(f"{mark}\n", "").replace(f"\n{mark}", "").replace(mark, "")


def check_calls(lines: Sequence[Line], conversation: Conversation) -> None:
    """A script plays what a model under the same request could do. Raises `InvalidRequest`."""
    calls = [(line.kind, line.name) for line in lines if isinstance(line, ToolCall)]
    choice = conversation.tool_choice
    allowed = {(tool.kind, tool.name) for tool in conversation.tools if choice.allows(tool)}
    if outside := set(calls) - allowed:
        names = ", ".join(name for _, name in sorted(outside))
        refuse(f"The script calls what this request does not allow: {names}.")
    if choice.mode == "required" and not calls:
        refuse("The request requires a tool call, and the script has none.")
    if len(calls) > 1 and not choice.parallel:
        refuse("The request allows one tool call, and the script has more.")
    begun = False
    for line in lines:
        begun = begun or isinstance(line, ToolCall)
        if isinstance(line, Arguments) and not begun:
            refuse("The script has arguments before it has a call.")


def check_format(lines: Sequence[Line], conversation: Conversation, decoding: Decoding) -> None:
    """Where JSON is asked for, text that nothing cuts short is JSON, and an object where no schema allows more. Raises
    `InvalidRequest`.
    """
    if conversation.format is None or any(isinstance(line, Fail | Break) for line in lines):
        return
    player = Player(0, decoding)
    events = [event for line in [*lines, Finish()] if isinstance(line, Played) for event in player.play(line)]
    texts = [event.text for event in events if isinstance(event, Text)]
    kind = dict if conversation.format.schema is None else object
    if texts and events[-1] == Finish() and not player.text.stopped and not is_json("".join(texts), kind):
        refuse("The request asks for JSON, and the text of the script is none.")


def is_json(text: str, kind: type) -> bool:
    """Whether it can be read as this kind of value."""
    try:
        msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def refuse(sentence: str) -> None:
    """A script that cannot be played is the request's fault."""
    raise InvalidRequest(sentence, param="messages", code="invalid_value")
