"""What the operations on stored completions answer with: lists, input messages, a deletion."""

from typing import Literal

from msgspec import UNSET, UnsetType

from antiphon.schema.base import Outgoing
from antiphon.schema.response.calls import CalledFunction, CustomToolCall, FunctionToolCall
from antiphon.schema.response.completion import Annotation, Audio, ChatCompletion


class CompletionList(Outgoing, frozen=True, kw_only=True):
    """A page of stored completions."""

    object: Literal["list"] = "list"
    """Always `list`."""
    data: list[ChatCompletion]
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


class StoredMessage(Outgoing, frozen=True, kw_only=True):
    """An input message of a stored completion."""

    id: str
    """The completion's id, a dash, and the message's number."""
    role: Literal["developer", "system", "user", "assistant", "tool", "function"]
    """Who spoke."""
    content: str | None
    """What was said, where it was a string."""
    content_parts: list[StoredTextPart | StoredImagePart] | None = None
    """What was said, where it was in parts."""
    name: str | UnsetType = UNSET
    """The participant's name."""
    refusal: str | None = None
    """How the assistant refused."""
    annotations: list[Annotation] | UnsetType = UNSET
    """What the assistant cited."""
    audio: Audio | UnsetType | None = UNSET
    """What the assistant spoke."""
    tool_calls: list[FunctionToolCall | CustomToolCall] | UnsetType = UNSET
    """What the assistant called."""
    function_call: CalledFunction | UnsetType = UNSET
    """Deprecated: what the assistant called."""
    tool_call_id: str | UnsetType = UNSET
    """The call that a tool answered."""


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
