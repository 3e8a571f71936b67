"""The tools that tests offer, and what a valid call of each is."""

import json
import re
from typing import Any

import jsonschema_rs

from tests.model.ask import Call, Choice

Fields = dict[str, Any]
ASKED = "What is the weather in Paris and Rome?"
CITY: Fields = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 12}},
    "required": ["city"],
    "additionalProperties": False,
}
ZONE: Fields = {
    "type": "object",
    "properties": {"zone": {"type": "string", "enum": ["UTC", "CET"]}},
    "required": ["zone"],
}
SUM = 'start: term SIGN term\nterm: NUMBER\nNUMBER: /[0-9]{1,3}/\nSIGN: " + " | " * "\n'
IS_SUM = re.compile(r"[0-9]{1,3} [+*] [0-9]{1,3}")
DATE = r"^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


def function(name: str, parameters: Fields | None = None, **more: Any) -> Fields:
    """A function tool."""
    given = {} if parameters is None else {"parameters": parameters}
    return {"type": "function", "function": {"name": name, **given, **more}}


def custom(name: str, syntax: str | None = None, definition: str = "") -> Fields:
    """A custom tool."""
    grammar = {"type": "grammar", "grammar": {"syntax": syntax, "definition": definition}}
    return {"type": "custom", "custom": {"name": name, **({"format": grammar} if syntax else {})}}


WEATHER, TIME, HALT = function("weather", CITY, strict=True), function("time", ZONE), function("halt")
NOTE, CALCULATE, DAY = custom("note"), custom("calculate", "lark", SUM), custom("day", "regex", DATE)
FUNCTIONS = [{"name": "weather", "parameters": CITY}, TIME["function"]]


def name_of(tool: Fields) -> str:
    """By which it is called."""
    name: str = tool[tool["type"]]["name"]
    return name


def one(tool: Fields) -> Fields:
    """The choice of one tool by name."""
    return {"type": tool["type"], tool["type"]: {"name": name_of(tool)}}


def some(mode: str, *tools: Fields) -> Fields:
    """The choice among some."""
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": list(map(one, tools))}}


def is_valid(call: Call) -> bool:
    """Whether a finished call is one of those that were offered, with arguments or an input as they must be."""
    match call.name:
        case "calculate":
            return call.kind == "custom" and bool(IS_SUM.fullmatch(call.text))
        case "day":
            return call.kind == "custom" and bool(re.fullmatch(DATE, call.text))
        case "note":
            return call.kind == "custom" and "</tool_input>" not in call.text
    schema = {"weather": CITY, "time": ZONE, "halt": {"maxProperties": 0}}[call.name]
    return call.kind in ("function", "") and is_of(schema, call.text)


def is_of(schema: Fields, text: str) -> bool:
    """Whether a text is a JSON object of a schema."""
    return jsonschema_rs.Draft202012Validator({"type": "object", **schema}).is_valid(json.loads(text))


def check(choice: Choice, allowed: set[str]) -> None:
    """Only what is allowed was called, and all of it is valid, but for the last call of a choice that was cut."""
    assert {call.name for call in choice.calls} <= allowed
    finished = choice.calls[:-1] if choice.finish == "length" else choice.calls
    assert all(map(is_valid, finished)), choice.called
    assert "<tool_call>" not in choice.text and "<tool_input" not in choice.text
