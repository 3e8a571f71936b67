"""What the script of calls is written with: a call and what must come of it, requests, and scripts for the engine."""

import json
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

MODEL = "smollm2"
Way = Literal["create", "stream", "helper", "parse", "headers", "leave", "list", "retrieve", "stored"]
"""How a package makes a call: `stream` is `create` with chunks, `helper` is `chat.completions.stream()`, `leave` goes
after the first chunk, `list` and `retrieve` ask for models, `stored` does all there is to a stored completion."""
BOTH: tuple[Way, ...] = ("create", "stream")
EVERY: tuple[Way, ...] = ("create", "stream", "helper")
EVENTS = {
    "content.delta": "delta",
    "content.done": "content",
    "refusal.delta": "delta",
    "refusal.done": "refusal",
    "tool_calls.function.arguments.delta": "arguments_delta",
    "tool_calls.function.arguments.done": "arguments",
}
"""Events of the helper by the names that both packages have, and what is read of each."""

Json = dict[str, Any]
Called = tuple[str, str, str]
"""Kind, name, arguments; the kind of a `function_call` is `deprecated`."""


@dataclass(frozen=True)
class Choice:
    """What an application reads of a choice. thoughts: what it thought. parsed: arguments that the package made objects
    of. tokens: those that have a log-probability.
    """

    content: str | None = None
    finish: str = "stop"
    _: KW_ONLY
    thoughts: str | None = None
    refusal: str | None = None
    calls: tuple[Called, ...] = ()
    parsed: tuple[Any, ...] = ()
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request, the ways to make it, and what must come in each of them; None is not looked at. usage: tokens of
    prompt and completion. fields: of the answer and each chunk. error: fields of it.
    """

    name: str
    request: Json
    ways: tuple[Way, ...]
    key: str | None
    choices: tuple[Choice, ...] | None
    usage: tuple[int, int] | None = None
    fields: Json | None = None
    events: dict[str, list[str]] | None = None
    headers: dict[str, str | None] | None = None
    models: list[str] | None = None
    kept: Json | None = None
    error: Json | None = None


def row(
    name: str, request: Json, *choices: Choice, ways: tuple[Way, ...] = BOTH, key: str | None = None, **expected: Any
) -> Call:
    """A row of the script."""
    return Call(name=name, request=request, ways=ways, key=key, choices=choices or None, **expected)


def ask(*messages: str | Json | list[Json], **fields: Any) -> Json:
    """A request: a text is a user message, and so is a list, which is a script for the engine."""
    return {"model": MODEL, "messages": [build_message(message) for message in messages], **fields}


def build_message(said: str | Json | list[Json]) -> Json:
    if isinstance(said, dict):
        return said
    return {"role": "user", "content": said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)}


def answer_to(call: str) -> Json:
    """The message that an earlier call gave, as the package has it."""
    return {"$answer": [call, "choices", 0, "message"]}


def result_for(call: str, index: int, content: str) -> Json:
    """What a tool gave, for one of the calls in an earlier answer."""
    made = {"$answer": [call, "choices", 0, "message", "tool_calls", index, "id"]}
    return {"role": "tool", "tool_call_id": made, "content": content}


def says(*pieces: str) -> list[Json]:
    return [{"event": "text", "text": piece} for piece in pieces]


def thinks(*pieces: str) -> list[Json]:
    return [{"event": "reasoning", "text": piece} for piece in pieces]


def refuses(*pieces: str) -> list[Json]:
    return [{"event": "refusal", "text": piece} for piece in pieces]


def calls(name: str, *pieces: str, kind: str = "function") -> list[Json]:
    return [{"event": "tool_call", "name": name, "kind": kind}, *({"event": "arguments", "text": p} for p in pieces)]


def schema_of(*names: str) -> Json:
    """An object with properties that are texts."""
    properties = {name: {"type": "string"} for name in names}
    return {"type": "object", "properties": properties, "required": [*names], "additionalProperties": False}


def function(name: str, *arguments: str, **fields: Any) -> Json:
    """A function with arguments that are texts."""
    return {"name": name, "description": f"Tells the {name}.", "parameters": schema_of(*arguments), **fields}


def tool(name: str, *arguments: str, **fields: Any) -> Json:
    return {"type": "function", "function": function(name, *arguments, **fields)}
