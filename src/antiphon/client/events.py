"""What happens in a stream, as small values. choice: which of the `n` answers."""

from dataclasses import dataclass
from typing import ClassVar

from antiphon.client.responses import Choice, Chunk, TokenLogprob, ToolCall, Usage


@dataclass(frozen=True, slots=True)
class ContentDelta:
    """More of what an answer says."""

    type: ClassVar = "content.delta"
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    """More of a refusal."""

    type: ClassVar = "refusal.delta"
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of what the model thinks."""

    type: ClassVar = "reasoning.delta"
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallBegun:
    """A tool is being called. call: its place among the calls of the choice."""

    type: ClassVar = "tool_call.begun"
    choice: int
    call: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """More of its arguments, or of its input."""

    type: ClassVar = "tool_call.delta"
    choice: int
    call: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDone:
    """The call is whole."""

    type: ClassVar = "tool_call.done"
    choice: int
    call: int
    tool_call: ToolCall


@dataclass(frozen=True, slots=True)
class AudioDelta:
    """More of a spoken answer, and of what is said. data: base64."""

    type: ClassVar = "audio.delta"
    choice: int
    data: str
    transcript: str


@dataclass(frozen=True, slots=True)
class LogprobsDelta:
    """Log-probabilities of the tokens that came."""

    type: ClassVar = "logprobs.delta"
    choice: int
    content: list[TokenLogprob]
    refusal: list[TokenLogprob]


@dataclass(frozen=True, slots=True)
class ChoiceDone:
    """An answer is whole."""

    type: ClassVar = "choice.done"
    choice: int
    answer: Choice


@dataclass(frozen=True, slots=True)
class UsageReported:
    """What the request cost."""

    type: ClassVar = "usage"
    usage: Usage


@dataclass(frozen=True, slots=True)
class ChunkReceived:
    """A chunk, before the events that it means."""

    type: ClassVar = "chunk"
    chunk: Chunk


StreamEvent = (
    ChunkReceived
    | ContentDelta
    | RefusalDelta
    | ReasoningDelta
    | ToolCallBegun
    | ToolCallDelta
    | ToolCallDone
    | AudioDelta
    | LogprobsDelta
    | ChoiceDone
    | UsageReported
)
