"""Strings, regular expressions and ranges in a Lark grammar. Knows no rules."""

import json
import re
from dataclasses import dataclass

from antiphon.constraint.gbnf.charset import of
from antiphon.constraint.gbnf.expression import Node, chars, literal
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.regex.parser import parse_regex

BYTE = re.compile(r"\\(?:x(..)|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Value:
    """As it is written. until: the end of a range, of which `text` is the beginning."""

    text: str
    until: str | None = None


def build_value(value: Value) -> Node:
    """What it matches. Raises `NotExpressible`."""
    if value.until is not None:
        return build_range(value.text, value.until)
    if value.text.startswith("/"):
        pattern, _, flags = value.text[1:].rpartition("/")
        return parse_regex(pattern, flags)
    if value.text.endswith("i"):
        return parse_regex("".join(f"\\x{{{ord(letter):x}}}" for letter in read_string(value.text[:-1])), "i")
    return literal(read_string(value.text))


def build_range(first: str, last: str) -> Node:
    """One of the characters from one to another."""
    begin, end = read_string(first), read_string(last)
    if len(begin) != 1 or len(end) != 1 or begin > end:
        raise NotExpressible(f"the range {first}..{last}")
    return chars(of([(ord(begin), ord(end))]))


def read_string(text: str) -> str:
    """The text of a string, which is written as in JSON, or with numbers of two digits."""
    as_json = BYTE.sub(lambda found: f"\\u00{found[1]}" if found[1] else found[0], text)
    try:
        string: str = json.loads(as_json)
        string.encode()
    except ValueError:  # also half a character
        raise NotExpressible(f"the string {text}") from None
    return string
