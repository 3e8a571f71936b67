"""Where llguidance 1.9.1 lets pass what a schema does not, and what must pass all the same."""

import json
from typing import Any

from tests.schemas.case import Schema

LONG = "x" * 64
INTEGER = {"type": "integer"}


def quote(*texts: str) -> list[str]:
    """Texts as JSON writes them."""
    return [json.dumps(text, ensure_ascii=False) for text in texts]


def number(**bounds: Any) -> Schema:
    """Numbers within bounds."""
    return {"type": "number", **bounds}


def string(**others: Any) -> Schema:
    """Strings."""
    return {"type": "string", **others}


INEXACT: list[tuple[Schema, str]] = [
    # An excluded bound beside another one with the same whole part.
    (number(exclusiveMinimum=1, maximum=1.5), "1"),
    (number(exclusiveMinimum=0, maximum=0.5), "0"),
    (number(minimum=-0.5, exclusiveMaximum=0), "-0"),
    (number(minimum=-1.5, exclusiveMaximum=-1), "-1"),
    (number(allOf=[{"exclusiveMinimum": 1}, {"maximum": 1.25}]), "1"),
    # More digits than a double has.
    (number(exclusiveMaximum=-17), "-17.00000000000000000001"),
    (number(exclusiveMinimum=0.5), "0.50000000000000000001"),
    # Dates, times, hosts.
    (string(format="date"), '"2023-02-29"'),
    (string(format="date"), '"1900-02-29"'),
    (string(format="time"), '"12:00:60Z"'),
    (string(format="date-time"), '"2023-02-29T00:00:00Z"'),
    (string(format="date-time"), '"2023-01-01T12:00:60Z"'),
    (string(format="email"), f'"a@{LONG}.de"'),
    (string(format="email"), f'"{LONG}x@b.de"'),
    (string(format="hostname"), '"ab--c"'),
    (string(format="hostname"), '"' + ".".join([LONG[:60]] * 5) + '"'),
    # Sets of characters that have all control characters, but not the quote or the backslash.
    (string(pattern='^[^"]*$'), r'"a\"b"'),
    (string(pattern=r"^[^\\]*$"), r'"a\\b"'),
    (string(pattern='^[^"\n]*$'), r'"\""'),
    (string(pattern="^[^!-~]*$"), r'"\""'),
    (string(pattern=r"^\P{P}*$"), r'"\""'),
    (string(pattern=r"^\p{Cc}*$"), r'"\\"'),
    (string(pattern=r"^[\x00-!]*$"), r'"\\"'),
    # What ECMA-262 means by a space, and by brackets within brackets.
    (string(pattern=r"^\s$"), '"\x85"'),
    (string(pattern=r"^\S$"), '"\ufeff"'),
    (string(pattern=r"^[^\s]$"), '"\ufeff"'),
    (string(pattern="^[a[b]]$"), '"a"'),
    # A name that is told already, written in another way.
    (
        {"type": "object", "properties": {"a": INTEGER}, "required": ["a"], "additionalProperties": string()},
        r'{"a": 1, "\u0061": "x"}',
    ),
    (
        {"type": "object", "patternProperties": {"^a": INTEGER}, "additionalProperties": string()},
        r'{"\u0061": "x"}',
    ),
]  # fmt: skip
KEPT: list[tuple[Schema, list[str]]] = [
    (number(exclusiveMinimum=0), ["0.5", "1", "0.000001", "1234.5"]),
    (number(exclusiveMinimum=0, exclusiveMaximum=1), ["0.5", "0.999", "0.01"]),
    (number(minimum=-1e300, maximum=1e300), ["0", "-5.5", "123456789"]),
    ({"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}, ["0", "-5", "9007199254740991"]),
    (number(), ["1e5", "-2.5E-3", "0", "6.022e23"]),
    (string(format="date"), quote("2024-02-29", "2000-02-29", "1999-12-31", "0001-01-01")),
    (string(format="time"), quote("23:59:59Z", "08:30:00+02:00", "12:00:00.123456Z")),
    (string(format="date-time"), quote("2024-02-29T12:30:00Z", "1985-04-12T23:20:50.52-08:00")),
    (string(format="email"), quote("first.last@example.com", "a+b@x.co", "o'neil@sub.example.org", "info@a--b.de")),
    (string(format="hostname"), quote("example.com", "a-b.c1", "localhost", "x", "a--b", "3com.com", LONG[:63])),
    (string(format="uri"), quote("https://example.com/a?b=c#d", "mailto:a@b.c")),
    (string(format="duration"), quote("P1DT2H", "PT5M", "P2W")),
    (string(pattern='^[^"]*$'), quote("abc é", "a\\b", "line\nbreak")),
    (string(pattern=r"^\w+\s\w+$"), quote("hello world", "a\u00a0b", "a\tb")),
    (string(pattern=r"^\S+$"), quote("abc", "日本", '"', "\\")),
    (string(pattern=r"^[^\s,;]+$"), quote("abc", '"')),
    (string(pattern="^.+$"), quote("any thing", "“quoted”", '"', "é😀")),
    (string(pattern="^[^\\W_]+$"), quote("abc1")),
    (string(pattern=r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"), quote("1", "-1.5", ".5", "10.", "+007")),
    (
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        ['{"a": 1}', '{"a": 1, "b": [true]}', '{"a": 1, "é\\n": null}'],
    ),
    ({"type": "object"}, ["{}", '{"a": {"b": "c"}}']),
    (
        {
            "patternProperties": {"^x": INTEGER}, "anyOf": [{"type": "object"}, {"type": "null"}],
            "additionalProperties": False,
        },
        ['{"x1": 1}', "{}", "null"],
    ),
]  # fmt: skip
