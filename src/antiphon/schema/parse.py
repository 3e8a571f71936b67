"""Bytes of a request body to a validated request, or the error that says what is wrong and where.

Knows Pydantic's errors and turns the first of them into words; nothing else sees Pydantic's text.
"""

import json
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from antiphon.errors import InvalidJson, InvalidRequest, UnknownParameter, UnsupportedParameter
from antiphon.schema.base import UNSUPPORTED
from antiphon.schema.request import CONFLICT, CreateChatCompletion

UNBUILT_PARTS = {"image_url", "input_audio", "file"}
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


def parse_create(body: bytes) -> CreateChatCompletion:
    """Raises `InvalidRequest` or a class under it."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidJson(str(error)) from None
    if not isinstance(value, dict):
        raise InvalidJson(f"expected an object, but got {type_name(value)}")
    try:
        return CreateChatCompletion.model_validate(value)
    except ValidationError as error:
        raise explain(error.errors(include_url=False), value) from None


def explain(details: list[ErrorDetails], body: Any) -> InvalidRequest:
    """The one error to answer with. Unknown and unsupported fields come first: they explain the others.
    Of a union that failed in every branch, the branch that got deepest knows best.
    """
    placed = [(path_of(detail, body), detail) for detail in details]
    for path, detail in placed:
        if detail["type"] in ("extra_forbidden", UNSUPPORTED):
            return describe(path, detail)
    first = placed[0][0]
    path, detail = max(
        (item for item in placed if item[0].startswith(first)),
        key=lambda item: (len(item[0]), item[1]["type"] not in EXPECTED),
    )
    expected = [EXPECTED[d["type"]] for p, d in placed if p == path and d["type"] in EXPECTED]
    return describe(path, detail, expected=" or ".join(dict.fromkeys(expected)))


def describe(param: str, detail: ErrorDetails, *, expected: str = "") -> InvalidRequest:
    """One of Pydantic's errors in words, with the JSON path as `param`."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "extra_forbidden":
        return UnknownParameter(param)
    if kind == UNSUPPORTED:
        return UnsupportedParameter(param, context["advice"])
    if kind == CONFLICT:
        return InvalidRequest(context["sentence"], param=context["param"], code="invalid_value")
    if kind == "missing":
        return InvalidRequest(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
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
    return InvalidRequest(f"Invalid value for '{param}': {_reason(kind, context)}.", param=param, code="invalid_value")


def _describe_tag(param: str, context: dict[str, Any], value: Any) -> InvalidRequest:
    name = context["discriminator"].strip("'")
    place = f"{param}.{name}"
    if not isinstance(value, dict):
        told = f"Invalid type for '{param}': expected an object, but got {type_name(value)} instead."
        return InvalidRequest(told, param=param, code="invalid_type")
    if name not in value:
        return InvalidRequest(f"Missing required parameter: '{place}'.", param=place, code="missing_required_parameter")
    tag = value[name]
    if isinstance(tag, str) and tag in UNBUILT_PARTS:
        return UnsupportedParameter(place, f"Content parts of type '{tag}' are not built yet; send text.")
    supported = context.get("expected_tags", "a string")
    told = f"Invalid value: {shown(tag)}. Supported values are: {supported}."
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


def path_of(detail: ErrorDetails, body: Any) -> str:
    """`messages[2].content[0].text`: Pydantic's location without the union members it went through,
    which are the steps that lead nowhere in the body.
    """
    path, here, steps = "", body, detail["loc"]
    for number, step in enumerate(steps):
        if isinstance(here, dict) and number and isinstance(steps[number - 1], int) and step in tags_of(here):
            continue
        if isinstance(step, int) and isinstance(here, list):
            path, here = f"{path}[{step}]", here[step]
        elif isinstance(here, dict) and (step in here or (detail["type"] == "missing" and number == len(steps) - 1)):
            path, here = (f"{path}.{step}" if path else str(step)), here.get(step)
    return path


def tags_of(value: dict[str, Any]) -> tuple[Any, Any]:
    """What Pydantic puts into a location for the member of a union it chose."""
    return value.get("role"), value.get("type")


def type_name(value: Any) -> str:
    """What JSON calls it."""
    return "null" if value is None else TYPE_NAMES.get(type(value), "a value of another type")


def shown(value: Any) -> str:
    """A value as JSON has it, texts in the quotes of our sentences, cut when long."""
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
