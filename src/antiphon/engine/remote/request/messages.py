"""A conversation's turns as messages of a request to an upstream, whose template is not known. Pure.

What hardly any template refuses is sent: instructions first, names in the text. `plainer` is for a history that an
upstream refuses all the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from antiphon.dialect.arguments import parse_object
from antiphon.dialect.conversation import ToolCall, Turn
from antiphon.dialect.families import GENERIC
from antiphon.dialect.instruction import with_instruction
from antiphon.dialect.normalize import normalize
from antiphon.dialect.traits import PLAIN, Traits
from antiphon.engine.remote.answer.unwrapping import FIELD

Message = dict[str, Any]
NATIVE = Traits(system="first", call_content="null", arguments="text", strays=False, form=GENERIC.name)
TAUGHT = Traits(system="first", calls="none", results="none", strays=False, form=GENERIC.name)
PLAINER = Traits(**{field: getattr(PLAIN, field) for field in PLAIN.__struct_fields__} | {"system": "first"})


def write_messages(turns: Sequence[Turn], lesson: str, traits: Traits) -> list[Message]:
    """lesson: what the instructions say last."""
    taught = with_instruction(tuple(turns), lesson, "") if lesson else turns
    return normalize(list(map(fit, taught)) if traits.calls == "many" else taught, traits)


def fit(turn: Turn) -> Turn:
    """With arguments that every template can read: some upstreams fail on those that are no object."""
    if not turn.tool_calls:
        return turn
    return replace(turn, tool_calls=tuple(map(fit_call, turn.tool_calls)))


def fit_call(call: ToolCall) -> ToolCall:
    """A call of a function, also where a custom tool was called."""
    if call.kind == "custom":
        return ToolCall(call.id, call.name, json.dumps({FIELD: call.arguments}, ensure_ascii=False))
    if parse_object(call.arguments) is None:
        return ToolCall(call.id, call.name, json.dumps({"arguments": call.arguments}, ensure_ascii=False))
    return call if call.arguments.strip() else replace(call, arguments="{}")


def rename(turns: Sequence[Turn], names: Mapping[str, str]) -> tuple[Turn, ...]:
    """With past calls of custom tools by the names of the functions that stand for them."""
    if not names:
        return tuple(turns)
    return tuple(
        replace(turn, tool_calls=tuple(replace(call, name=renamed(call, names)) for call in turn.tool_calls))
        if turn.tool_calls
        else turn
        for turn in turns
    )


def renamed(call: ToolCall, names: Mapping[str, str]) -> str:
    """The name that a call goes by."""
    return names.get(call.name, call.name) if call.kind == "custom" else call.name


def write_verbatim(turns: Sequence[Turn], lesson: str) -> Iterator[Message]:
    """As OpenAI's own API takes them."""
    for turn in with_instruction(tuple(turns), lesson, "") if lesson else turns:
        message: Message = {"role": turn.role, "content": turn.text if turn.text or not turn.tool_calls else None}
        if turn.role == "tool":
            message["tool_call_id"] = turn.tool_call_id or ""
        elif turn.name is not None:
            message["name"] = turn.name
        if turn.tool_calls:
            message["tool_calls"] = list(map(write_call, turn.tool_calls))
        yield message


def write_call(call: ToolCall) -> Message:
    """A past call, of either kind."""
    if call.kind == "custom":
        return {"id": call.id, "type": "custom", "custom": {"name": call.name, "input": call.arguments}}
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
