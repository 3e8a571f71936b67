"""Errors of shape in words: JSON's, for people, with the place as a path."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import InvalidRequest
from antiphon.schema.request.parse import parse_create
from tests.unit.schema.request.cases import BAD_FIELDS, GOOD, HI, Fields
from tests.unit.schema.request.cases.base import custom, function

PYDANTIC = re.compile(r"pydantic|errors\.|type=|tagged-union|function-|_type\b|\bdict\b|\bstr\b|literal\[")


def refused(fields: Fields) -> InvalidRequest:
    """The error of a bad request."""
    with pytest.raises(InvalidRequest) as caught:
        parse_create(json.dumps(GOOD | fields).encode())
    return caught.value


SENTENCES: list[tuple[Fields, str]] = [
    ({"temperature": "hot"}, "Invalid type for 'temperature': expected a number, but got a string instead."),
    ({"max_tokens": 0}, "Invalid 'max_tokens': expected a value >= 1, but got 0 instead."),
    ({"n": 129}, "Invalid 'n': expected a value <= 128, but got 129 instead."),
    ({"top_k": 2**31}, "Invalid 'top_k': expected a value < 2147483648, but got 2147483648 instead."),
    ({"messages": []}, "Invalid value for 'messages': expected at least 1 element, but got 0."),
    ({"stop": ["a"] * 5}, "Invalid value for 'stop': expected at most 4 elements."),
    ({"stop": 5}, "Invalid type for 'stop': expected a string or an array, but got an integer instead."),
    ({"stop": ""}, "Invalid value for 'stop': expected a string that is not empty."),
    ({"user": "x" * 65}, "Invalid value for 'user': expected a string of at most 64 characters."),
    ({"metadata": {"a": None}}, "Invalid type for 'metadata.a': expected a string, but got null instead."),
    ({"store": []}, "Invalid type for 'store': expected a boolean, but got an array instead."),
    ({"verbosity": "mid"}, "Invalid value for 'verbosity': expected 'low', 'medium' or 'high'."),
    ({"tools": [{}]}, "Missing required parameter: 'tools[0].type'."),
    ({"tools": [{"type": "x"}]},
     "Invalid value for 'tools[0].type': 'x'. Supported values are: 'function', 'custom'."),
    ({"tools": [function("a b")]},
     "Invalid value for 'tools[0].function.name': expected a string that matches ^[a-zA-Z0-9_-]+$."),
    ({"tools": [custom(format="text")]},
     "Invalid type for 'tools[0].custom.format': expected an object, but got a string instead."),
    ({"tools": [function()], "tool_choice": "any"},
     "Invalid value for 'tool_choice': expected 'none', 'auto' or 'required', or an object."),
    ({"modalities": ["audio"], "audio": {"voice": 5, "format": "wav"}},
     "Invalid type for 'audio.voice': expected a string or an object, but got an integer instead."),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "sentence"), SENTENCES)
def test_sentences(fields: Fields, sentence: str) -> None:
    """Errors say what was expected and what came, in JSON's words and not in a library's."""
    assert refused(fields).message == sentence


def test_an_unknown_field_is_told_with_a_way_out() -> None:
    """A field that the specification does not have is named, with the flag that would let it pass."""
    assert refused({"temprature": 1}).message.startswith("Unknown parameter: 'temprature'.")
    assert "--unknown-fields" in refused({"temprature": 1}).message


WRONG_ROLES = [(None, "null"), (True, "true"), ("bot", "'bot'"), (7, "7"), ({"a": None}, '{"a": null}')]


@pytest.mark.parametrize(("role", "shown"), WRONG_ROLES)
def test_values_are_shown_as_json_has_them(role: Any, shown: str) -> None:
    """What came is told as the client wrote it: null and true, not None and True."""
    error = refused({"messages": [{"role": role, "content": "Hi"}]})
    assert error.message.startswith(f"Invalid value for 'messages[0].role': {shown}. Supported values are: ")


@pytest.mark.parametrize(("fields", "code", "param"), BAD_FIELDS)
def test_no_sentence_speaks_of_a_library(fields: Fields, code: str, param: str) -> None:
    """Nobody who reads an error has to know what the server is made of."""
    assert not PYDANTIC.search(refused(fields).message.replace(param, ""))


LONG: list[Fields] = [
    {"messages": [{"role": "x" * 100_000, "content": "Hi"}]},
    {"n": 10**4000},
    {"max_tokens": -(10**4000)},
    {"x" * 100_000: 1},
    {"messages": [HI | {"x" * 100_000: 1}]},
    {"metadata": {"x" * 100_000: "a"}},
    {"logit_bias": {"x" * 100_000: 1}},
    {"verbosity": "x" * 100_000},
]


@pytest.mark.parametrize("fields", LONG, ids=[next(iter(fields))[:12] for fields in LONG])
def test_what_came_is_not_said_back_in_full(fields: Fields) -> None:
    """A message stays readable, however long a value or a name was."""
    assert len(refused(fields).message) < 1000


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(sorted({name for fields, *_ in BAD_FIELDS for name in fields if len(name) < 40}))


@given(st.dictionaries(names, values, max_size=3))
def test_any_json_is_taken_or_refused_in_words(fields: Fields) -> None:
    """Whatever JSON stands in whatever field: a request, or an error with a place in it; never another exception."""
    try:
        parse_create(json.dumps(GOOD | fields).encode())
    except InvalidRequest as error:
        assert error.param is not None
        assert any(error.param.startswith(name) for name in [*fields, "audio"])
        assert not PYDANTIC.search(error.message.replace(error.param, ""))


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
        parse_create(json.dumps(GOOD | {"messages": given_messages}).encode())
    except InvalidRequest as error:
        assert error.param and error.param.startswith("messages[")
        assert not PYDANTIC.search(error.message)
