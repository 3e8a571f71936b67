"""The arguments of a call, as the object that most templates want, or as text.

What a model wrote may be no object, or none that would come through unchanged. Then it stays the
string that it is.
"""

import json
from typing import Any

from antiphon.dialect.conversation import ToolCall
from antiphon.dialect.traits import Traits

DEEPEST = 50
"""What is nested deeper stays text: templates walk through objects recursively."""


def build_arguments(call: ToolCall, traits: Traits) -> dict[str, Any] | str:
    """The arguments as an object or as JSON; as the string they are where they are no object."""
    parsed = parse_object(call.arguments)
    if traits.arguments == "object":
        if parsed is not None:
            return parsed
        return call.arguments if traits.raw else {"arguments": call.arguments}
    return call.arguments if call.arguments.strip() else "{}"


def parse_object(text: str) -> dict[str, Any] | None:
    """The JSON object that this is, or None when it is none or would not come through unchanged."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=refuse, parse_float=finite)
        check(value, DEEPEST)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless a key occurs twice, of which a dictionary would keep one."""
    if len(made := dict(pairs)) < len(pairs):
        raise ValueError
    return made


def refuse(word: str) -> float:
    """NaN and Infinity are not JSON."""
    raise ValueError(word)


def finite(digits: str) -> float:
    """A number, unless it is too large to be one."""
    if (value := float(digits)) in (float("inf"), float("-inf")):
        raise ValueError(digits)
    return value


def check(value: Any, depth: int) -> None:
    """Raises `ValueError` for what is nested too deeply or cannot be encoded, such as half a surrogate pair."""
    if not depth:
        raise ValueError
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for key, inner in value.items():
            key.encode()
            check(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth - 1)
