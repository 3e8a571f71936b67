"""One choice of an upstream's answer: deltas in, events out. Pure.

The invariant: whatever comes, what is said are events as an engine of ours would say, or it is malformed.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from antiphon.dialect.conversation import ToolKind
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.reader import Reader, Reading
from antiphon.dialect.reading.scanner import Segment
from antiphon.engine.events import (
    Arguments,
    Finish,
    FinishReason,
    Reasoning,
    Refusal,
    Said,
    Text,
    TokenLogprob,
    ToolCall,
)
from antiphon.engine.remote.answer.chunks import CallIn, ChoiceIn, DeltaIn
from antiphon.engine.remote.answer.logprobs import build_logprobs
from antiphon.engine.remote.answer.unwrapping import NotWrapped, Unwrapper
from antiphon.engine.text import TextStream

REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
    "length": "length",
    "content_filter": "content_filter",
}
MOST_CALLS = 128
LONGEST_ID = 256
MOST_PENDING = 4096
"""Tokens that have no text yet."""
LONGEST = 32 << 20
"""Characters of one choice."""
NO_TOKENS = ControlTokens({})
Entries = tuple[TokenLogprob, ...]


class Malformed(Exception):
    """Nothing that could be passed on; the text says why."""


class TooMuch(Malformed):
    """More than anybody asks for."""


class CutShort(Malformed):
    """It ended before it was complete."""


class Manner(Struct, frozen=True):
    """How an answer is read. taught: as text in which calls stand; None where the upstream tells calls from text.
    wrapped: custom tools by the functions that stand for them. num_top: likeliest tokens at each position, None for
    no log-probabilities. bare: the custom tool whose input the whole text is.
    usage_each: whether each choice comes with a usage of its own. stops: strings that end the text, where the upstream
    would look for them in calls too. trims: whether tokens that come without a text are none of it.
    stops_there: whether the upstream looks for stop strings, whose tokens it may tell of all the same.
    """

    taught: Reading | None = None
    wrapped: Mapping[str, str] = {}
    num_top: int | None = None
    bare: str | None = None
    usage_each: bool = False
    stops: tuple[str, ...] = ()
    trims: bool = False
    stops_there: bool = False


class OpenChoice:
    """Feed it what comes of this choice."""

    def __init__(self, index: int, manner: Manner) -> None:
        self.index = index
        self.manner = manner
        self.reader = Reader(manner.taught, NO_TOKENS) if manner.taught else None
        self.entries: list[TokenLogprob] = []
        self.text = TextStream(manner.stops)
        self.finished = False
        self.num_thoughts = 0
        self.has_logprobs = False
        self.num_chars = 0
        self.num_shown = self.num_told = 0
        self.calls: set[int] = set()
        self.current: int | None = None
        self.unwrapper: Unwrapper | None = None

    def feed(self, given: ChoiceIn) -> Iterator[Said]:
        """What follows from it. Raises `Malformed`."""
        if self.text.stopped:
            return
        if self.finished:
            return self._look_behind_the_end(given)
        if given.logprobs and self._belong(given):
            self.entries.extend(build_logprobs(given.logprobs, self.manner.num_top))
            self.has_logprobs = self.has_logprobs or bool(self.entries)
        if len(self.entries) > MOST_PENDING:
            raise TooMuch("sends log-probabilities without a text")
        if given.delta:
            yield from self._delta(given.delta)
        if self.num_chars > LONGEST:
            raise TooMuch("does not come to an end")
        if given.finish_reason is not None:
            yield from self._finish(given.finish_reason)

    def _belong(self, given: ChoiceIn) -> bool:
        """Whether tokens are of the answer that come with this: not the one that ends it, nor white space that has been
        trimmed.
        """
        delta = given.delta or DeltaIn()
        if delta.content or delta.reasoning or delta.reasoning_content or delta.refusal or delta.tool_calls:
            return True
        is_end = REASONS.get(given.finish_reason or "") == "stop"
        return not (is_end or (self.manner.trims and delta.content is None))

    def _look_behind_the_end(self, given: ChoiceIn) -> None:
        delta = given.delta
        if delta and (delta.content or delta.tool_calls or delta.reasoning or delta.reasoning_content or delta.refusal):
            raise Malformed("went on with a choice that had finished")

    def _delta(self, delta: DeltaIn) -> Iterator[Said]:
        if thought := delta.reasoning_content or delta.reasoning:
            self.num_thoughts += 1
            self.num_chars += len(thought)
            yield Reasoning(thought, self.index, self._take())
        if delta.refusal:
            self.num_chars += len(delta.refusal)
            yield Refusal(delta.refusal, self.index, self._take())
        if delta.content:
            if self.manner.num_top is not None and not self.has_logprobs:
                raise Malformed("gave no log-probabilities")
            self.num_chars += len(delta.content)
            yield from self._text(delta.content)
        for call in delta.tool_calls or ():
            yield from self._call(call)

    def _text(self, text: str) -> Iterator[Said]:
        if self.manner.bare:
            yield from self._begin_bare(self.manner.bare)
            yield Arguments(text, self.index, self._take())
            return
        if self.reader is None:
            yield from self._say(text, self._take_within(text) if self.manner.stops_there else self._take())
            return
        *others, last = self._take() or (None,)
        for entry in others:
            yield from self._segments(self.reader.push("", entry))
        yield from self._segments(self.reader.push(text, last))

    def _segments(self, segments: list[Segment]) -> Iterator[Said]:
        for segment in segments:
            if self.text.stopped:
                return
            if segment.kind == "text":
                yield from self._say(segment.text, tuple(segment.entries))
            else:
                yield from self._flush()
                yield self._segment(segment)

    def _say(self, text: str, entries: Entries) -> Iterator[Said]:
        """Text, of which nothing is shown from a stop string on; that ends the choice."""
        if not self.manner.stops:
            yield Text(text, self.index, entries)
            return
        placed = [(len(text), len(text), entry) if entry is entries[-1] else (0, 0, entry) for entry in entries]
        shown, logprobs = self.text.push_text(text, placed)
        if shown or logprobs:
            yield Text(shown, self.index, logprobs)
        if self.text.stopped:
            self.finished = True
            yield Finish("stop", self.index)

    def _flush(self) -> Iterator[Said]:
        """What was held back, which was no stop string."""
        shown, logprobs = self.text.finish()
        self.text = TextStream(self.manner.stops)
        if shown or logprobs:
            yield Text(shown, self.index, logprobs)

    def _begin_bare(self, name: str) -> Iterator[Said]:
        if not self.calls:
            self.calls.add(0)
            yield ToolCall(name, "custom", choice=self.index)

    def _segment(self, segment: Segment) -> Said:
        entries: Entries = tuple(segment.entries)
        match segment.kind:
            case "reasoning":
                self.num_thoughts += 1
                return Reasoning(segment.text, self.index, entries)
            case "arguments":
                return Arguments(self._unwrap(segment.text), self.index, entries)
            case "custom":
                return ToolCall(segment.text, "custom", choice=self.index)
        return self._name(segment.text)

    def _call(self, call: CallIn) -> Iterator[Said]:
        if self.reader:
            raise Malformed("calls tools by a parser of its own, which was not asked to")
        name = call.function.name if call.function else call.custom.name if call.custom else None
        index = call.index if call.index is not None else len(self.calls) if name else self.current
        if index is None or index != self.current:
            yield self._begin(index, name, call)
        said = (call.function.arguments if call.function else call.custom.input if call.custom else None) or ""
        self.num_chars += len(said)
        if said := self._unwrap(said):
            yield Arguments(said, self.index, self._take())

    def _begin(self, index: int | None, name: str | None, call: CallIn) -> ToolCall:
        if index is None or not name:
            raise Malformed("began a call without a name")
        if index in self.calls or index < 0:
            raise Malformed("mixed up its calls")
        if len(self.calls) == MOST_CALLS:
            raise TooMuch(f"made more than {MOST_CALLS} calls")
        self.calls.add(index)
        self.current = index
        return self._name(name, call.id or "", is_custom=call.custom is not None)

    def _name(self, name: str, call_id: str = "", *, is_custom: bool = False) -> ToolCall:
        """A call by the name of its tool, which a function may stand for."""
        self._end_call()
        custom = self.manner.wrapped.get(name)
        self.unwrapper = Unwrapper() if custom else None
        kind: ToolKind = "custom" if custom or is_custom else "function"
        return ToolCall(custom or name, kind, id=call_id[:LONGEST_ID], choice=self.index)

    def _unwrap(self, said: str) -> str:
        if not self.unwrapper:
            return said
        try:
            return self.unwrapper.feed(said)
        except NotWrapped:
            raise Malformed("gave a custom tool something else than a text") from None

    def _end_call(self) -> None:
        if self.unwrapper and not self.unwrapper.complete:
            raise Malformed("left a custom tool's input unfinished")

    def _finish(self, reason: str) -> Iterator[Said]:
        if reason not in REASONS:
            raise Malformed(f"ended its answer with '{reason[:40]}'")
        self.finished = True
        if self.manner.bare:
            yield from self._begin_bare(self.manner.bare)
        if self.reader:
            yield from self._segments(self.reader.finish())
        if self.text.stopped:
            return
        yield from self._flush()
        if REASONS[reason] == "stop":
            self._end_call()
            if self.manner.stops_there and not self.reader:
                self._take()  # those of a stop string
        if self.entries:
            yield Text("", self.index, self._take())
        yield Finish(REASONS[reason], self.index)

    def _take_within(self, text: str) -> Entries:
        """Those that have begun within what has been shown."""
        self.num_shown += len(text.encode("utf-8", "replace"))
        taken = 0
        while taken < len(self.entries) and self.num_told < self.num_shown:
            self.num_told += len(self.entries[taken].bytes)
            taken += 1
        within, self.entries = tuple(self.entries[:taken]), self.entries[taken:]
        return within

    def _take(self) -> Entries:
        taken, self.entries = tuple(self.entries), []
        return taken
