"""Calls as one JSON array, for upstreams that can hold an answer to a schema and know no calls. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from antiphon.dialect.conversation import Tool
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
    """The schema for use within another, and its definitions among the other's: what it refers to stays the same."""
    inner = {key: value for key, value in schema.items() if key not in ("$defs", "definitions")}
    for place in ("$defs", "definitions"):
        for name, definition in (schema.get(place) or {}).items():
            definitions[f"{prefix}_{name}"] = redirect(definition, prefix)
    if not refers_to_root(schema):
        return {key: redirect(value, prefix) for key, value in inner.items()}
    definitions[prefix] = redirect(inner, prefix)
    return {"$ref": f"#/$defs/{prefix}"}


def refers_to_root(value: Any) -> bool:
    """Whether a schema is a part of itself."""
    if isinstance(value, list):
        return any(map(refers_to_root, value))
    return isinstance(value, dict) and (value.get("$ref") == "#" or any(map(refers_to_root, value.values())))


def redirect(value: Any, prefix: str) -> Any:
    """With references to where definitions are now."""
    if isinstance(value, list):
        return [redirect(inner, prefix) for inner in value]
    if not isinstance(value, dict):
        return value
    return {key: renamed(inner, prefix) if key == "$ref" else redirect(inner, prefix) for key, inner in value.items()}


def renamed(reference: Any, prefix: str) -> Any:
    """A reference, if it is one."""
    if reference == "#":
        return f"#/$defs/{prefix}"
    for place in ("#/$defs/", "#/definitions/"):
        if isinstance(reference, str) and reference.startswith(place):
            return f"#/$defs/{prefix}_{reference.removeprefix(place)}"
    return redirect(reference, prefix)
