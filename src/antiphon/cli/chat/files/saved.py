"""Conversations as files: a request body in JSON, which says everything, or Markdown, which is for reading.

Beyond the API's own fields an answer that is not whole has `cut`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from msgspec import Struct

from antiphon.cli.chat.conversation import Conversation, Turn
from antiphon.cli.chat.refused import Refused
from antiphon.cli.chat.sampling import KINDS, Value


@dataclass(frozen=True, slots=True)
class Saved:
    """model: empty where none is said."""

    conversation: Conversation = field(default_factory=Conversation)
    model: str = ""
    settings: Mapping[str, Value] = field(default_factory=dict)


class TextPart(Struct, tag="text"):
    """A part that is text."""

    text: str


class ImageAddress(Struct):
    """Where an image is."""

    url: str


class ImagePart(Struct, tag="image_url"):
    """A part that is an image."""

    image_url: ImageAddress


class Message(Struct):
    """Any that a conversation can have."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart | ImagePart] | None = None
    reasoning_content: str = ""
    cut: bool = False

    def texts(self) -> str:
        """Its text without its images."""
        if not isinstance(self.content, list):
            return self.content or ""
        return "\n".join(part.text for part in self.content if isinstance(part, TextPart))

    def to_turn(self) -> Turn:
        """As the history has it."""
        if self.role == "assistant":
            return Turn("assistant", self.texts(), (), self.reasoning_content, self.cut)
        parts = self.content if isinstance(self.content, list) else []
        return Turn("user", self.texts(), tuple(part.image_url.url for part in parts if isinstance(part, ImagePart)))


class Body(Struct):
    """The part of a request body that is kept, but for settings."""

    messages: list[Message]
    model: str | None = None


def render_saved(saved: Saved) -> str:
    """As JSON."""
    first = [{"role": "system", "content": saved.conversation.system}] if saved.conversation.system else []
    body = {
        "model": saved.model,
        "messages": [*first, *map(render_turn, saved.conversation.turns)],
        **saved.settings,
    }
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n"


def render_turn(turn: Turn) -> dict[str, Any]:
    """A message and what else is known of it."""
    more = {"reasoning_content": turn.reasoning, "cut": turn.cut}
    return {**turn.to_message(), **{name: value for name, value in more.items() if value}}


def parse_saved(text: str | bytes) -> Saved:
    """From JSON: what `render_saved` wrote, and any other request body with such messages. Raises `Refused`."""
    try:
        fields = msgspec.json.decode(text)
        body = msgspec.convert(fields, Body)
        settings = {
            name: msgspec.convert(fields[name], kind) for name, kind in KINDS.items() if fields.get(name) is not None
        }
    except msgspec.DecodeError as error:
        raise Refused(f"It holds no conversation: {str(error).rstrip('.')}.") from None
    first = body.messages[:1] if body.messages and body.messages[0].role in ("system", "developer") else []
    rest = body.messages[len(first) :]
    if any(message.role in ("system", "developer") for message in rest):
        raise Refused("It holds no conversation: instructions stand between its messages.")
    system = "".join(message.texts() for message in first)
    turns = tuple(message.to_turn() for message in rest)
    return Saved(Conversation(turns, system), body.model or "", settings)


def render_markdown(saved: Saved) -> str:
    """For reading."""
    return "\n\n".join(blocks_of(saved)) + "\n"


def blocks_of(saved: Saved) -> Iterator[str]:
    """Headings and texts."""
    if saved.conversation.system:
        yield from ("## Instructions", saved.conversation.system)
    for turn in saved.conversation.turns:
        yield "## You" if turn.role == "user" else "## Answer"
        yield turn.text
        yield from (["*(cut)*"] if turn.cut else [])
        yield from (f"![]({address})" for address in turn.images)
