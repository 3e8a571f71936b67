"""JSON Schema's keywords: which of them are enforced, which only annotate, and what each takes for a value.

Judges one keyword with its value at a time. Knows neither what other keywords stand beside it, nor where it is.
"""

from collections.abc import Callable
from typing import Any

from antiphon.constraint.numbers import find_multiple_fault
from antiphon.constraint.pattern import find_pattern_fault
from antiphon.constraint.values import (
    judge_const,
    judge_count,
    judge_enum,
    judge_lower,
    judge_required,
    judge_type,
    judge_upper,
)

Judge = Callable[[Any], str | None]
"""Why a value is none for a keyword; goes on from 'Invalid schema at …: '."""

MOST_PATTERNS = 50

ANNOTATIONS = frozenset({
    "title", "description", "default", "examples", "example", "$comment", "$schema", "$id", "id", "$anchor",
    "$dynamicAnchor", "deprecated", "readOnly", "writeOnly", "contentMediaType", "contentEncoding", "contentSchema",
    "discriminator", "xml", "externalDocs",
})  # fmt: skip
UNENFORCED = frozenset({
    "not", "if", "then", "else", "contains", "minContains", "maxContains", "dependentRequired", "dependentSchemas",
    "dependencies", "$dynamicRef", "$recursiveRef", "$recursiveAnchor", "$vocabulary",
})  # fmt: skip


def judge(keyword: str, value: Any) -> str | None:
    """Why this keyword, or its value, cannot be taken."""
    if keyword in JUDGES:
        return JUDGES[keyword](value)
    if keyword in ANNOTATIONS or keyword.startswith("x-"):
        return None
    if keyword in UNENFORCED:
        return "cannot be enforced while an answer is written; leave it out"
    return "an unknown keyword; leave it out, or let its name begin with 'x-'"


def judge_pattern(value: Any) -> str | None:
    """A regular expression."""
    return find_pattern_fault(value) if isinstance(value, str) else "must be a string"


def judge_pattern_properties(value: Any) -> str | None:
    """Regular expressions of names."""
    if not isinstance(value, dict):
        return "must be an object"
    if len(value) > MOST_PATTERNS:
        return f"has more than {MOST_PATTERNS} patterns"
    return next((f"'{name}': {reason}" for name in value if (reason := find_pattern_fault(name)) is not None), None)


def judge_map(value: Any) -> str | None:
    """Subschemas by their names."""
    return None if isinstance(value, dict) else "must be an object"


def judge_list(value: Any) -> str | None:
    """Subschemas in an array."""
    return None if isinstance(value, list) and value else "must be an array of at least one schema"


def judge_string(value: Any) -> str | None:
    """Any text."""
    return None if isinstance(value, str) else "must be a string"


def judge_boolean(value: Any) -> str | None:
    """Yes or no."""
    return None if isinstance(value, bool) else "must be a boolean"


def judge_nothing(value: Any) -> str | None:
    """A schema that lets everything pass, or is told by the walk to be none."""
    return None


def judge_unique(value: Any) -> str | None:
    """Whether items differ, which a grammar cannot hold to."""
    return "cannot be enforced while an answer is written; leave it out" if value is True else judge_boolean(value)


def judge_unevaluated(value: Any) -> str | None:
    """What other subschemas have not looked at."""
    return None if value is True or value == {} else "cannot be enforced while an answer is written; leave it out"


def judge_names(value: Any) -> str | None:
    """A schema of names, which are strings anyway."""
    if value is True or (isinstance(value, dict) and value.get("type", "string") == "string"):
        return None if value is True or set(value) - ANNOTATIONS <= {"type"} else NAMES
    return NAMES


NAMES = "cannot be enforced while an answer is written; use 'patternProperties' with 'additionalProperties' false"
JUDGES: dict[str, Judge] = {
    "type": judge_type, "enum": judge_enum, "const": judge_const, "format": judge_string, "pattern": judge_pattern,
    "$ref": judge_string, "nullable": judge_boolean, "required": judge_required, "multipleOf": find_multiple_fault,
    "minimum": judge_lower, "exclusiveMinimum": judge_lower, "maximum": judge_upper, "exclusiveMaximum": judge_upper,
    "minLength": judge_count, "maxLength": judge_count, "minItems": judge_count, "maxItems": judge_count,
    "minProperties": judge_count, "maxProperties": judge_count, "items": judge_nothing,
    "additionalItems": judge_nothing, "additionalProperties": judge_nothing, "uniqueItems": judge_unique,
    "unevaluatedItems": judge_unevaluated, "unevaluatedProperties": judge_unevaluated, "propertyNames": judge_names,
    "properties": judge_map, "$defs": judge_map, "definitions": judge_map,
    "patternProperties": judge_pattern_properties, "anyOf": judge_list, "oneOf": judge_list, "allOf": judge_list,
    "prefixItems": judge_list,
}  # fmt: skip
