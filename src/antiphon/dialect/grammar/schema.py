"""Parts of a function's schema: its properties, and each as a schema of its own. Knows no notation."""

import json
from typing import Any, NamedTuple

from antiphon.constraint.schema import build_schema
from antiphon.dialect.conversation import Tool
from antiphon.dialect.grammar.grammar import Part
from antiphon.dialect.grammar.strings import find_text

Schema = dict[str, Any]
NO_ARGUMENTS: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
ROOT = "@root"
"""Where a whole schema stands among definitions: none of theirs has such a name."""
OF_ROOT = ("$defs", "x-guidance")


class Property(NamedTuple):
    """schema: None where any value may stand."""

    name: str
    required: bool
    schema: Any


def schema_of(tool: Tool) -> Schema:
    """What the arguments of a function must be: an object with nothing else than is declared, if anything is."""
    if tool.parameters is None:
        return build_schema(NO_ARGUMENTS, lenient=False)
    schema = build_schema(tool.parameters, lenient=not tool.strict)
    if not tool.strict:
        schema["type"] = "object"
        if schema.get("properties") and not {"anyOf", "allOf", "oneOf", "$ref", "patternProperties"} & schema.keys():
            schema.setdefault("additionalProperties", False)
    return schema


def part_of(tool: Tool, name: str, schema: Schema) -> Part:
    """The schema as a part of the grammar."""
    return Part(name, "json", json.dumps(schema, ensure_ascii=False), tool.place, not tool.strict)


def properties_of(schema: Schema) -> list[Property] | None:
    """In their order; None where the schema does not say which there are."""
    properties = schema.get("properties")
    if not isinstance(properties, dict) or (not properties and schema.get("additionalProperties") is not False):
        return None
    required = schema.get("required", [])
    return [Property(name, name in required, inner) for name, inner in properties.items()]


def inner_schema(root: Schema, schema: Any) -> Schema:
    """A schema from within another, standing alone: what its references mean stays what it was."""
    inner = schema if isinstance(schema, dict) else {}
    guidance = {"x-guidance": root.get("x-guidance", {})}
    if not refers(inner):
        return {**inner, **guidance}
    definitions = {**root.get("$defs", {}), ROOT: {key: value for key, value in root.items() if key not in OF_ROOT}}
    return {**redirect(inner), "$defs": redirect(definitions), **guidance}


def refers(value: Any) -> bool:
    """Whether a schema has a reference in it."""
    if isinstance(value, list):
        return any(map(refers, value))
    return isinstance(value, dict) and ("$ref" in value or any(map(refers, value.values())))


def redirect(value: Any) -> Any:
    """With references to the root as such to where it is now."""
    if isinstance(value, list):
        return [redirect(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: f"#/$defs/{ROOT}" if (key, inner) == ("$ref", "#") else redirect(inner) for key, inner in value.items()
    }


def string_parameters(tool: Tool, ends: str) -> dict[str, bool]:
    """The arguments that are strings, which stand without quotes in some notations, and whether they may be null."""
    texts = ((given.name, find_text(given.schema, ends)) for given in properties_of(schema_of(tool)) or ())
    return {name: text.nullable for name, text in texts if text}


def response_schema(schema: Schema | None) -> Schema:
    """What a response format asks for; any object where it has no schema."""
    return build_schema({"type": "object"} if schema is None else schema, lenient=False)
