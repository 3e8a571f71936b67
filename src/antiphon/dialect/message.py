"""A turn as the dictionary that templates read, and its strings run through a function.

Knows the fields that published templates share: those of OpenAI's messages, and few more.
"""

from collections.abc import Callable, Iterable
from typing import Any

from antiphon.dialect.arguments import build_arguments
from antiphon.dialect.conversation import ToolCall, Turn
from antiphon.dialect.traits import Traits

Message = dict[str, Any]
Write = Callable[[str], str]

FIXED = ("role", "type")
"""Fields whose value is a word of the format, and not a text of the request."""


def build_message(turn: Turn, traits: Traits) -> Message:
    """What the template gets of a turn that has been fitted to it."""
    message: Message = {"role": turn.role}
    thinks = turn.reasoning and traits.reasoning == "part"
    if turn.text or thinks or not turn.tool_calls:
        message["content"] = build_content(turn, traits)
    elif traits.call_content != "absent":
        message["content"] = "" if traits.call_content == "empty" else None
    if turn.name and (turn.role in traits.names or turn.role == "tool"):
        message["name"] = turn.name
    if turn.tool_call_id is not None:
        message["tool_call_id"] = turn.tool_call_id
    if turn.tool_calls:
        message["tool_calls"] = [build_call(call, traits) for call in turn.tool_calls]
    if turn.reasoning and traits.reasoning not in (None, "part"):
        message[traits.reasoning] = turn.reasoning
    return message


def build_content(turn: Turn, traits: Traits) -> str | list[dict[str, str]]:
    """The text, whole or in parts."""
    text = turn.text if turn.text.strip() or turn.tool_calls else traits.blank or turn.text
    thought = turn.reasoning if traits.reasoning == "part" else None
    if not thought and turn.role not in traits.parts:
        return text
    parts = [{"type": "text", "text": text}] if text or not thought else []
    return [{"type": "thinking", "thinking": thought}, *parts] if thought else parts


def build_call(call: ToolCall, traits: Traits) -> Message:
    """A call of a function."""
    function = {"name": call.name, "arguments": build_arguments(call, traits)}
    return {"id": call.id, "type": "function", "function": function}


def put_beside(messages: Iterable[Message]) -> list[Message]:
    """Results in the messages of the calls that they answer."""
    kept: list[Message] = []
    for message in messages:
        if message["role"] == "tool":
            response = {"name": message["name"], "response": message["content"]}
            kept[-1].setdefault("tool_responses", []).append(response)
        else:
            kept.append(message)
    return kept


def rewrite(value: Any, write: Write) -> Any:
    """A message, or what is in it, with every string that comes from the request written anew."""
    if isinstance(value, str):
        return write(value)
    if isinstance(value, list):
        return [rewrite(inner, write) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: rewrite_arguments(inner, write) if key == "arguments" else inner if key in FIXED else rewrite(inner, write)
        for key, inner in value.items()
    }


def rewrite_arguments(value: Any, write: Write) -> Any:
    """Arguments come from the request with their keys."""
    if isinstance(value, str):
        return write(value)
    if isinstance(value, list):
        return [rewrite_arguments(inner, write) for inner in value]
    if isinstance(value, dict):
        return {write(key): rewrite_arguments(inner, write) for key, inner in value.items()}
    return value


def find_texts(value: Any) -> list[str]:
    """Every string that comes from the request."""
    texts: list[str] = []

    def note(text: str) -> str:
        texts.append(text)
        return text

    rewrite(value, note)
    return texts
