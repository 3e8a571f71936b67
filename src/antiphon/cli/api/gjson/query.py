"""What stands in `#(...)`: whether an element of a list is one that is looked for."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from antiphon.cli.api.gjson.jsontext import read_json
from antiphon.cli.api.gjson.path import MISSING, Path
from antiphon.cli.api.gjson.pattern import Pattern, build_pattern

OPERATOR = re.compile(r"==?|!=|!%|<=|>=|<|>|%")
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
BOOLS = {"true": True, "false": False}
TRUTHS = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}
"""Texts that mean one of the two."""


@dataclass(frozen=True)
class Comparison:
    """Of a value with a text. sign: one of `ORDERS`. The text is a number, true or false where the value is one."""

    sign: str
    text: str

    def matches(self, value: Any) -> bool:
        """Never for null, lists and objects."""
        compare = ORDERS[self.sign]
        if isinstance(value, bool):
            return compare(value, BOOLS[self.text]) if self.text in BOOLS else self.sign == "!="
        if isinstance(value, str):
            return compare(value, self.text)
        return isinstance(value, int | float) and compare(value, read_number(self.text))


@dataclass(frozen=True)
class Likeness:
    """`%` and `!%`: of texts with a pattern."""

    pattern: Pattern
    wanted: bool

    def matches(self, value: Any) -> bool:
        """Never for what is no text."""
        return isinstance(value, str) and self.pattern.matches(value) is self.wanted


@dataclass(frozen=True)
class Meaning:
    """`~true` and its like: whether a value, or none, can be taken for that, compared with true."""

    kind: str
    comparison: Comparison

    def matches(self, value: Any) -> bool:
        """What is not there is null, and so false."""
        return self.comparison.matches(MEANINGS[self.kind](value))


@dataclass(frozen=True)
class Presence:
    """No operator: whether there is anything."""

    def matches(self, value: Any) -> bool:
        """For null, too."""
        return value is not MISSING


@dataclass(frozen=True)
class Query:
    """path: where in an element to look; None for the element itself, which is then no list or object."""

    path: Path | None
    test: Comparison | Likeness | Meaning | Presence

    def matches(self, element: Any) -> bool:
        """Whether it is one of those."""
        if isinstance(element, dict | list):
            return self.test.matches(self.path.find(element) if self.path else MISSING)
        return self.path is None and self.test.matches(element)


def build_test(text: str) -> Comparison | Likeness | Meaning:
    """Of an operator and what follows it. Raises `ValueError` for what is none."""
    found = OPERATOR.match(text)
    if found is None:
        raise ValueError("a '!' in a query needs '=' or '%' behind it")
    sign, operand = found[0].replace("==", "="), text[found.end() :].strip()
    if operand.startswith("~"):
        return build_meaning(sign, operand)
    operand = read_text(operand)
    return Likeness(build_pattern(operand), sign == "%") if "%" in sign else Comparison(sign, operand)


def build_meaning(sign: str, operand: str) -> Meaning:
    """Raises `ValueError` for one that is none."""
    if operand not in MEANINGS or sign not in ORDERS:
        raise ValueError(f"'{sign}{operand}' is no comparison: there are {', '.join(MEANINGS)}")
    return Meaning(operand, Comparison(sign, "true"))


def read_text(operand: str) -> str:
    """Without its quotes, if it has any."""
    if len(operand) < 2 or not operand.startswith('"') or not operand.endswith('"'):
        return operand
    try:
        return str(read_json(operand))
    except ValueError:
        raise ValueError(f"{operand[:40]} is not a JSON text") from None


def read_number(text: str) -> int | float:
    """As gjson: what is no number counts as 0."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return 0


def read_truth(value: Any) -> bool | None:
    """What a value can be taken for, if for one of the two. What is not there is null."""
    if isinstance(value, str):
        return TRUTHS.get(value.lower())
    if value is None or value is MISSING:
        return False
    return bool(value) if isinstance(value, int | float) else None


MEANINGS: dict[str, Callable[[Any], bool]] = {
    "~true": lambda value: read_truth(value) is True,
    "~false": lambda value: read_truth(value) is False,
    "~null": lambda value: value is None or value is MISSING,
    "~*": lambda value: value is not MISSING,
}
