"""Values of keywords."""

from typing import Any

import pytest

from antiphon.constraint.values import (
    judge_const,
    judge_count,
    judge_enum,
    judge_lower,
    judge_required,
    judge_type,
    judge_upper,
    read_count,
    types_of,
)

GOOD: list[tuple[Any, list[Any]]] = [
    (judge_type, ["string", "null", ["string", "null"], ["integer"]]),
    (judge_enum, [[1], ["a", None, {"b": []}], [1, 1]]),
    (judge_const, [None, "", "é\n\t\"\\", 0, 1.5, {"a": [True]}, "x" * 5000, 2**53 - 1]),
    (judge_required, [[], ["a"], ["a", "b", ""]]),
    (judge_count, [0, 5, 2.0, 100_000]),
    (judge_lower, [0, -1e300, 2**53 - 1]),
    (judge_upper, [0, 1e300, -(2**53) + 1]),
]  # fmt: skip
BAD: list[tuple[Any, list[Any]]] = [
    (judge_type, ["strin", "", None, 5, [], [1], ["string", "string"], {"type": "string"}, ["any"]]),
    (judge_enum, [[], None, "a", {"a": 1}, ["\x00"], [2**53]]),
    (judge_const, ["\x01", "\x7f", ["\x1b"], {"a": {"b": "\x00"}}, "x" * 5001, 2**53, [0.12345678901234567]]),
    (judge_required, ["a", True, None, [1], ["a", "a"], {"a": True}]),
    (judge_count, [-1, 1.5, "1", None, True, 100_001, [1]]),
    (judge_lower, ["1", None, True, 2**53, [1]]),
    (judge_upper, ["1", None, False, -(2**53)]),
]


@pytest.mark.parametrize(("judge", "values"), GOOD)
def test_values_of_the_form(judge: Any, values: list[Any]) -> None:
    """What a keyword takes."""
    assert [judge(value) for value in values] == [None] * len(values)


@pytest.mark.parametrize(("judge", "values"), BAD)
def test_values_of_another_form(judge: Any, values: list[Any]) -> None:
    """What it does not, or what no answer could have in it."""
    assert all(isinstance(judge(value), str) for value in values)


def test_counts() -> None:
    """JSON has one kind of number."""
    assert [read_count(value) for value in (3, 3.0, 0, 3.5, -1, "3", True)] == [3, 3, 0, None, None, None, None]


def test_types() -> None:
    """One is a list of one; none means all."""
    assert [types_of({"type": "string"}), types_of({"type": ["a", "b"]}), types_of({})] == [
        ["string"],
        ["a", "b"],
        None,
    ]
