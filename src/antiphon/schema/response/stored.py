"""What the operations on stored completions answer with: completions, lists, input messages, a deletion."""

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from antiphon.schema.outgoing import Outgoing
from antiphon.schema.response.calls import CalledFunction, CustomToolCall, FunctionToolCall
from antiphon.schema.response.completion import Annotation, ChatCompletion, ServiceTier


class StoredCompletion(ChatCompletion, frozen=True, kw_only=True):
    """A whole answer that is kept, with what it was asked for."""

    metadata: dict[str, str]
    """What it can be found by."""
    service_tier: ServiceTier = "default"
    """The tier that was used."""
    request_id: str
    """The `x-request-id` of the answer."""
    input_user: str | None
    """The request's `user`."""
    temperature: float
    """The temperature that was used."""
    top_p: float
    """The `top_p` that was used."""
    presence_penalty: float
    """The penalty that was used."""
    frequency_penalty: float
    """The penalty that was used."""
    seed: int
    """The seed that was used: the request's, or one that was drawn."""
    tools: list[dict[str, Any]] | None
    """The request's tools."""
    tool_choice: str | dict[str, Any] | None
    """The request's choice of tools."""
    response_format: dict[str, Any] | None
    """The request's format."""


class CompletionList(Outgoing, frozen=True, kw_only=True):
    """A page of stored completions."""

    object: Literal["list"] = "list"
    """Always `list`."""
    data: list[StoredCompletion]
    """The completions."""
    first_id: str | None
    """The id of the first; null when there is none."""
    last_id: str | None
    """The id of the last, to give as `after` for the next page; null when there is none."""
    has_more: bool
    """Whether there is a next page."""


class StoredBreakpoint(Outgoing, frozen=True, kw_only=True):
    """The end of a prefix that later requests were to share."""

    mode: Literal["explicit"] = "explicit"
    """Always `explicit`."""
    ttl: Literal["30m", "12h"] | UnsetType = UNSET
    """How long the prefix was to be kept at least."""


class StoredTextPart(Outgoing, frozen=True, kw_only=True, tag="text", tag_field="type"):
    """A text part of an input message."""

    text: str
    """The text."""
    prompt_cache_breakpoint: StoredBreakpoint | UnsetType = UNSET
    """The prompt up to here was worth keeping."""


class StoredImageUrl(Outgoing, frozen=True, kw_only=True):
    """Where an image of an input message was."""

    url: str
    """Its address, or the image itself."""
    detail: Literal["auto", "low", "high", "original"] | UnsetType = UNSET
    """How closely it was to be looked at."""


class StoredImagePart(Outgoing, frozen=True, kw_only=True, tag="image_url", tag_field="type"):
    """An image part of an input message."""

    image_url: StoredImageUrl
    """The image."""
    prompt_cache_breakpoint: StoredBreakpoint | UnsetType = UNSET
    """The prompt up to here was worth keeping."""


class StoredInputAudio(Outgoing, frozen=True, kw_only=True):
    """A recording of an input message."""

    data: str
    """The recording in base64."""
    format: Literal["wav", "mp3"]
    """What the recording is encoded as."""


class StoredAudioPart(Outgoing, frozen=True, kw_only=True, tag="input_audio", tag_field="type"):
    """A recording as part of an input message."""

    input_audio: StoredInputAudio
    """The recording."""
    prompt_cache_breakpoint: StoredBreakpoint | UnsetType = UNSET
    """The prompt up to here was worth keeping."""


class StoredFile(Outgoing, frozen=True, kw_only=True):
    """A file of an input message, by what is in it or by the id of an upload."""

    file_data: str | UnsetType = UNSET
    """The file in base64."""
    file_id: str | UnsetType = UNSET
    """The id of an uploaded file."""
    filename: str | UnsetType = UNSET
    """The file's name."""


class StoredFilePart(Outgoing, frozen=True, kw_only=True, tag="file", tag_field="type"):
    """A file as part of an input message."""

    file: StoredFile
    """The file."""
    prompt_cache_breakpoint: StoredBreakpoint | UnsetType = UNSET
    """The prompt up to here was worth keeping."""


class StoredRefusalPart(Outgoing, frozen=True, kw_only=True, tag="refusal", tag_field="type"):
    """What an assistant said when it refused, as part of an input message."""

    refusal: str
    """The refusal."""


StoredPart = StoredTextPart | StoredImagePart | StoredAudioPart | StoredFilePart | StoredRefusalPart


class StoredAudio(Outgoing, frozen=True, kw_only=True):
    """A spoken answer that an input message referred to."""

    id: str
    """The id that the answer had."""
    data: str | UnsetType = UNSET
    """The recording in base64, where it was given back."""
    expires_at: int | UnsetType = UNSET
    """Until when the id was known, in Unix seconds, where it was given back."""
    transcript: str | UnsetType = UNSET
    """What was said, where it was given back."""


class StoredMessage(Outgoing, frozen=True, kw_only=True):
    """An input message of a stored completion."""

    id: str
    """The completion's id, a dash, and the message's number."""
    role: Literal["developer", "system", "user", "assistant", "tool", "function"]
    """Who spoke."""
    content: str | None
    """What was said, where it was a string."""
    content_parts: list[StoredPart] | None = None
    """What was said, where it was in parts."""
    name: str | UnsetType = UNSET
    """The participant's name."""
    refusal: str | None = None
    """How the assistant refused."""
    annotations: list[Annotation] | UnsetType = UNSET
    """What the assistant cited."""
    audio: StoredAudio | UnsetType | None = UNSET
    """What the assistant spoke."""
    tool_calls: list[FunctionToolCall | CustomToolCall] | UnsetType = UNSET
    """What the assistant called."""
    function_call: CalledFunction | UnsetType = UNSET
    """Deprecated: what the assistant called."""
    tool_call_id: str | UnsetType = UNSET
    """The call that a tool answered."""
    reasoning_content: str | UnsetType = UNSET
    """Extension: what the assistant thought."""


class MessageList(Outgoing, frozen=True, kw_only=True):
    """A page of the input messages of a stored completion."""

    object: Literal["list"] = "list"
    """Always `list`."""
    data: list[StoredMessage]
    """The messages, in the order of the request."""
    first_id: str | None
    """The id of the first; null when there is none."""
    last_id: str | None
    """The id of the last, to give as `after` for the next page; null when there is none."""
    has_more: bool
    """Whether there is a next page."""


class CompletionDeleted(Outgoing, frozen=True, kw_only=True):
    """That a stored completion is gone."""

    object: Literal["chat.completion.deleted"] = "chat.completion.deleted"
    """Always `chat.completion.deleted`."""
    id: str
    """The id it had."""
    deleted: Literal[True] = True
    """Always true."""
