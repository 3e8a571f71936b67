"""A custom tool's input out of a function's arguments: every JSON string, however it is escaped and cut."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine.remote.answer.unwrapping import SCHEMA, NotWrapped, Unwrapper
from tests.unit.engine.remote.answer.deltas import cut

SHORT = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
characters = st.sampled_from('"\\/\b\f\n\r\tau{}:é日🙂\u2028\x00\x7f') | st.characters(exclude_categories=["Cs"])
white = st.text(st.sampled_from(" \t\n\r"), max_size=2)


@st.composite
def written(draw: st.DrawFn, character: str) -> str:
    """One character in one of the ways in which JSON may have it."""
    units = character.encode("utf-16-be")
    long = "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
    ways = [long, long.upper().replace("\\U", "\\u")]
    ways += [SHORT[character]] if character in SHORT else []
    ways += [character] if character not in '"\\' and character >= " " else []
    return draw(st.sampled_from(ways))


def unwrap(*pieces: str) -> tuple[str, bool]:
    """The input, and whether that is all of it."""
    unwrapper = Unwrapper()
    return "".join(map(unwrapper.feed, pieces)), unwrapper.complete


@settings(max_examples=30)
@given(st.lists(characters, max_size=12), st.lists(white, min_size=6, max_size=6), st.data())
def test_any_string_in_any_pieces(letters: list[str], spaces: list[str], data: st.DataObject) -> None:
    """What went in comes out."""
    said = "".join(data.draw(written(letter)) for letter in letters)
    a, b, c, d, e, f = spaces
    whole = f'{a}{{{b}"input"{c}:{d}"{said}"{e}}}{f}'
    places = data.draw(st.lists(st.integers(0, len(whole))))
    assert json.loads(whole) == {"input": "".join(letters)}, "that is JSON"
    assert unwrap(*cut(whole, places)) == ("".join(letters), True)
    assert unwrap(*whole) == ("".join(letters), True)


@pytest.mark.parametrize(("said", "meant"), [
    ("\\ud83d\\ude42", "🙂"), ("\\uD83D\\uDE42", "🙂"), ("\\ud83d", "\ufffd"), ("\\ude42", "\ufffd"),
    ("\\ude42\\ud83d", "\ufffd\ufffd"), ("\\ud83dx", "\ufffdx"), ("\\ud83d\\n", "\ufffd\n"),
    ("\\ud83d\\ud83d\\ude42", "\ufffd🙂"), ("\\ud83d\\u0041", "\ufffdA"), ("\\ud83d\\\\ude42", "\ufffd\\ude42"),
])  # fmt: skip
def test_surrogates(said: str, meant: str) -> None:
    """A pair is one character, and half a pair none."""
    assert unwrap(f'{{"input": "{said}"}}') == (meant, True)
    assert unwrap(*f'{{"input": "{said}"}}') == (meant, True)


@pytest.mark.parametrize("whole", [
    "", "{", '{"inp', '{"input"', '{"input": ', '{"input": "', '{"input": "abc', '{"input": "abc\\', '{"input": "\\u00',
    '{"input": "abc"', '{"input": "abc" ',
])  # fmt: skip
def test_unfinished(whole: str) -> None:
    """It says so far what there is, and that it is not complete."""
    said = "abc" if "abc" in whole else ""
    assert unwrap(whole) == (said, False)
    assert unwrap(*whole) == (said, False)


@pytest.mark.parametrize("whole", [
    "abc", "[1]", "null", '"abc"', "{}", '{"a": "b"}', '{"inputs": "b"}', '{"input" "b"}', '{"input": 1}',
    '{"input": null}', '{"input": ["b"]}', '{"input": "b", "c": 1}', '{"input": "b",}', '{"input": "b"} c',
    '{"input": "b"}}', '{"input": "\\x"}', '{"input": "\\u12g4"}', '{"input": "\\U0041"}', '{"input": "\\u1_23"}',
    '{"input": "\\u 041"}', '{"input": "\\u+041"}', '{"input": "\\u-041"}', "\ufeff{",
])  # fmt: skip
def test_what_is_something_else(whole: str) -> None:
    """Not repaired: no other fields, no other types, nothing behind it, and only JSON's escapes."""
    with pytest.raises(NotWrapped):
        unwrap(whole)


def test_what_is_asked_for_is_what_is_read() -> None:
    """The schema has the one field, and no other."""
    assert SCHEMA["required"] == ["input"] and SCHEMA["properties"] == {"input": {"type": "string"}}
    assert SCHEMA["additionalProperties"] is False
