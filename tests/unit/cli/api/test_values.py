"""Values on a command line are YAML 1.2, and so JSON."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.api.output import render_json
from antiphon.cli.api.values import read_text, read_value
from antiphon.cli.api.yaml import render_yaml


@pytest.mark.parametrize(("text", "value"), [
    ("{content: string, role: developer}", {"content": "string", "role": "developer"}),
    ("{50256: -100}", {"50256": -100}),
    ('"\\n"', "\n"),
    ("[text]", ["text"]),
    ("", None), ("null", None), ("~", None),
    ("true", True), ("False", False), ("yes", "yes"), ("on", "on"), ("NO", "NO"),
    ("007", 7), ("0o17", 15), ("0x1F", 31), ("-5", -5), ("1_000", "1_000"),
    ("1.0", 1.0), (".5", 0.5), ("1e3", 1000.0), ("1E-2", 0.01), (".inf", ".inf"), (".nan", ".nan"),
    ("12:30", "12:30"), ("2026-11-28", "2026-11-28"), ("=", "="), ("<<", "<<"),
    ("a\n b", "a b"), ("- a\n- {b: c}", ["a", {"b": "c"}]), ("{a: }", {"a": None}),
    ("{role: user, content: What is it?}", {"role": "user", "content": "What is it?"}),
    ("{a: 'it''s', b: is 3:4 ok? yes, c: http://x/?q=1#f}", {"a": "it's", "b": "is 3:4 ok? yes", "c": "http://x/?q=1#f"}),
    ("&x a", "a"), ("[&x a, *x]", ["a", "a"]),
])  # fmt: skip
def test_values(text: str, value: Any) -> None:
    """The core schema, keys are texts, and nothing is a date."""
    found = read_value(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("text", "match"), [
    ("{a: b", "line 1, column 6"),
    ("{a: b, a: c}", "'a' is there twice"),
    ("{[a]: b}", "a key must be a text"),
    ("!!python/object/apply:os.system [ls]", "could not determine a constructor"),
    ("a: b: c", "mapping values"),
    ("*nobody", "undefined alias"),
    ("a\n--- b", "expected a single document|expected"),
    ("[" * 5000, "nested too deeply|expected"),
    ("\x00", "not YAML"),
])  # fmt: skip
def test_what_is_no_value(text: str, match: str) -> None:
    """It is said in one sentence what is wrong, and where."""
    with pytest.raises(ValueError, match=match) as caught:
        read_value(text)
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_what_is_shown_is_read(value: Any) -> None:
    """YAML that is shown says the same."""
    assert read_value(render_yaml(value)) == value


@given(JSON)
def test_json_is_yaml(value: Any) -> None:
    """Whatever JSON says, is read as what it is."""
    assert read_value(render_json(value)) == value


@pytest.mark.parametrize(("text", "value"), [
    ("hello: world", "hello: world"), ("7", "7"), ("null", "null"), ('"\\n"', "\n"), ("[a, b]", ["a", "b"]),
    ("{a: b}", {"a": "b"}), ("", ""), (" 'x'", "x"), ("- a", "- a"),
])  # fmt: skip
def test_texts(text: str, value: Any) -> None:
    """What may be a text is one, unless it begins like a quoted one, a list or an object."""
    assert read_text(text) == value
