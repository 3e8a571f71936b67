"""What we answer with: the whole completion, its chunks, and the parts they share."""

from typing import Literal

from msgspec import UNSET, UnsetType

from antiphon.schema.base import Outgoing

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "function_call"]
ServiceTier = Literal["auto", "default", "flex", "scale", "priority", "fast"]


class TopLogprob(Outgoing, frozen=True, kw_only=True):
    """One of the likeliest tokens at a position."""

    token: str
    logprob: float
    bytes: list[int] | None


class TokenLogprob(Outgoing, frozen=True, kw_only=True):
    """A token of the answer with its log-probability; -9999.0 when it is not among the 20 likeliest."""

    token: str
    logprob: float
    bytes: list[int] | None
    top_logprobs: list[TopLogprob]


class Logprobs(Outgoing, frozen=True, kw_only=True):
    """Log-probabilities of the tokens of the content and of a refusal."""

    content: list[TokenLogprob] | None
    refusal: list[TokenLogprob] | None


class PromptTokensDetails(Outgoing, frozen=True, kw_only=True):
    """What the prompt's tokens were."""

    audio_tokens: int = 0
    cached_tokens: int = 0


class CompletionTokensDetails(Outgoing, frozen=True, kw_only=True):
    """What the completion's tokens were."""

    accepted_prediction_tokens: int = 0
    audio_tokens: int = 0
    reasoning_tokens: int = 0
    rejected_prediction_tokens: int = 0


class Usage(Outgoing, frozen=True, kw_only=True):
    """Tokens of a request: the prompt once, the tokens of every choice."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptTokensDetails
    completion_tokens_details: CompletionTokensDetails


class ResponseMessage(Outgoing, frozen=True, kw_only=True):
    """The message of a choice."""

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: str | None
    annotations: list[dict[str, object]]


class Choice(Outgoing, frozen=True, kw_only=True):
    """One of the `n` answers."""

    index: int
    message: ResponseMessage
    logprobs: Logprobs | None
    finish_reason: FinishReason


class ChatCompletion(Outgoing, frozen=True, kw_only=True):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    service_tier: ServiceTier | UnsetType = UNSET
    system_fingerprint: str


class Delta(Outgoing, frozen=True, kw_only=True):
    """What a chunk adds to the message of a choice."""

    role: Literal["assistant"] | UnsetType = UNSET
    content: str | UnsetType | None = UNSET
    refusal: str | UnsetType | None = UNSET


class ChunkChoice(Outgoing, frozen=True, kw_only=True):
    """A choice's part of a chunk."""

    index: int
    delta: Delta
    logprobs: Logprobs | None
    finish_reason: FinishReason | None


class Chunk(Outgoing, frozen=True, kw_only=True):
    """A piece of a streamed answer. `choices` is empty only in the usage chunk."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    service_tier: ServiceTier | UnsetType = UNSET
    system_fingerprint: str
    choices: list[ChunkChoice]
    usage: Usage | UnsetType | None = UNSET
