"""The values that keywords take: types, values of enums, names, counts and bounds. Says why one is none.

What answers cannot have in them is refused here, too: a model could never write it.
"""

import re
from typing import Any

from antiphon.constraint.numbers import LARGEST, find_number_fault, is_number

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
LARGEST_COUNT = 100_000
LONGEST_TEXT = 5_000
MOST_CHOICES = 2_500
"""Of properties that may be left out, times all: where their number is bounded, the grammar grows as this does."""
CONTROL = re.compile(r"[\x00-\x07\x0b\x0e-\x1f\x7f]")
"""Characters that JSON strings can only write as \\u00XX, which answers do without."""


def judge_type(value: Any) -> str | None:
    """One type, or several."""
    types = value if isinstance(value, list) else [value]
    if not types or not all(isinstance(name, str) and name in TYPES for name in types):
        return f"must be one or several of {', '.join(TYPES)}"
    return None if len(set(types)) == len(types) else "names a type twice"


def judge_enum(value: Any) -> str | None:
    """The values there are."""
    if not isinstance(value, list) or not value:
        return "must be an array of at least one value"
    return next((reason for reason in map(judge_const, value) if reason is not None), None)


def judge_const(value: Any) -> str | None:
    """A value that an answer is to have as it is."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, str) and (reason := find_text_fault(item)) is not None:
            return reason
        if is_number(item) and (reason := find_number_fault(item)) is not None:
            return reason
        if isinstance(item, dict | list):
            rest += item.values() if isinstance(item, dict) else item
    return None


def find_text_fault(text: str) -> str | None:
    """Why an answer cannot have this text in it."""
    if len(text) > LONGEST_TEXT:
        return f"a string of more than {LONGEST_TEXT} characters"
    return "control characters cannot be written" if CONTROL.search(text) else None


def judge_required(value: Any) -> str | None:
    """Names."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return "must be an array of names of properties"
    return None if len(set(value)) == len(value) else "names a property twice"


def read_count(value: Any) -> int | None:
    """A number of things, where 1.0 is 1, or None."""
    return int(value) if is_number(value) and value >= 0 and value == int(value) else None


def judge_count(value: Any) -> str | None:
    """A number of characters, items or properties."""
    if (count := read_count(value)) is None:
        return "must be a whole number, and not negative"
    return None if count <= LARGEST_COUNT else f"must be at most {LARGEST_COUNT}"


def judge_lower(value: Any) -> str | None:
    """A bound below."""
    if not is_number(value):
        return "must be a number"
    return None if value <= LARGEST else f"must be at most {LARGEST}; beyond, numbers are not exact"


def judge_upper(value: Any) -> str | None:
    """A bound above."""
    if not is_number(value):
        return "must be a number"
    return None if value >= -LARGEST else f"must be at least {-LARGEST}; beyond, numbers are not exact"


def types_of(schema: dict[str, Any]) -> list[str] | None:
    """The types that are named, or None when all are meant."""
    named = schema.get("type")
    return [named] if isinstance(named, str) else named


def has_too_many_choices(schema: dict[str, Any]) -> bool:
    """Whether a bound on the number of an object's properties would make too large a grammar."""
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict):
        return False
    needed = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
    return len(properties.keys() - needed) * len(properties) > MOST_CHOICES
