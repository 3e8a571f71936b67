"""The six kinds of message that a conversation is made of."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field

from antiphon.schema.base import FunctionName, Incoming, ParticipantName
from antiphon.schema.request.parts import MAX_PARTS, AssistantPart, TextContent, UserPart
from antiphon.schema.request.tools import PastCall, PastFunction


class DeveloperMessage(Incoming):
    """Instructions that the model follows whatever users say; takes the place of `system` in newer clients."""

    role: Literal["developer"]
    """Always `developer`."""
    content: TextContent
    """The instructions."""
    name: ParticipantName | None = None
    """Tells participants of one role apart."""


class SystemMessage(Incoming):
    """Instructions that the model follows whatever users say."""

    role: Literal["system"]
    """Always `system`."""
    content: TextContent
    """The instructions."""
    name: ParticipantName | None = None
    """Tells participants of one role apart."""


class UserMessage(Incoming):
    """What an end user said."""

    role: Literal["user"]
    """Always `user`."""
    content: str | Annotated[list[UserPart], Field(min_length=1, max_length=MAX_PARTS)]
    """What was said, as text or in parts."""
    name: ParticipantName | None = None
    """Tells participants of one role apart."""


class PastAudio(Incoming):
    """A spoken answer given before. An answer's own object may be given back whole; only the id counts."""

    id: str
    """The id that the answer had."""
    data: str | None = None
    """Not looked at."""
    expires_at: int | None = None
    """Not looked at."""
    transcript: str | None = None
    """Not looked at."""
    unspoken: str | None = None
    """Extension, of our own answers. Not looked at."""


class PastCitation(Incoming):
    """A page that an answer given before cited."""

    start_index: int
    """The first character of the citation."""
    end_index: int
    """The last character of the citation."""
    url: str
    """The page's address."""
    title: str
    """The page's title."""


class PastAnnotation(Incoming):
    """A citation in an answer given before."""

    type: Literal["url_citation"]
    """Always `url_citation`."""
    url_citation: PastCitation
    """The citation."""


class AssistantMessage(Incoming):
    """What the model said before. Takes the messages of our own answers back as they are."""

    role: Literal["assistant"]
    """Always `assistant`."""
    content: str | Annotated[list[AssistantPart], Field(min_length=1, max_length=MAX_PARTS)] | None = None
    """What it said. May be absent beside calls, a refusal or audio."""
    refusal: str | None = None
    """How it refused."""
    name: ParticipantName | None = None
    """Tells participants of one role apart."""
    tool_calls: Annotated[list[PastCall], Field(max_length=MAX_PARTS)] | None = None
    """The tools that it called."""
    function_call: PastFunction | None = None
    """Deprecated: the function that it called."""
    audio: PastAudio | None = None
    """What it spoke."""
    annotations: Annotated[list[PastAnnotation], Field(max_length=MAX_PARTS)] | None = None
    """What it cited. The text has the citations already."""
    reasoning_content: str | None = None
    """Extension: what it thought. Given back to models whose template takes it."""
    reasoning: str | None = None
    """Extension: another name for `reasoning_content`."""
    parsed: Any = None
    """The official packages put this here. Not looked at."""


class ToolMessage(Incoming):
    """The result of a tool call."""

    role: Literal["tool"]
    """Always `tool`."""
    content: TextContent
    """The result."""
    tool_call_id: str
    """The call that this answers."""


class FunctionMessage(Incoming):
    """Deprecated: the result of a function call."""

    role: Literal["function"]
    """Always `function`."""
    content: str | None
    """The result."""
    name: FunctionName
    """The function that was called."""


Message = Annotated[
    DeveloperMessage | SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage,
    Discriminator("role"),
]
