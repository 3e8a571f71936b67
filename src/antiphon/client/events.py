"""What happens in a stream, as small values. choice: which of the `n` answers."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from antiphon.client.responses import Choice, Chunk, TokenLogprob, ToolCall, Usage


@dataclass(frozen=True, slots=True)
class ContentDelta:
    """More of what an answer says."""

    type: ClassVar[Literal["content.delta"]] = "content.delta"
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    """More of a refusal."""

    type: ClassVar[Literal["refusal.delta"]] = "refusal.delta"
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of what the model thinks."""

    type: ClassVar[Literal["reasoning.delta"]] = "reasoning.delta"
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallBegun:
    """A tool is being called. call: its place among the calls of the choice."""

    type: ClassVar[Literal["tool_call.begun"]] = "tool_call.begun"
    choice: int
    call: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """More of its arguments, or of its input."""

    type: ClassVar[Literal["tool_call.delta"]] = "tool_call.delta"
    choice: int
    call: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDone:
    """The call is whole."""

    type: ClassVar[Literal["tool_call.done"]] = "tool_call.done"
    choice: int
    call: int
    tool_call: ToolCall


@dataclass(frozen=True, slots=True)
class AudioDelta:
    """More of a spoken answer, and of what is said. data: base64."""

    type: ClassVar[Literal["audio.delta"]] = "audio.delta"
    choice: int
    data: str
    transcript: str


@dataclass(frozen=True, slots=True)
class LogprobsDelta:
    """Log-probabilities of the tokens that came."""

    type: ClassVar[Literal["logprobs.delta"]] = "logprobs.delta"
    choice: int
    content: list[TokenLogprob]
    refusal: list[TokenLogprob]


@dataclass(frozen=True, slots=True)
class ChoiceDone:
    """An answer is whole."""

    type: ClassVar[Literal["choice.done"]] = "choice.done"
    choice: int
    answer: Choice


@dataclass(frozen=True, slots=True)
class UsageReported:
    """What the request cost."""

    type: ClassVar[Literal["usage"]] = "usage"
    usage: Usage


@dataclass(frozen=True, slots=True)
class ChunkReceived:
    """A chunk, before the events that it means."""

    type: ClassVar[Literal["chunk"]] = "chunk"
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
