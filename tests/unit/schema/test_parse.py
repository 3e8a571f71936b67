"""The body of a request: what is taken, and in which words the rest is refused."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import InvalidRequest
from antiphon.schema.parse import parse_create
from antiphon.schema.request import CreateChatCompletion
from tests.unit.schema.cases import BAD_FIELDS, HI, NEUTRAL, UNBUILT

GOOD: dict[str, Any] = {"model": "m", "messages": [HI]}
PYDANTIC = re.compile(r"pydantic|errors\.|type=|tagged-union|function-|_type|\bdict\b|\bstr\b")


def parse(fields: dict[str, Any]) -> CreateChatCompletion:
    """A good request with fields laid over it."""
    return parse_create(json.dumps(GOOD | fields).encode())


def refuse(fields: dict[str, Any]) -> InvalidRequest:
    """The error of a bad one."""
    with pytest.raises(InvalidRequest) as caught:
        parse(fields)
    return caught.value


@pytest.mark.parametrize(("fields", "code", "param"), BAD_FIELDS)
def test_bad_fields(fields: dict[str, Any], code: str, param: str) -> None:
    """A bad field is 400, with a code and the JSON path of the place, in a sentence for people."""
    error = refuse(fields)
    assert (error.status, error.code, error.param) == (400, code, param)
    assert error.message.endswith(".")
    assert len(error.message) < 600


@pytest.mark.parametrize(("field", "value"), UNBUILT)
def test_what_is_not_built_is_named(field: str, value: Any) -> None:
    """A property that is not built is refused by name, with advice."""
    error = refuse({field: value})
    assert (error.code, error.param) == ("unsupported_parameter", field)


@pytest.mark.parametrize(("field", "value"), NEUTRAL)
def test_what_asks_for_nothing_is_taken(field: str, value: Any) -> None:
    """A neutral value, or null, is accepted."""
    assert getattr(parse({field: value}), field) == value


@pytest.mark.parametrize("field", ["messages", "model"])
def test_what_is_needed_must_be_there(field: str) -> None:
    """A request without messages or a model is refused with the field's name."""
    body = {name: value for name, value in GOOD.items() if name != field}
    with pytest.raises(InvalidRequest) as caught:
        parse_create(json.dumps(body).encode())
    assert (caught.value.code, caught.value.param) == ("missing_required_parameter", field)
    assert caught.value.message == f"Missing required parameter: '{field}'."


SENTENCES = {
    "temperature": ("hot", "Invalid type for 'temperature': expected a number, but got a string instead."),
    "max_tokens": (0, "Invalid 'max_tokens': expected a value >= 1, but got 0 instead."),
    "n": (129, "Invalid 'n': expected a value <= 128, but got 129 instead."),
    "messages": ([], "Invalid value for 'messages': expected at least 1 element, but got 0."),
    "stop": (5, "Invalid type for 'stop': expected a string or an array, but got an integer instead."),
    "temprature": (1, "Unknown parameter: 'temprature'."),
    "store": (True, "Unsupported parameter: 'store'. It is not built yet in this version; leave it out."),
}


@pytest.mark.parametrize("field", SENTENCES)
def test_sentences(
    field: str,
) -> None:
    """Errors say what was expected and what came, in JSON's words and not in a library's."""
    value, sentence = SENTENCES[field]
    assert refuse({field: value}).message == sentence


WRONG_ROLES = [(None, "null"), (True, "true"), ("bot", "'bot'"), (7, "7")]


@pytest.mark.parametrize(("role", "shown"), WRONG_ROLES)
def test_values_are_shown_as_json_has_them(role: Any, shown: str) -> None:
    """What came is told as the client wrote it: null and true, not None and True."""
    error = refuse({"messages": [{"role": role, "content": "Hi"}]})
    assert error.message.startswith(f"Invalid value: {shown}. Supported values are: ")


LIMITS = [
    ("temperature", [0, 0.0, 2, 1.5]), ("top_p", [0, 1, 0.5]), ("n", [1, 128]), ("seed", [0, -1, 2**63 - 1, -(2**63)]),
    ("max_tokens", [1, 2**31 - 1]), ("stop", ["a", ["a"], ["a", "b", "c", "d"], "x" * 1024, "\n"]),
    ("presence_penalty", [-2, 2, 0]), ("frequency_penalty", [-2.0, 2.0]), ("top_k", [-1, 0, 40]), ("min_p", [0, 1]),
    ("logit_bias", [{}, {"0": 100, "50256": -100, "3": 0.5}]), ("stream", [True, False]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in LIMITS for value in values])
def test_values_at_the_limits_are_taken(field: str, value: Any) -> None:
    """Every bound is part of the range, and integers are numbers."""
    assert getattr(parse({field: value}), field) == value


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.dictionaries(st.sampled_from(sorted(CreateChatCompletion.model_fields)), values, max_size=3)


@given(fields)
def test_any_json_is_taken_or_refused_in_words(given_fields: dict[str, Any]) -> None:
    """Whatever JSON stands in whatever field: a request, or an error with a place in it; never another exception."""
    try:
        parse(given_fields)
    except InvalidRequest as error:
        assert error.param is not None
        assert error.param.split(".")[0].split("[")[0] in {*given_fields, ""}


parts = st.dictionaries(
    st.sampled_from(["type", "text", "image_url", "x"]), st.sampled_from(["text", "refusal", 1, None])
)
message = st.dictionaries(
    st.sampled_from(["role", "content", "name", "tool_calls", "tool_call_id", "refusal"]),
    st.sampled_from(["user", "assistant", "tool", "function", "system", "developer", "bot", None, 1]) | st.lists(parts),
)


@given(st.lists(message, min_size=1, max_size=2))
def test_any_messages_are_taken_or_refused_in_words(given_messages: list[Any]) -> None:
    """Errors within messages have the path of the message."""
    try:
        parse({"messages": given_messages})
    except InvalidRequest as error:
        assert error.param and error.param.startswith("messages[")
        assert not PYDANTIC.search(error.message)
