"""What a server answers, for reading: the wire models of `schema/response`, as they are met from outside.

A test compares the two: the same names, and the same fields.
"""

from typing import Any

from antiphon.client.records import Record
from antiphon.client.words import AnnotationType, FinishReason, PartType, Role, ServiceTier, ToolType


class TopLogprob(Record):
    """One of the likeliest tokens at a position."""

    token: str
    logprob: float
    bytes: list[int] | None


class TokenLogprob(Record):
    """A token with its natural log-probability, and the likeliest ones in its place."""

    token: str
    logprob: float
    bytes: list[int] | None
    top_logprobs: list[TopLogprob]


class Logprobs(Record):
    """Those of a choice's tokens."""

    content: list[TokenLogprob] | None
    refusal: list[TokenLogprob] | None


class PromptTokensDetails(Record):
    """What the prompt's tokens were."""

    audio_tokens: int | None
    cached_tokens: int | None
    cache_write_tokens: int | None
    text_tokens: int | None
    image_tokens: int | None


class CompletionTokensDetails(Record):
    """What the completion's tokens were."""

    accepted_prediction_tokens: int | None
    audio_tokens: int | None
    reasoning_tokens: int | None
    rejected_prediction_tokens: int | None
    text_tokens: int | None


class Usage(Record):
    """What a request cost, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptTokensDetails | None
    completion_tokens_details: CompletionTokensDetails | None


class UrlCitation(Record):
    """A page that an answer cites, and the characters that do so."""

    start_index: int
    end_index: int
    url: str
    title: str


class Annotation(Record):
    """A remark on an answer."""

    type: AnnotationType
    url_citation: UrlCitation | None


class Audio(Record):
    """A spoken answer. data: base64. expires_at: Unix seconds. unspoken: what the voice could not say, where there is
    something.
    """

    id: str
    data: str | None
    expires_at: int | None
    transcript: str | None
    unspoken: str | None


class CalledFunction(Record):
    """A function and its arguments, as the model wrote them: JSON, unless a limit cut it."""

    name: str
    arguments: str


class CalledCustom(Record):
    """A custom tool and its input."""

    name: str
    input: str


class ToolCall(Record):
    """A call: of a function, or of a custom tool."""

    id: str
    type: ToolType
    function: CalledFunction | None
    custom: CalledCustom | None


class Message(Record):
    """The message of a choice. `to_dict()` can be given back in the next request."""

    role: Role
    content: str | None
    refusal: str | None
    reasoning_content: str | None
    reasoning: str | None
    annotations: list[Annotation] | None
    tool_calls: list[ToolCall] | None
    function_call: CalledFunction | None
    audio: Audio | None


class Choice(Record):
    """One of the `n` answers."""

    index: int
    message: Message
    logprobs: Logprobs | None
    finish_reason: FinishReason


class ChatCompletion(Record):
    """A whole answer; those of the stored operations tell what was asked for, too."""

    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage | None
    metadata: dict[str, str] | None
    moderation: dict[str, Any] | None
    service_tier: ServiceTier | None
    system_fingerprint: str | None
    request_id: str | None
    input_user: str | None
    temperature: float | None
    top_p: float | None
    presence_penalty: float | None
    frequency_penalty: float | None
    seed: int | None
    tools: list[dict[str, Any]] | None
    tool_choice: Any | None
    response_format: dict[str, Any] | None

    @property
    def text(self) -> str:
        """What the first choice says; empty where it says nothing."""
        choices = self.choices if self.state("choices") == "present" else []
        return choices[0].message.content or "" if choices else ""


class FunctionDelta(Record):
    """What a chunk adds to a function's call."""

    name: str | None
    arguments: str | None


class CustomDelta(Record):
    """What a chunk adds to a custom tool's call."""

    name: str | None
    input: str | None


class ToolCallDelta(Record):
    """What a chunk adds to a call; only the first of a call has id, type and name."""

    index: int
    id: str | None
    type: ToolType | None
    function: FunctionDelta | None
    custom: CustomDelta | None


class AudioDelta(Record):
    """What a chunk adds to a spoken answer."""

    id: str | None
    data: str | None
    expires_at: int | None
    transcript: str | None
    unspoken: str | None


class Delta(Record):
    """What a chunk adds to a message."""

    role: Role | None
    content: str | None
    refusal: str | None
    reasoning_content: str | None
    reasoning: str | None
    tool_calls: list[ToolCallDelta] | None
    function_call: FunctionDelta | None
    audio: AudioDelta | None
    annotations: list[Annotation] | None


class ChunkChoice(Record):
    """A choice's part of a chunk."""

    index: int
    delta: Delta
    logprobs: Logprobs | None
    finish_reason: FinishReason | None


class Chunk(Record):
    """A piece of a streamed answer."""

    id: str
    object: str
    created: int
    model: str
    moderation: dict[str, Any] | None
    service_tier: ServiceTier | None
    system_fingerprint: str | None
    choices: list[ChunkChoice]
    usage: Usage | None
    obfuscation: str | None


class StoredPart(Record):
    """A part of an input message."""

    type: PartType
    text: str | None
    refusal: str | None
    image_url: dict[str, Any] | None
    input_audio: dict[str, Any] | None
    file: dict[str, Any] | None
    prompt_cache_breakpoint: dict[str, Any] | None


class StoredMessage(Record):
    """An input message of a stored completion."""

    id: str
    role: Role
    content: str | None
    content_parts: list[StoredPart] | None
    name: str | None
    refusal: str | None
    annotations: list[Annotation] | None
    audio: Audio | None
    tool_calls: list[ToolCall] | None
    function_call: CalledFunction | None
    tool_call_id: str | None
    reasoning_content: str | None


class CompletionDeleted(Record):
    """That a stored completion is gone."""

    object: str
    id: str
    deleted: bool


class Model(Record):
    """A model, or an alias of one."""

    id: str
    object: str
    created: int
    owned_by: str
    shutdown_date: str | None
    context_length: int | None
    input_modalities: list[str] | None
