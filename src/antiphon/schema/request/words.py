"""Pydantic's errors in words: what was expected, at which JSON path, for people who never heard of Pydantic."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic_core import ErrorDetails

from antiphon.errors import InvalidRequest, UnknownParameter

EXTRA = "extra_forbidden"
TAGS = ("union_tag_invalid", "union_tag_not_found")
TYPE_NAMES = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
}
EXPECTED = {
    "string_type": "a string", "int_type": "an integer", "int_from_float": "an integer", "float_type": "a number",
    "bool_type": "a boolean", "list_type": "an array", "dict_type": "an object", "model_type": "an object",
    "model_attributes_type": "an object",
}  # fmt: skip
BOUNDS = {
    "greater_than_equal": (">=", "ge", "below_min_value"),
    "less_than_equal": ("<=", "le", "above_max_value"),
    "less_than": ("<", "lt", "above_max_value"),
}
MAX_NAME_CHARS = 100
Step = str | int


def explain(details: list[ErrorDetails], body: Any) -> InvalidRequest:
    """The one error to answer with. Unknown fields come first: they explain the others.
    Of a union that failed in every branch, the branch that got deepest knows best.
    """
    placed = [(steps_of(detail, body), detail) for detail in details]
    for steps, detail in placed:
        if detail["type"] == EXTRA:
            return describe(format_path(steps), detail)
    first = placed[0][0]
    steps, detail = max((item for item in placed if item[0][: len(first)] == first), key=rank)
    same = [other for place, other in placed if place == steps]
    expected = [EXPECTED[other["type"]] for other in same if other["type"] in EXPECTED]
    return describe(format_path(steps), detail, expected=" or ".join(dict.fromkeys(expected)))


def rank(item: tuple[list[Step], ErrorDetails]) -> tuple[int, int]:
    """How much an error knows: those deep in the body most, then those about the kind of object that was given."""
    steps, detail = item
    if detail["type"] in TAGS and isinstance(detail["input"], dict):
        return len(steps), 2
    return len(steps), int(detail["type"] not in EXPECTED)


def describe(param: str, detail: ErrorDetails, *, expected: str = "") -> InvalidRequest:
    """One of Pydantic's errors in words, with the JSON path as `param`."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == EXTRA:
        return UnknownParameter(param)
    if kind == "missing":
        return InvalidRequest(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")
    if kind in TAGS:
        return _describe_tag(param, context, value)
    if kind == "float_type" and type(value) is int:
        return InvalidRequest(
            f"Invalid '{param}': the number is too large.", param=param, code="integer_above_max_value"
        )
    if kind in EXPECTED:
        told = f"Invalid type for '{param}': expected {expected}, but got {type_name(value)} instead."
        return InvalidRequest(told, param=param, code="invalid_type")
    if kind in BOUNDS:
        return _describe_bound(param, kind, context, value)
    reason = _reason(kind, context) + (f", or {expected}" if kind == "literal_error" and expected else "")
    return InvalidRequest(f"Invalid value for '{param}': {reason}.", param=param, code="invalid_value")


def _describe_tag(param: str, context: dict[str, Any], value: Any) -> InvalidRequest:
    name = context["discriminator"].strip("'")
    place = f"{param}.{name}"
    if not isinstance(value, dict):
        told = f"Invalid type for '{param}': expected an object, but got {type_name(value)} instead."
        return InvalidRequest(told, param=param, code="invalid_type")
    if name not in value:
        return InvalidRequest(f"Missing required parameter: '{place}'.", param=place, code="missing_required_parameter")
    supported = context.get("expected_tags", "a string")
    told = f"Invalid value for '{place}': {shown(value[name])}. Supported values are: {supported}."
    return InvalidRequest(told, param=place, code="invalid_value")


def _describe_bound(param: str, kind: str, context: dict[str, Any], value: Any) -> InvalidRequest:
    sign, key, code = BOUNDS[kind]
    family = "integer" if isinstance(value, int) else "decimal"
    told = f"Invalid '{param}': expected a value {sign} {context[key]}, but got {shown(value)} instead."
    return InvalidRequest(told, param=param, code=f"{family}_{code}")


def _reason(kind: str, context: dict[str, Any]) -> str:
    match kind:
        case "too_short":
            return f"expected at least {context['min_length']} element, but got {context['actual_length']}"
        case "too_long":
            return f"expected at most {context['max_length']} elements"
        case "string_too_short":
            return "expected a string that is not empty"
        case "string_too_long":
            return f"expected a string of at most {context['max_length']} characters"
        case "string_pattern_mismatch":
            return f"expected a string that matches {context['pattern']}"
        case "literal_error":
            return f"expected {context['expected']}"
        case "int_parsing_size":
            return "the integer is too large"
        case "finite_number":
            return "expected a finite number"
        case _:
            return kind.replace("_", " ")


def steps_of(detail: ErrorDetails, body: Any) -> list[Step]:
    """The keys and indices from the body to the fault: Pydantic's location without the names of union members that it
    went through. Such a name may be a key of the body too, so the way that leads to the value at fault is taken.
    """
    named = detail["type"] in ("missing", EXTRA)  # the last step is a key that is to come, or to go
    location = detail["loc"][:-1] if named else detail["loc"]
    ways = list(_ways(body, location))
    longest = max((steps for steps, _ in ways), key=len)
    steps = next((steps for steps, end in ways if is_at_fault(end, detail)), longest)
    return [*steps, detail["loc"][-1]] if named else steps


def is_at_fault(end: Any, detail: ErrorDetails) -> bool:
    """Whether an error is about what a way leads to; of an unknown field, whether it stands there."""
    if detail["type"] != EXTRA:
        return end is detail["input"]
    return has(end, detail["loc"][-1]) and end[detail["loc"][-1]] is detail["input"]


def _ways(here: Any, location: tuple[Step, ...], *, entered: bool = True) -> Iterator[tuple[list[Step], Any]]:
    """Every way to take the steps of a location or leave them out, and where it ends; the likeliest first.
    entered: we have just come here, where the name of the union's member would stand.
    """
    if not location:
        yield [], here
        return
    step, rest = location[0], location[1:]
    is_tag = entered and isinstance(here, dict) and step in (here.get("role"), here.get("type"))
    if is_tag:
        yield from _ways(here, rest, entered=False)
    if has(here, step):
        for steps, end in _ways(here[step], rest):
            yield [step, *steps], end
    if isinstance(step, str) and not is_tag:
        yield from _ways(here, rest, entered=entered)


def has(value: Any, step: Step) -> bool:
    """Whether a step leads anywhere from here."""
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def format_path(steps: list[Step]) -> str:
    """`messages[2].content[0].text`. What a client named may be of any length."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{shorten(step)}" for step in steps)
    return path.removeprefix(".")


def shorten(name: str) -> str:
    """A name that can be shown."""
    return name if len(name) <= MAX_NAME_CHARS else f"{name[:MAX_NAME_CHARS]}…"


def type_name(value: Any) -> str:
    """What JSON calls it."""
    return "null" if value is None else TYPE_NAMES.get(type(value), "a value of another type")


def shown(value: Any) -> str:
    """A value as JSON has it, texts in the quotes of our sentences, cut when long."""
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
