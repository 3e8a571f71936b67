"""What is written as a call of a family is read as this call: examples, and past calls as text."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antiphon.dialect.families import FORMS
from antiphon.dialect.form import Form
from antiphon.dialect.reading.reader import Reading
from antiphon.dialect.writing import write_call
from tests.unit.dialect.reading.answers import Merged, read

keys = st.sampled_from(
    ["city", "my key", "é", "日本", "a.b", "x-1", 'a"b', "a>b", "a\nb", "=", "{", "", "🙂", "a,b", "**", "a:b"]
)
leaves = (
    st.text(max_size=10) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=5
)
objects = st.dictionaries(keys, values, max_size=4)
WRITTEN = [form for form in FORMS.values() if not form.channels]


def arguments_of(said: Merged) -> Any:
    """Of the only call."""
    assert [kind for kind, _ in said] == ["function", "arguments"] and said[0][1] == "f"
    return json.loads(said[1][1])


@pytest.mark.parametrize("form", WRITTEN, ids=lambda form: form.name)
@settings(max_examples=25)
@given(objects)
@example({"city": 'Say "hi" {now}\nand [go], é日本🙂\\', "my key": [True, None, {"a": {}}]})
@example({"a": "", "b": "\n", "c": "null", "d": "7", "e": [], "f": {}})
def test_arguments_come_back(form: Form, arguments: dict[str, Any]) -> None:
    """Any object, in every notation, whatever its keys; where only the schema tells strings from JSON, it tells."""
    strings = tuple(key for key, value in arguments.items() if isinstance(value, str))
    reading = Reading(form=form.name, functions={"f": strings})
    said = read(reading, write_call(form, "f", arguments))
    assert arguments_of(said) == arguments


@pytest.mark.parametrize(
    "form", [form for form in WRITTEN if form.tags and not form.tags.json_ends], ids=lambda form: form.name
)
def test_a_string_that_may_be_null(form: Form) -> None:
    """It is null where it says so; where it may not be null, the same word is text."""
    written = write_call(form, "f", {"a": None, "b": "null", "c": "nullify"})
    reading = Reading(form=form.name, functions={"f": ("a", "b", "c")}, nullable={"f": ("a", "c")})
    assert arguments_of(read(reading, written)) == {"a": None, "b": "null", "c": "nullify"}
