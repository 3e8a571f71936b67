"""Single keywords as they go to the grammar engine: exact where the engine is not, and left out where it would fail.

Each rule writes into the schema that is being built. Values that are not of their keyword's form are dropped, so that
these rules take any schema that is within bounds.
"""

from collections.abc import Callable
from typing import Any

from antiphon.constraint.formats import FORMATS
from antiphon.constraint.numbers import find_multiple_fault, is_number, narrow_bounds
from antiphon.constraint.pattern import find_pattern_fault, translate_pattern
from antiphon.constraint.values import LARGEST_COUNT, TYPES, has_too_many_choices, judge_const, read_count

Schema = dict[str, Any]
Rule = Callable[[Schema, Any, Schema], None]
"""Writes a keyword's value of the first schema into the last."""


def write_type(schema: Schema, value: Any, built: Schema) -> None:
    """The types, with OpenAPI's `nullable` as the type it means."""
    if isinstance(value, str) and value in TYPES and "nullable" not in schema:
        built["type"] = value
        return
    named = value if isinstance(value, list) else [value]
    types = [name for name in named if isinstance(name, str) and name in TYPES]
    if schema.get("nullable") is True and types and "null" not in types:
        types.append("null")
    if types:
        built["type"] = types[0] if len(types) == 1 else types


def write_enum(schema: Schema, value: Any, built: Schema) -> None:
    """Values, without those that no answer can have."""
    values = [item for item in value if judge_const(item) is None] if isinstance(value, list) else []
    if values:
        built["enum"] = values


def write_const(schema: Schema, value: Any, built: Schema) -> None:
    """A value, if an answer can have it."""
    if judge_const(value) is None:
        built["const"] = value


def write_required(schema: Schema, value: Any, built: Schema) -> None:
    """Names."""
    if isinstance(value, list):
        built["required"] = list(dict.fromkeys(name for name in value if isinstance(name, str)))


def write_multiple(schema: Schema, value: Any, built: Schema) -> None:
    """A step."""
    if find_multiple_fault(value) is None:
        built["multipleOf"] = value


def write_pattern(schema: Schema, value: Any, built: Schema) -> None:
    """A pattern, in the engine's dialect."""
    if isinstance(value, str) and find_pattern_fault(value) is None:
        add_pattern(built, translate_pattern(value))


def write_format(schema: Schema, value: Any, built: Schema) -> None:
    """A format, or the pattern that is exact where the engine's format is not."""
    rule = FORMATS.get(value) if isinstance(value, str) else None
    types = schema.get("type", "string")
    if rule is None or (isinstance(types, list | str) and "string" not in types):
        return
    if rule.pattern is None:
        built["format"] = value
    else:
        add_pattern(built, rule.pattern)
    if rule.longest is not None:
        built["maxLength"] = min(built.get("maxLength", rule.longest), rule.longest)


def add_pattern(built: Schema, pattern: str) -> None:
    """A pattern beside others, all of which must match."""
    if "pattern" in built:
        add_all_of(built, {"pattern": pattern})
    else:
        built["pattern"] = pattern


def add_all_of(built: Schema, schema: Schema | bool) -> None:
    """One more schema that must hold."""
    built["allOf"] = [*built.get("allOf", []), schema]


def bound(keyword: str) -> Rule:
    """The rule of a bound of numbers."""

    def write(schema: Schema, value: Any, built: Schema) -> None:
        if is_number(value):
            narrow_bounds(built, keyword, value, whole=schema.get("type") == "integer")

    return write


def count(keyword: str) -> Rule:
    """The rule of a number of characters, items or properties."""

    def write(schema: Schema, value: Any, built: Schema) -> None:
        number = read_count(value)
        if number is None or number > LARGEST_COUNT:
            return
        if not keyword.endswith("Properties") or not has_too_many_choices(schema):
            built[keyword] = min(number, built.get(keyword, number)) if keyword.startswith("max") else number

    return write


RULES: dict[str, Rule] = {
    "type": write_type, "enum": write_enum, "const": write_const, "required": write_required,
    "multipleOf": write_multiple, "pattern": write_pattern, "format": write_format,
    **{name: bound(name) for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")},
    **{name: count(name) for name in (
        "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
    )},
}  # fmt: skip
