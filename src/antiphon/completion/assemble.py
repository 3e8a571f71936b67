"""From events to chunks: the one state machine of an answer, for streams and whole answers alike.

A choice is: a chunk with the role, chunks with thoughts, content, a refusal or calls, one chunk with its finish reason
and an empty delta. After all choices comes one chunk without choices, with the usage.
"""

import secrets
from collections.abc import Iterator

from msgspec import UNSET, Struct

from antiphon.completion.usage import build_usage
from antiphon.engine import events
from antiphon.schema.response.chunk import (
    AudioDelta,
    Chunk,
    ChunkChoice,
    CustomDelta,
    Delta,
    FunctionDelta,
    ToolCallDelta,
)
from antiphon.schema.response.completion import FinishReason, ServiceTier
from antiphon.schema.response.logprobs import Logprobs, TokenLogprob, TopLogprob
from antiphon.schema.response.usage import Usage
from antiphon.settings import ReasoningField


class Envelope(Struct, frozen=True, kw_only=True):
    """What is the same in every chunk of an answer. created: Unix time in seconds.
    service_tier: the tier used, None when none was asked for. legacy_functions: calls take the deprecated form.
    must_call: there is nothing but calls. spoken: what is said is transcript and recording, and no content. named: the
    request named the one tool that is called. reasoning_field: where thoughts go.
    """

    id: str
    created: int
    model: str
    fingerprint: str
    service_tier: ServiceTier | None
    include_usage: bool
    legacy_functions: bool = False
    must_call: bool = False
    spoken: bool = False
    named: bool = False
    reasoning_field: ReasoningField = "reasoning_content"


class Assembler:
    """Feed it an engine's events in order."""

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.choices: dict[int, OpenChoice] = {}

    def feed(self, event: events.Event) -> Iterator[Chunk]:
        """The chunks that an event makes."""
        if isinstance(event, events.Usage):
            if self.envelope.include_usage:
                yield self._chunk([], build_usage(event))
            return
        choice = self.choices.get(event.choice)
        if choice is None:
            choice = self.choices[event.choice] = OpenChoice(event.choice, self.envelope)
            yield self._chunk([choice.begin(event)], None)
        if not self._hides(event):
            yield self._chunk([choice.feed(event)], None)

    def _hides(self, event: events.Said) -> bool:
        """Thoughts that nobody is to see are counted, and that is all."""
        return isinstance(event, events.Reasoning) and self.envelope.reasoning_field == "none"

    def _chunk(self, choices: list[ChunkChoice], usage: Usage | None) -> Chunk:
        envelope = self.envelope
        return Chunk(
            id=envelope.id,
            created=envelope.created,
            model=envelope.model,
            system_fingerprint=envelope.fingerprint,
            service_tier=envelope.service_tier or UNSET,
            choices=choices,
            usage=usage if envelope.include_usage else UNSET,
        )


class OpenChoice:
    """One choice on its way."""

    def __init__(self, index: int, envelope: Envelope) -> None:
        self.index = index
        self.envelope = envelope
        self.kinds: list[str] = []

    def begin(self, event: events.Said) -> ChunkChoice:
        """The chunk with the role. Content is null until there is some, when something else comes first."""
        writes = not (self.envelope.must_call or self.envelope.spoken)
        speaks = isinstance(event, events.Text | events.Finish) and writes
        return self._choice(Delta(role="assistant", content="" if speaks else None, refusal=None))

    def feed(self, event: events.Said) -> ChunkChoice:
        """The chunk that an event makes."""
        match event:
            case events.Text(text=text):
                content = UNSET if self.envelope.must_call and not text else text
                return self._choice(Delta(content=content), logprobs=content_logprobs(event.logprobs))
            case events.Reasoning(text=text):
                return self._choice(self._thought(text), logprobs=content_logprobs(event.logprobs))
            case events.Refusal(text=text):
                return self._choice(Delta(refusal=text), logprobs=refusal_logprobs(event.logprobs))
            case events.Spoken():
                return self._choice(Delta(audio=self._spoken(event)), logprobs=content_logprobs(event.logprobs))
            case events.ToolCall():
                self.kinds.append(event.kind)
                return self._choice(self._call(event))
            case events.Arguments(text=text):
                return self._choice(self._arguments(text), logprobs=content_logprobs(event.logprobs))
            case events.Finish():
                return self._choice(Delta(), finish_reason=self._reason(event))

    def _thought(self, text: str) -> Delta:
        if self.envelope.reasoning_field == "reasoning":
            return Delta(reasoning=text)
        return Delta(reasoning_content=text)

    def _spoken(self, event: events.Spoken) -> AudioDelta:
        """What is new of a recording; nothing is said twice, as clients put deltas together."""
        return AudioDelta(
            id=event.id or UNSET,
            transcript=event.transcript or UNSET,
            data=event.audio or UNSET,
            expires_at=UNSET if event.expires is None else event.expires,
            unspoken=event.unspoken or UNSET,
        )

    def _call(self, event: events.ToolCall) -> Delta:
        """A call begins: its name, and arguments that are still empty."""
        index, call_id = len(self.kinds) - 1, event.id or f"call_{secrets.token_hex(12)}"
        function = FunctionDelta(name=event.name, arguments="")
        if self.envelope.legacy_functions:
            return Delta(function_call=function)
        if event.kind == "custom":
            custom = CustomDelta(name=event.name, input="")
            return Delta(tool_calls=[ToolCallDelta(index=index, id=call_id, type="custom", custom=custom)])
        return Delta(tool_calls=[ToolCallDelta(index=index, id=call_id, type="function", function=function)])

    def _arguments(self, text: str) -> Delta:
        index = len(self.kinds) - 1
        if self.envelope.legacy_functions:
            return Delta(function_call=FunctionDelta(arguments=text))
        if self.kinds[-1] == "custom":
            return Delta(tool_calls=[ToolCallDelta(index=index, custom=CustomDelta(input=text))])
        return Delta(tool_calls=[ToolCallDelta(index=index, function=FunctionDelta(arguments=text))])

    def _reason(self, event: events.Finish) -> FinishReason:
        """A limit that cut a call counts more than the call. A call that the request named was no decision, so its end
        is a plain one, as in OpenAI's answers.
        """
        if event.reason != "stop" or not self.kinds or self.envelope.named:
            return event.reason
        return "function_call" if self.envelope.legacy_functions else "tool_calls"

    def _choice(
        self, delta: Delta, *, logprobs: Logprobs | None = None, finish_reason: FinishReason | None = None
    ) -> ChunkChoice:
        return ChunkChoice(index=self.index, delta=delta, logprobs=logprobs, finish_reason=finish_reason)


Entries = tuple[events.TokenLogprob, ...]


def content_logprobs(entries: Entries) -> Logprobs | None:
    """Of tokens that are content, or part of a call."""
    return Logprobs(content=list(map(build_token, entries)), refusal=None) if entries else None


def refusal_logprobs(entries: Entries) -> Logprobs | None:
    """Of tokens that are a refusal."""
    return Logprobs(content=None, refusal=list(map(build_token, entries))) if entries else None


def build_token(entry: events.TokenLogprob) -> TokenLogprob:
    """One token with the likeliest at its position."""
    top = [TopLogprob(token=item.token, bytes=list(item.bytes), logprob=item.logprob) for item in entry.top]
    return TokenLogprob(token=entry.token, bytes=list(entry.bytes), logprob=entry.logprob, top_logprobs=top)
