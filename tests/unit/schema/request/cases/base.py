"""What all tables of cases are written with."""

from typing import Any

Fields = dict[str, Any]
Bad = tuple[Fields, str, str]
"""Fields laid over a good request, the code and the place of the error."""

HI: Fields = {"role": "user", "content": "Hi"}
GOOD: Fields = {"model": "m", "messages": [HI]}
HUGE = 10**400
WORD_65 = "x" * 65

MISSING, TYPE, VALUE = "missing_required_parameter", "invalid_type", "invalid_value"
UNKNOWN = "unknown_parameter"
INT_LOW, INT_HIGH = "integer_below_min_value", "integer_above_max_value"
DEC_LOW, DEC_HIGH = "decimal_below_min_value", "decimal_above_max_value"


def messages(*given: Any) -> Fields:
    """The messages of a request."""
    return {"messages": list(given)}


def user(*parts: Any) -> Fields:
    """The messages of a request: one of a user, in parts."""
    return messages({"role": "user", "content": list(parts)})


def function(name: str = "f", **more: Any) -> Fields:
    """A function tool."""
    return {"type": "function", "function": {"name": name, **more}}


def custom(name: str = "c", **more: Any) -> Fields:
    """A custom tool."""
    return {"type": "custom", "custom": {"name": name, **more}}


def call(call_id: str = "call_1", name: str = "f", arguments: str = "{}") -> Fields:
    """A past call of a function."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def custom_call(call_id: str = "call_2", name: str = "c", text: str = "x") -> Fields:
    """A past call of a custom tool."""
    return {"id": call_id, "type": "custom", "custom": {"name": name, "input": text}}
