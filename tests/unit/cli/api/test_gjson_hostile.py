"""GJSON paths that are meant to do harm, or that nobody thought of: a value or a `ValueError`, and soon."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.api.gjson.parser import parse_path
from antiphon.cli.api.gjson.path import MISSING
from antiphon.cli.api.transform import build_transform

VALUES: list[Any] = [{"friends": [{"age": 44}], "a": {"a": 1}}, [{"a": 1}], [], {}, 1, "text", None]
DEEP = "it is nested more than 50 deep"


@pytest.mark.parametrize("opening", ["[", "{", "#(", "#(a.", "[a,", '{"b":', "@dig:[", "#.#(", "[@this|{a:"])
def test_deep(opening: str) -> None:
    """However deep brackets are nested, closed or not, the answer is a sentence, and at once."""
    closing = {"[": "]", "{": "}", "(": ")"}
    for depth in (51, 20_000):
        path = opening * depth
        for whole in (path, path + "a" + "".join(closing.get(char, "") for char in reversed(path))):
            with pytest.raises(ValueError, match=r"nested|closed|missing"):
                build_transform(whole)


def test_deepest() -> None:
    """Fifty of anything in each other work."""
    value: Any = 1
    for _ in range(50):
        value = [value]
    assert parse_path("[" * 50 + "@this" + "]" * 50).find(1) == value
    assert parse_path("#." * 49 + "#").find(value) != MISSING
    with pytest.raises(ValueError, match=DEEP):
        parse_path("#." * 51 + "#")


@pytest.mark.parametrize(
    "path",
    [
        "a." * 15_000 + "a",
        "@this|" * 5_000 + "@this",
        "[@this].0." * 3_000 + "@this",
        "*." * 15_000,
        "." * 30_000,
        "|" * 30_000,
        "\\" * 30_001,
        "9" * 30_000,
        "0" * 30_000,
        "{" + "a," * 15_000 + "b}",
        "@dig:" + "a" * 30_000,
        "#(a==" + "9" * 30_000 + ")",
        "#(" + "a" * 30_000 + ")",
    ],
)
def test_long(path: str) -> None:
    """A path as long as a command line takes is read and gone in a moment."""
    began = time.process_time()
    find = parse_path(path).find
    for value in VALUES:
        find(value)
    assert time.process_time() - began < 30


def test_nested_value() -> None:
    """A value may be nested as deep as JSON can be read: none of these knows how deep."""
    value: Any = []
    for _ in range(20_000):
        value = [value]
    assert parse_path('@flatten:{"deep":true}').find(value) == []
    assert len(parse_path("@dig:#").find(value)) == 20_001
    assert parse_path("0." * 20_000 + "#").find(value) == 0
    assert build_transform("@tostr") is not None
    for path in ("@tostr", '@pretty:{"sortKeys":true}'):
        transform = build_transform(path)
        assert transform is not None
        assert transform(value) is MISSING
    assert parse_path("@fromstr").find("[" * 20_000 + "]" * 20_000) is MISSING


@pytest.mark.parametrize(
    "pattern", ["a*" * 30 + "b", "*a" * 500 + "b", "*" * 10_000 + "b", "?*" * 200 + "b", "*a?b*" * 50]
)
def test_wildcards_in_time(pattern: str) -> None:
    """Stars do not multiply: a text that almost matches is refused at once."""
    began = time.process_time()
    text = "a" * 20_000
    assert parse_path(pattern).find({text: 1}) is MISSING
    assert parse_path(f'#(%"{pattern}")').find([text]) is MISSING
    assert time.process_time() - began < 30


@given(st.text(alphabet="ab*?.", max_size=12), st.text(alphabet="ab.", max_size=12))
def test_wildcards(pattern: str, text: str) -> None:
    """`*` is any characters, `?` any one, and nothing else has a meaning, as the plainest reading has it."""

    def matches(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(matches(pattern[1:], text[at:]) for at in range(len(text) + 1))
        return bool(text) and pattern[0] in ("?", text[0]) and matches(pattern[1:], text[1:])

    found = parse_path(f'#(%"{pattern}")').find([text])
    assert (found == text) is matches(pattern, text)


@given(st.text(alphabet='ab01.|#()[]{}!@:,"\\*?=<>%~', max_size=30))
def test_any_text(path: str) -> None:
    """Any text is a path or a `ValueError`; no path fails on any value."""
    try:
        found = parse_path(path)
    except ValueError:
        return
    for value in ({"a": [{"b": 1}, "b", None, [0, {}]], "b": {"a": True}, "0": 1.5}, [1, {"a": [2]}], "a", None, 0):
        found.find(value)


@given(st.dictionaries(st.text(min_size=1), st.integers(), min_size=1))
def test_escaped(value: dict[str, int]) -> None:
    """Any name is reached with a backslash before each of its characters."""
    for name, number in value.items():
        assert parse_path("".join(f"\\{char}" for char in name)).find(value) == number
