"""What we answer with: the whole completion."""

from typing import Literal

from msgspec import UNSET, UnsetType

from antiphon.schema.outgoing import Outgoing
from antiphon.schema.response.calls import CalledFunction, CustomToolCall, FunctionToolCall
from antiphon.schema.response.logprobs import Logprobs
from antiphon.schema.response.moderation import ModerationReport
from antiphon.schema.response.usage import Usage

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "function_call"]
ServiceTier = Literal["auto", "default", "flex", "scale", "priority", "fast"]


class UrlCitation(Outgoing, frozen=True, kw_only=True):
    """A page that the answer cites."""

    start_index: int
    """The first character of the citation in the content."""
    end_index: int
    """The last character of the citation in the content."""
    url: str
    """The page's address."""
    title: str
    """The page's title."""


class Annotation(Outgoing, frozen=True, kw_only=True):
    """A citation."""

    type: Literal["url_citation"] = "url_citation"
    """Always `url_citation`."""
    url_citation: UrlCitation
    """The citation."""


class Audio(Outgoing, frozen=True, kw_only=True):
    """A spoken answer."""

    id: str
    """By which later requests can refer to it."""
    data: str
    """The recording in base64."""
    expires_at: int
    """Until when the id is known, in Unix seconds."""
    transcript: str
    """What is said."""
    unspoken: str | UnsetType = UNSET
    """Extension: characters of the transcript that the voice could not say, where there are any."""


class ResponseMessage(Outgoing, frozen=True, kw_only=True):
    """The message of a choice."""

    role: Literal["assistant"] = "assistant"
    """Always `assistant`."""
    content: str | None
    """What it says; null beside calls when it says nothing."""
    refusal: str | None
    """How it refuses."""
    reasoning_content: str | UnsetType = UNSET
    """Extension: what the model thought before it spoke, unless `--reasoning-field` says otherwise."""
    reasoning: str | UnsetType = UNSET
    """Extension: the same, with `--reasoning-field reasoning`."""
    annotations: list[Annotation]
    """What it cites."""
    tool_calls: list[FunctionToolCall | CustomToolCall] | UnsetType = UNSET
    """The tools that it calls; never an empty list."""
    function_call: CalledFunction | UnsetType = UNSET
    """Deprecated: the function that it calls, when `functions` were given."""
    audio: Audio | UnsetType | None = UNSET
    """What it speaks, when audio was asked for."""


class Choice(Outgoing, frozen=True, kw_only=True):
    """One of the `n` answers."""

    index: int
    """Which of them."""
    message: ResponseMessage
    """The answer."""
    logprobs: Logprobs | None
    """Log-probabilities of its tokens, when asked for."""
    finish_reason: FinishReason
    """`stop`: the model ended, a stop string came, or the one tool is called that the request named; `length`: a limit
    was reached; `tool_calls`: the model calls tools; `function_call`: the same in the deprecated form;
    `content_filter`: something was withheld."""


class ChatCompletion(Outgoing, frozen=True, kw_only=True):
    """A whole answer."""

    id: str
    """Begins with `chatcmpl-`; ids sort by time."""
    object: Literal["chat.completion"] = "chat.completion"
    """Always `chat.completion`."""
    created: int
    """When, in Unix seconds."""
    model: str
    """The model that answered, by its own name."""
    choices: list[Choice]
    """The `n` answers."""
    usage: Usage
    """What it cost."""
    metadata: dict[str, str] | UnsetType | None = UNSET
    """The request's own, when it had any."""
    moderation: ModerationReport | UnsetType | None = UNSET
    """What moderation found, when asked for."""
    service_tier: ServiceTier | UnsetType | None = UNSET
    """The tier that was used, when one was asked for."""
    system_fingerprint: str
    """Changes when build, model or a setting that matters does."""
