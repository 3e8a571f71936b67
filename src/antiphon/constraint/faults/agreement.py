"""Keywords that stand beside each other and do not go together. Expects values that are of their keyword's form.

Only what is certain is refused. Whether schemas have anything in common (`allOf`), or nothing (`oneOf`), the
grammar engine finds when it compiles them.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

from antiphon.constraint.formats import FORMATS
from antiphon.constraint.values import MOST_CHOICES, has_too_many_choices, types_of

Finding = tuple[str, str]
"""A keyword, and why it cannot be."""

NEVER = "can never be satisfied"
NUMBERS = (
    ("minimum", "maximum"),
    ("minimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "maximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
)
COUNTS = (("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"))
PYTHON_TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}


def find_disagreements(schema: dict[str, Any]) -> Iterator[Finding]:
    """What cannot be, of keywords that are beside each other."""
    for keywords, check in CHECKS:
        if not keywords.isdisjoint(schema):
            yield from check(schema)


def check_numbers(schema: dict[str, Any]) -> Iterator[Finding]:
    """Bounds with no number between."""
    for low, high in NUMBERS:
        if low not in schema or high not in schema:
            continue
        exclusive = low == "exclusiveMinimum" or high == "exclusiveMaximum"
        if schema[low] > schema[high] or (exclusive and schema[low] == schema[high]):
            yield low, f"{NEVER} together with '{high}'"
        elif schema.get("type") == "integer" and not has_integer(low, schema[low], high, schema[high]):
            yield low, f"{NEVER} by an integer together with '{high}'"


def has_integer(low: str, least: float, high: str, most: float) -> bool:
    """Whether there is an integer between two bounds."""
    first = math.floor(least) + 1 if low == "exclusiveMinimum" else math.ceil(least)
    last = math.ceil(most) - 1 if high == "exclusiveMaximum" else math.floor(most)
    return first <= last


def check_counts(schema: dict[str, Any]) -> Iterator[Finding]:
    """At least more than at most."""
    for low, high in COUNTS:
        if low in schema and high in schema and schema[low] > schema[high]:
            yield low, f"{NEVER} together with '{high}'"


def check_values(schema: dict[str, Any]) -> Iterator[Finding]:
    """Values of which none has one of the types."""
    types = types_of(schema)
    if types is None:
        return
    for keyword in ("const", "enum"):
        if keyword not in schema:
            continue
        values = schema["enum"] if keyword == "enum" else [schema["const"]]
        if not any(is_of_type(value, name) for value in values for name in types):
            yield keyword, f"{NEVER} by type {' or '.join(types)}"


def is_of_type(value: Any, name: str) -> bool:
    """Whether a value is of one of JSON Schema's types."""
    if name in PYTHON_TYPES:
        return isinstance(value, PYTHON_TYPES[name])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return name == "number" or value == int(value)


def check_objects(schema: dict[str, Any]) -> Iterator[Finding]:
    """Names that are required but not allowed, and numbers of properties that cannot be held to."""
    required, properties = schema.get("required", []), schema.get("properties", {})
    if schema.get("additionalProperties") is False and "patternProperties" not in schema:
        missing = [name for name in required if name not in properties]
        if missing and schema.get("type") == "object":
            yield "required", f"{NEVER}: '{missing[0]}' is required, and not one of the properties"
    if len(required) > schema.get("maxProperties", math.inf):
        yield "maxProperties", f"{NEVER}: more properties are required"
    if schema.get("minProperties", 0) - len(required) > 1:
        yield "minProperties", "can be enforced only up to one more than 'required' names"
    if schema.keys() & {"minProperties", "maxProperties"} and has_too_many_choices(schema):
        yield "properties", f"too many for a bounded number of them; at most {math.isqrt(MOST_CHOICES)} may be optional"


def check_arrays(schema: dict[str, Any]) -> Iterator[Finding]:
    """Tuples as drafts before 2020-12 wrote them: `items` is a list, and `additionalItems` follow."""
    if isinstance(schema.get("items"), list):
        if "prefixItems" in schema:
            yield "items", "must be a schema beside 'prefixItems'"
        elif not schema["items"]:
            yield "items", "must be a schema, or an array of at least one"
    elif "additionalItems" in schema:
        yield "additionalItems", "means nothing unless 'items' is an array of schemas; use 'items'"


def check_annotated(schema: dict[str, Any]) -> Iterator[Finding]:
    """Formats and OpenAPI's `nullable`, which say something of certain types only."""
    types = types_of(schema)
    if "format" in schema and schema["format"] not in FORMATS and (types is None or "string" in types):
        yield "format", f"strings of this format cannot be enforced; known are {', '.join(FORMATS)}"
    if schema.get("nullable") is True and types is None:
        yield "nullable", "needs a 'type' beside it"


CHECKS: tuple[tuple[frozenset[str], Callable[[dict[str, Any]], Iterator[Finding]]], ...] = (
    (frozenset({"minimum", "exclusiveMinimum"}), check_numbers),
    (frozenset(low for low, _ in COUNTS), check_counts),
    (frozenset({"const", "enum"}), check_values),
    (frozenset({"required", "minProperties", "maxProperties"}), check_objects),
    (frozenset({"items", "additionalItems"}), check_arrays),
    (frozenset({"format", "nullable"}), check_annotated),
)
"""Each with keywords without which it has nothing to find."""
