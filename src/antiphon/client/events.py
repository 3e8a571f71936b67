"""What happens in a stream, as small values. choice: which of the `n` answers."""

from typing import ClassVar, Literal

from msgspec import Struct

from antiphon.client.responses import Choice, Chunk, TokenLogprob, ToolCall, Usage


class ContentDelta(Struct, frozen=True):
    """More of what an answer says."""

    type: ClassVar[Literal["content.delta"]] = "content.delta"
    choice: int
    text: str


class RefusalDelta(Struct, frozen=True):
    """More of a refusal."""

    type: ClassVar[Literal["refusal.delta"]] = "refusal.delta"
    choice: int
    text: str


class ReasoningDelta(Struct, frozen=True):
    """More of what the model thinks."""

    type: ClassVar[Literal["reasoning.delta"]] = "reasoning.delta"
    choice: int
    text: str


class ToolCallBegun(Struct, frozen=True):
    """A tool is being called. call: its place among the calls of the choice."""

    type: ClassVar[Literal["tool_call.begun"]] = "tool_call.begun"
    choice: int
    call: int
    id: str
    name: str


class ToolCallDelta(Struct, frozen=True):
    """More of its arguments, or of its input."""

    type: ClassVar[Literal["tool_call.delta"]] = "tool_call.delta"
    choice: int
    call: int
    text: str


class ToolCallDone(Struct, frozen=True):
    """The call is whole."""

    type: ClassVar[Literal["tool_call.done"]] = "tool_call.done"
    choice: int
    call: int
    tool_call: ToolCall


class AudioDelta(Struct, frozen=True):
    """More of a spoken answer, and of what is said. data: base64."""

    type: ClassVar[Literal["audio.delta"]] = "audio.delta"
    choice: int
    data: str
    transcript: str


class LogprobsDelta(Struct, frozen=True):
    """Log-probabilities of the tokens that came."""

    type: ClassVar[Literal["logprobs.delta"]] = "logprobs.delta"
    choice: int
    content: list[TokenLogprob]
    refusal: list[TokenLogprob]


class ChoiceDone(Struct, frozen=True):
    """An answer is whole."""

    type: ClassVar[Literal["choice.done"]] = "choice.done"
    choice: int
    answer: Choice


class UsageReported(Struct, frozen=True):
    """What the request cost."""

    type: ClassVar[Literal["usage"]] = "usage"
    usage: Usage


class ChunkReceived(Struct, frozen=True):
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
