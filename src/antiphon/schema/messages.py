"""The six kinds of message a conversation is made of, with text content.

Images, audio, files and tool calls are fields and parts of the specification that are not
built yet: they are named when refused, not taken for unknown.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints

from antiphon.schema.base import Incoming, NotYet

Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s<|\\/>]+$")]


class TextPart(Incoming):
    """A piece of text in an array of content parts."""

    type: Literal["text"]
    text: str
    prompt_cache_breakpoint: Annotated[Any, NotYet()] = None


class RefusalPart(Incoming):
    """What an assistant said when it refused."""

    type: Literal["refusal"]
    refusal: str


AssistantPart = Annotated[TextPart | RefusalPart, Discriminator("type")]
TextContent = str | Annotated[list[Annotated[TextPart, Discriminator("type")]], Field(min_length=1)]


class DeveloperMessage(Incoming):
    """Instructions the model follows whatever users say; takes the place of `system` in newer clients."""

    role: Literal["developer"]
    content: TextContent
    name: Name | None = None


class SystemMessage(Incoming):
    """Instructions the model follows whatever users say."""

    role: Literal["system"]
    content: TextContent
    name: Name | None = None


class UserMessage(Incoming):
    """What an end user said."""

    role: Literal["user"]
    content: TextContent
    name: Name | None = None


class AssistantMessage(Incoming):
    """What the model said before. Takes the objects of our own answers back as they are."""

    role: Literal["assistant"]
    content: str | Annotated[list[AssistantPart], Field(min_length=1)] | None = None
    refusal: str | None = None
    name: Name | None = None
    annotations: Annotated[Any, NotYet(neutral=([],))] = None
    audio: Annotated[Any, NotYet()] = None
    tool_calls: Annotated[Any, NotYet(neutral=([],))] = None
    function_call: Annotated[Any, NotYet()] = None


class ToolMessage(Incoming):
    """The result of a tool call."""

    role: Literal["tool"]
    content: TextContent
    tool_call_id: str


class FunctionMessage(Incoming):
    """The result of a function call, in the deprecated form."""

    role: Literal["function"]
    content: str | None
    name: Name


Message = Annotated[
    DeveloperMessage | SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage,
    Discriminator("role"),
]
