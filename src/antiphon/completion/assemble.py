"""From events to chunks: the one state machine of an answer, for streams and whole answers alike.

A choice is: a chunk with the role, chunks with content, one chunk with its finish reason and an
empty delta. After all choices comes one chunk without choices, with the usage.
"""

from collections.abc import Iterator

from msgspec import UNSET, Struct

from antiphon.completion.usage import build_usage
from antiphon.engine import events
from antiphon.schema.completion import (
    Chunk,
    ChunkChoice,
    Delta,
    FinishReason,
    Logprobs,
    ServiceTier,
    TokenLogprob,
    TopLogprob,
    Usage,
)


class Envelope(Struct, frozen=True, kw_only=True):
    """What is the same in every chunk of an answer. created: Unix time in seconds.
    service_tier: the tier used, None when none was asked for.
    """

    id: str
    created: int
    model: str
    fingerprint: str
    service_tier: ServiceTier | None
    include_usage: bool


class Assembler:
    """Feed it an engine's events in order."""

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.begun: set[int] = set()

    def feed(self, event: events.Event) -> Iterator[Chunk]:
        """The chunks that an event makes."""
        if isinstance(event, events.Usage):
            if self.envelope.include_usage:
                yield self._chunk([], build_usage(event))
            return
        if event.choice not in self.begun:
            self.begun.add(event.choice)
            yield self._choice(event.choice, Delta(role="assistant", content="", refusal=None))
        if isinstance(event, events.Text):
            logprobs = build_logprobs(event.logprobs) if event.logprobs else None
            yield self._choice(event.choice, Delta(content=event.text), logprobs=logprobs)
        else:
            yield self._choice(event.choice, Delta(), finish_reason=event.reason)

    def _choice(
        self,
        index: int,
        delta: Delta,
        *,
        logprobs: Logprobs | None = None,
        finish_reason: FinishReason | None = None,
    ) -> Chunk:
        choice = ChunkChoice(index=index, delta=delta, logprobs=logprobs, finish_reason=finish_reason)
        return self._chunk([choice], None)

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


def build_logprobs(entries: tuple[events.TokenLogprob, ...]) -> Logprobs:
    """The wire's form of tokens and their log-probabilities."""
    return Logprobs(content=[build_token(entry) for entry in entries], refusal=None)


def build_token(entry: events.TokenLogprob) -> TokenLogprob:
    """One token with the likeliest at its position."""
    top = [TopLogprob(token=item.token, bytes=list(item.bytes), logprob=item.logprob) for item in entry.top]
    return TokenLogprob(token=entry.token, bytes=list(entry.bytes), logprob=entry.logprob, top_logprobs=top)
