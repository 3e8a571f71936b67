"""Calls as one JSON array, for upstreams that can hold an answer to a schema and know no calls. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from antiphon.constraint.schema import build_schema as build_root
from antiphon.dialect.conversation import Tool
from antiphon.dialect.grammar.schema import refers
from antiphon.dialect.grammar.turn import MOST_CALLS
from antiphon.engine.remote.answer.unwrapping import SCHEMA

Schema = dict[str, Any]
NOTHING: Schema = {"type": "object", "properties": {}}


def build_schema(tools: Sequence[Tool], names: Mapping[str, str], *, parallel: bool) -> Schema:
    """Of an array of calls. names: of the functions that stand for custom tools."""
    definitions: Schema = {}
    options = [
        build_call(names[tool.name], SCHEMA)
        if tool.kind == "custom"
        else build_call(tool.name, nest(tool.parameters or NOTHING, f"tool{number}", definitions))
        for number, tool in enumerate(tools)
    ]
    schema: Schema = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_CALLS if parallel else 1,
        "items": {"anyOf": options} if len(options) > 1 else options[0],
    }
    return {**schema, "$defs": definitions} if definitions else schema


def build_call(name: str, arguments: Schema) -> Schema:
    """Of one call of a function."""
    return {
        "type": "object",
        "properties": {"name": {"const": name}, "arguments": arguments},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }


def nest(schema: Schema, prefix: str, definitions: Schema) -> Schema:
    """The schema for use within another, among whose definitions it stands with its own."""
    built = build_root(schema, lenient=True)
    built.pop("x-guidance")
    if not refers(built):
        return built
    definitions[prefix] = redirect(built, prefix)
    return {"$ref": f"#/$defs/{prefix}"}


def redirect(value: Any, prefix: str) -> Any:
    """With references to where it stands now."""
    if isinstance(value, list):
        return [redirect(inner, prefix) for inner in value]
    if not isinstance(value, dict):
        return value
    return {key: redirect_under(key, inner, prefix) for key, inner in value.items()}


def redirect_under(key: str, inner: Any, prefix: str) -> Any:
    """The same for what stands under a keyword. Values that are compared are no schemas."""
    if key == "$ref" and isinstance(inner, str):
        return f"#/$defs/{prefix}{inner[1:]}"
    return inner if key in ("enum", "const") else redirect(inner, prefix)
