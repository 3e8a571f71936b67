"""Strings without quotes: what a schema says of them as patterns."""

import re
from typing import Any

import pytest

from antiphon.constraint.schema import build_schema
from antiphon.dialect.grammar.strings import find_text, patterns_of, slashed

ENDS = "\n</parameter>\n"

PATTERNS = [
    ({"type": "string"}, ["(?s:.*)"]),
    ({"type": "string", "minLength": 2}, ["(?s:.{2,})"]),
    ({"type": "string", "maxLength": 5}, ["(?s:.{0,5})"]),
    ({"type": "string", "enum": ["a.b", 'say "hi"', "x/y", "é\n"]}, [r'(a\.b|say "hi"|x\/y|é\n)']),
    ({"const": "{}"}, [r"(\{\})"]),
    ({"type": "string", "pattern": "^[a-z]+$"}, ["([a-z]+)"]),
    ({"type": "string", "pattern": "[a-z]"}, ["(?s:.*)([a-z])(?s:.*)"]),
    ({"type": "string", "pattern": "^a"}, ["(a)(?s:.*)"]),
    ({"type": "string", "pattern": "a$"}, ["(?s:.*)(a)"]),
    ({"type": "string", "pattern": r"a\$"}, [r"(?s:.*)(a\$)(?s:.*)"]),
    ({"type": "string", "pattern": "^(a|b)$"}, ["((a|b))"]),
    ({"type": "string", "pattern": "^[|]$"}, ["([|])"]),
    ({"type": "string", "pattern": r"^\d/[\d.]$"}, [r"([0-9]\/[0-9.])"]),
    ({"type": "string", "minLength": 1, "pattern": "^a"}, ["(?s:.{1,})", "(a)(?s:.*)"]),
    ({"type": "string", "pattern": "^a", "allOf": [{"pattern": "b$"}]}, ["(a)(?s:.*)", "(?s:.*)(b)"]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "patterns"), PATTERNS)
def test_all_that_a_string_must_match(schema: dict[str, Any], patterns: list[str]) -> None:
    """Length, pattern and values, each as a pattern for the whole text."""
    assert patterns_of(schema) == patterns


VALUES = {
    "date": ["2024-02-29", "1999-12-31"],
    "date-time": ["2024-07-26T12:00:00Z", "2024-07-26T12:00:00.5+02:00"],
    "time": ["12:00:00Z"],
    "duration": ["P3D", "PT15M", "P2W", "P1DT2H"],
    "email": ["a@b.co"],
    "hostname": ["example.com"],
    "ipv4": ["127.0.0.1", "255.255.255.255"],
    "ipv6": ["1:2:3:4:5:6:7:8"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000"],
    "uri": ["https://example.com/a/b"],
}


@pytest.mark.parametrize("name", VALUES)
def test_formats_are_patterns(name: str) -> None:
    """Every format that a schema may have after it was built, without quotes."""
    text = find_text(build_schema({"type": "string", "format": name}, lenient=False), ENDS)
    assert text
    patterns = [pattern.replace(r"\/", "/") for pattern in patterns_of(text.schema)]
    assert all(re.fullmatch(pattern, value) for pattern in patterns for value in VALUES[name])
    assert not all(re.fullmatch(pattern, "x y") for pattern in patterns)


TEXTS = [
    # schema, whether it may be null; None where it is no string
    ({"type": "string"}, False),
    ({"type": ["string", "null"]}, True),
    ({"type": ["null", "string"], "enum": ["a", None]}, True),
    ({"type": ["string", "null"], "enum": ["a"]}, False),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
    ({"anyOf": [{"type": "null"}, {"enum": ["a", "b"]}]}, True),
    ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, None),
    ({"anyOf": [{"type": "null"}, {"type": "null"}]}, None),
    ({"type": ["string", "integer"]}, None),
    ({"enum": ["a", 1]}, None),
    ({"enum": ["a", f"b{ENDS}c"]}, None),
    ({"enum": ["a", "</parameter>"]}, None),
    ({"const": "a"}, False),
    ({"type": "integer"}, None),
    ({"$ref": "#/$defs/x"}, None),
    ({"type": "string", "allOf": [{"minLength": 3}]}, None),
    (True, None),
    ({}, None),
]


@pytest.mark.parametrize(("schema", "nullable"), TEXTS)
def test_which_values_are_strings(schema: Any, nullable: bool | None) -> None:
    """Only strings stand without quotes, and only such as do not have what ends them."""
    text = find_text(schema, ENDS)
    assert (text and text.nullable) == nullable


def test_a_pattern_between_slashes() -> None:
    """Slashes and line breaks are written otherwise."""
    assert slashed("a/\n\\/[/]") == r"a\/\n\/[\/]"
