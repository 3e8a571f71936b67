"""Arguments as objects or text; what is no object comes through as the string it is."""

import json

import pytest
from hypothesis import given

from antiphon.dialect.arguments import build_arguments, parse_object
from antiphon.dialect.conversation import ToolCall
from antiphon.dialect.traits import Traits
from tests.unit.dialect.strategies import objects

TEXT = Traits(arguments="text")
WRAPPED = Traits(raw=False)


@given(objects)
def test_an_object_comes_through_unchanged(value: dict[str, object]) -> None:
    """What a model wrote as an object is that object."""
    assert parse_object(json.dumps(value)) == value


NO_OBJECTS = [
    '{"a": ', "[1, 2]", '"x"', "1", "null", "Paris", '{"a": 1, "a": 2}', '{"a": {"b": 1, "b": 1}}', '{"a": NaN}',
    '{"a": -Infinity}', '{"a": 1e999}', '{"a": "\\ud800"}', '{"\\udc00": 1}', "[" * 100_000,
    '{"a":' * 60 + "1" + "}" * 60, '{"a": ' + "1" * 5000 + "}",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_OBJECTS)
def test_what_is_no_object_stays_the_string_it_is(text: str) -> None:
    """Malformed, not an object, or one that a dictionary would not keep: never a fault, never a loss."""
    call = ToolCall("a", "add", text)
    assert build_arguments(call, Traits()) == text
    assert build_arguments(call, TEXT) == text
    assert build_arguments(call, WRAPPED) == {"arguments": text}


def test_no_arguments_are_an_empty_object() -> None:
    """Some clients send an empty string for a tool without parameters."""
    call = ToolCall("a", "now", " \n")
    assert build_arguments(call, Traits()) == {} == build_arguments(call, WRAPPED)
    assert build_arguments(call, TEXT) == "{}"


def test_text_is_not_written_anew() -> None:
    """A template that wants text gets the spaces and numbers that the model wrote."""
    assert build_arguments(ToolCall("a", "add", '{"x":1.10 }'), TEXT) == '{"x":1.10 }'
