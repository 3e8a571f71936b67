"""What we stream: pieces of an answer."""

from typing import Literal

from msgspec import UNSET, UnsetType

from antiphon.schema.outgoing import Outgoing
from antiphon.schema.response.completion import Annotation, FinishReason, ServiceTier
from antiphon.schema.response.logprobs import Logprobs
from antiphon.schema.response.moderation import ModerationReport
from antiphon.schema.response.usage import Usage


class FunctionDelta(Outgoing, frozen=True, kw_only=True):
    """What a chunk adds to a function call: first the name, then arguments piece by piece."""

    name: str | UnsetType = UNSET
    """The function's name."""
    arguments: str | UnsetType = UNSET
    """More of the arguments, as the model wrote them."""


class CustomDelta(Outgoing, frozen=True, kw_only=True):
    """What a chunk adds to the call of a custom tool: first the name, then input piece by piece."""

    name: str | UnsetType = UNSET
    """The tool's name."""
    input: str | UnsetType = UNSET
    """More of the input, as the model wrote it."""


class ToolCallDelta(Outgoing, frozen=True, kw_only=True):
    """What a chunk adds to a call. Only the first of a call has id, type and name."""

    index: int
    """Which call of the choice."""
    id: str | UnsetType = UNSET
    """By which the result says what it answers."""
    type: Literal["function", "custom"] | UnsetType = UNSET
    """What is called."""
    function: FunctionDelta | UnsetType = UNSET
    """A function's call."""
    custom: CustomDelta | UnsetType = UNSET
    """A custom tool's call."""


class AudioDelta(Outgoing, frozen=True, kw_only=True):
    """What a chunk adds to a spoken answer."""

    id: str | UnsetType = UNSET
    """By which later requests can refer to it."""
    data: str | UnsetType = UNSET
    """More of the recording in base64."""
    expires_at: int | UnsetType = UNSET
    """Until when the id is known, in Unix seconds."""
    transcript: str | UnsetType = UNSET
    """More of what is said."""
    unspoken: str | UnsetType = UNSET
    """Extension: at the end, characters of the transcript that the voice could not say, where there are any."""


class Delta(Outgoing, frozen=True, kw_only=True):
    """What a chunk adds to the message of a choice."""

    role: Literal["assistant"] | UnsetType = UNSET
    """In the first chunk of a choice."""
    content: str | UnsetType | None = UNSET
    """More of the content."""
    refusal: str | UnsetType | None = UNSET
    """More of a refusal."""
    reasoning_content: str | UnsetType = UNSET
    """Extension: more of what the model thinks, unless `--reasoning-field` says otherwise."""
    reasoning: str | UnsetType = UNSET
    """Extension: the same, with `--reasoning-field reasoning`."""
    tool_calls: list[ToolCallDelta] | UnsetType = UNSET
    """More of a call."""
    function_call: FunctionDelta | UnsetType = UNSET
    """Deprecated: more of a call, when `functions` were given."""
    audio: AudioDelta | UnsetType = UNSET
    """More of a spoken answer."""
    annotations: list[Annotation] | UnsetType = UNSET
    """More citations."""


class ChunkChoice(Outgoing, frozen=True, kw_only=True):
    """A choice's part of a chunk."""

    index: int
    """Which choice."""
    delta: Delta
    """What comes to its message; empty in its last chunk."""
    logprobs: Logprobs | None
    """Log-probabilities of the tokens that came, when asked for."""
    finish_reason: FinishReason | None
    """In its last chunk why it ended, null in all others."""


class Chunk(Outgoing, frozen=True, kw_only=True):
    """A piece of a streamed answer."""

    id: str
    """The same in every chunk."""
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    """Always `chat.completion.chunk`."""
    created: int
    """When the answer began, in Unix seconds; the same in every chunk."""
    model: str
    """The model that answers, by its own name."""
    moderation: ModerationReport | UnsetType | None = UNSET
    """What moderation found, when asked for."""
    service_tier: ServiceTier | UnsetType | None = UNSET
    """The tier that is used, when one was asked for."""
    system_fingerprint: str
    """Changes when build, model or a setting that matters does."""
    choices: list[ChunkChoice]
    """What comes to the choices; empty only in the chunk with the usage."""
    usage: Usage | UnsetType | None = UNSET
    """With `include_usage`: in the last chunk what it cost, null in all others."""
    obfuscation: str | UnsetType = UNSET
    """Padding that brings chunks to like sizes; `include_obfuscation` turns it off."""
