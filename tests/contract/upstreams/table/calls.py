"""Faults of tool calls, and of what was to be enforced."""

from typing import Any

from tests.contract.upstreams.chunks import argued, called, choice, counted, finished, frame, role, said
from tests.contract.upstreams.faults import Stream
from tests.contract.upstreams.floods import Endless
from tests.contract.upstreams.table.row import Row

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


def function(name: str, **fields: Any) -> dict[str, Any]:
    """A tool."""
    return {"type": "function", "function": {"name": name, "parameters": CITY, **fields}}


TOOLS = {"tools": [function("get_weather"), function("get_time")]}
STRICT = {"tools": [function("get_weather", strict=True)]}
SCHEMA = {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": CITY, "strict": True}}}
END = (finished("tool_calls"), counted())
CUSTOM = {"tools": [{"type": "custom", "custom": {"name": "note"}}]}
OSLO = (called("get_weather"), argued('{"city": "Oslo"}'))
WRONG = {
    "a call without a name": (called(None, '{"a"'), argued(": 1}")),
    "a call with an empty name": (called("", "{}"),),
    "arguments without a call": (argued("{}"),),
    "a name that is a number": (called(7),),
    "arguments that are an object": (called("get_weather", {"city": "Oslo"}),),
    "an index that is a text": (called("get_weather", "{}", "0"),),
    "a negative index": (called("get_weather", "{}", -1),),
    "a call that is not an object": (choice({"tool_calls": ["get_weather"]}),),
}
LATER = {
    "a call that goes on after the next": (*OSLO, called("get_time", "{}", 1), argued("}")),
    "a second call without a name": (*OSLO, argued("{}", 1)),
    "the same call again": (*OSLO, called("get_time", "{}", 1), called("get_weather", "{}", 0)),
}
UNWRAPPED = {
    "another field": '{"text": "hi"}',
    "one field more": '{"input": "hi", "more": 1}',
    "a number": '{"input": 1}',
    "no object": '"hi"',
    "no JSON": "hi",
    "half of it": '{"input": "h',
    "a bad escape": '{"input": "\\q"}',
    "half an escape": '{"input": "\\u12"}',
    "two": '{"input": "a"}{"input": "b"}',
    "nothing": "",
}
"""What a custom tool is given by the function that stands for it."""
BROKEN: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "a name that was not given": ((called("rm_rf", "{}"), *END), TOOLS),
    "a tool that is not allowed": (
        (called("get_time", "{}"), *END),
        TOOLS | {"tool_choice": {"type": "function", "function": {"name": "get_weather"}}},
    ),
    "a call where none may be": ((*OSLO, *END), TOOLS | {"tool_choice": "none"}),
    "a call where there are no tools": ((*OSLO, *END), {}),
    "no call where one must be": ((finished(), counted()), TOOLS | {"tool_choice": "required"}),
}
BROKEN_LATER: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "two calls where one may be": (
        (*OSLO, called("get_time", "{}", 1), *END), TOOLS | {"parallel_tool_calls": False}, "",
    ),
    "arguments against a strict schema": ((called("get_weather"), argued('{"town": 1}'), *END), STRICT, ""),
    "arguments that are no JSON, though strict": ((called("get_weather"), argued('{"city'), *END), STRICT, ""),
    "a text in place of the call that must be": (
        (said("Hel"), finished(), counted()), TOOLS | {"tool_choice": "required"}, "Hel",
    ),
    "a text that is no JSON": ((said("Hel"), finished(), counted()), SCHEMA, "Hel"),
    "JSON against the schema": ((said('{"town": 1}'), finished(), counted()), SCHEMA, '{"town": 1}'),
    "a text that is no object": (
        (said("[1]"), finished(), counted()), {"response_format": {"type": "json_object"}}, "[1]",
    ),
}  # fmt: skip


def rows() -> dict[str, Row]:
    """By their names."""
    table = {name: Row(behaviour=Stream(role(), *pieces, *END), fields=TOOLS) for name, pieces in WRONG.items()} | {
        name: Row(behaviour=Stream(role(), *pieces, *END), again=False, said="", fields=TOOLS)
        for name, pieces in LATER.items()
    }
    table |= {
        f"a custom tool's input: {name}": Row(
            behaviour=Stream(role(), called("note"), argued(text), *END), again=False, said="", fields=CUSTOM
        )
        for name, text in UNWRAPPED.items()
    }
    table |= {
        name: Row(
            behaviour=Stream(role(), *pieces),
            code="constraint_broken",
            counted="constraint",
            again=False,
            fields=fields,
        )
        for name, (pieces, fields) in BROKEN.items()
    }
    table |= {
        name: Row(
            behaviour=Stream(role(), *pieces),
            code="constraint_broken",
            counted="constraint",
            again=False,
            fields=fields,
            said=text,
        )
        for name, (pieces, fields, text) in BROKEN_LATER.items()
    }
    return table | {
        "arguments without an end": Row(
            behaviour=Endless(frame(argued("x" * 60_000)), (role(), called("get_weather"))),
            counted="too_much", again=False, said="", fields=TOOLS,
        ),
        "calls without an end": Row(
            behaviour=Stream(role(), *(called("get_weather", "{}", number) for number in range(2000)), *END),
            counted="too_much", again=False, said="", fields=TOOLS,
        ),
    }  # fmt: skip
