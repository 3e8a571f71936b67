"""What `strict` allows: the subset of JSON Schema that OpenAI documents for structured outputs.

There, objects say all of their properties and require each, so that a model cannot leave anything out. Expects
values that are of their keyword's form; what is wrong in any schema is found elsewhere.
"""

from collections.abc import Iterator
from typing import Any

from antiphon.constraint.faults.agreement import Finding
from antiphon.constraint.faults.keywords import ANNOTATIONS
from antiphon.constraint.formats import STRICT_FORMATS
from antiphon.constraint.values import types_of

ALLOWED = ANNOTATIONS | {
    "type", "enum", "const", "anyOf", "$ref", "$defs", "definitions", "properties", "required",
    "additionalProperties", "items", "minItems", "maxItems", "pattern", "format", "minLength", "maxLength", "minimum",
    "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
}  # fmt: skip
SAYING = ("type", "enum", "const", "anyOf", "$ref")
"""Of these a schema needs one, or anything would pass."""
INSTEAD = {"oneOf": "; use 'anyOf'", "nullable": "; use the type 'null'"}


def judge_strict(keyword: str) -> str | None:
    """Why a keyword is not allowed where any schema may have it."""
    if keyword in ALLOWED or keyword.startswith("x-"):
        return None
    return f"not allowed with 'strict'{INSTEAD.get(keyword, '')}"


def find_laxness(schema: dict[str, Any], *, root: bool) -> Iterator[Finding]:
    """What is missing for `strict`."""
    types = types_of(schema)
    if root:
        yield from check_root(schema)
    if not any(keyword in schema for keyword in SAYING):
        yield "type", f"with 'strict', one of {', '.join(SAYING)} must be given"
    if (types and "object" in types) or "properties" in schema:
        yield from check_object(schema, types)
    if isinstance(schema.get("items"), list) or (types and "array" in types and "items" not in schema):
        yield "items", "with 'strict', an array must say in one schema what its items are"
    if "format" in schema and types and "string" in types and schema["format"] not in STRICT_FORMATS:
        yield "format", f"not allowed with 'strict'; known are {', '.join(sorted(STRICT_FORMATS))}"


def check_root(schema: dict[str, Any]) -> Iterator[Finding]:
    """An answer is one object."""
    if schema.get("type") != "object":
        yield "type", "with 'strict', the root must be of type 'object'"
    if "anyOf" in schema:
        yield "anyOf", "not allowed at the root with 'strict'"


def check_object(schema: dict[str, Any], types: list[str] | None) -> Iterator[Finding]:
    """All properties are listed and required."""
    if not types or "object" not in types:
        yield "type", "with 'strict', a schema with 'properties' must be of type 'object'"
    if schema.get("additionalProperties") is not False:
        yield "additionalProperties", "must be false with 'strict'"
    properties, required = schema.get("properties", {}), schema.get("required", [])
    names = set(required)
    missing = next((name for name in properties if name not in names), None)
    if missing is not None:
        yield "required", f"must name every property with 'strict'; '{missing}' is missing"
    unknown = next((name for name in required if name not in properties), None)
    if unknown is not None:
        yield "required", f"names '{unknown}', which is not one of the properties"
