"""Schemas that exclude each other."""

from typing import Any

import pytest

from antiphon.constraint.disjoint import MOST_WORK, Disjointness
from tests.schemas.case import Schema, closed, optional

CAT, DOG = closed({"kind": {"const": "cat"}}), closed({"kind": {"const": "dog"}})
ROOT: Schema = {"$defs": {"cat": CAT, "dog": DOG, "loop": {"$ref": "#/$defs/loop"}, "tag": {"enum": ["a", "b"]}}}
APART: list[list[Any]] = [
    [{"type": "string"}, {"type": "integer"}, {"type": "null"}], [{"const": 1}, {"const": 2}],
    [{"const": 1}, {"const": True}],
    [{"const": "1"}, {"const": 1}], [{"enum": ["a", "b"]}, {"const": "c"}], [CAT, DOG],
    [{"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}],
    [{"type": "object"}, {"type": ["array", "null"]}],
    [closed({"a": {"type": "string"}}), optional({"a": {"type": "integer"}})],
    [closed({"h": CAT}), closed({"h": DOG})], [closed({"k": {"$ref": "#/$defs/tag"}}), closed({"k": {"const": "c"}})],
    [{"type": "string"}],
    [{"$ref": "#/$defs/cat", "description": "d"}, {"type": "string"}],
]  # fmt: skip


@pytest.mark.parametrize("options", APART)
def test_what_excludes_each_other(options: list[Any]) -> None:
    """By type, by value, or by a property that tells them apart."""
    assert Disjointness(ROOT).holds(options)


TOGETHER: list[list[Any]] = [
    [{"type": "integer"}, {"type": "number"}], [{}, {"type": "string"}], [True, {"type": "null"}],
    [{"const": 1}, {"const": 1.0}],
    [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}], [optional({"k": {"const": 1}}), optional({"k": {"const": 2}})],
    [{"properties": {"k": {"const": 1}}, "required": ["k"]}, {"properties": {"k": {"const": 2}}, "required": ["k"]}],
    [{"type": "integer", "minimum": 5}, {"type": "integer", "maximum": 3}],
    [{"$ref": "#/$defs/loop"}, {"type": "null"}],
    [{"$ref": "#/nowhere"}, {"type": "null"}], [{"$ref": 5}, {"type": "null"}], [{"const": [1]}, {"const": [2]}],
    [CAT, DOG, CAT],
    [{"type": "x"}, {"type": "null"}], [{"enum": 5}, {"const": 1}],
    [{"type": "object", "required": 5, "properties": []}, CAT],
]  # fmt: skip


@pytest.mark.parametrize("options", TOGETHER)
def test_what_may_not(options: list[Any]) -> None:
    """What is not plain is left to the engine."""
    assert not Disjointness(ROOT).holds(options)


def test_it_gives_up_when_there_is_too_much_to_look_at() -> None:
    """For a whole document, not for each keyword."""
    big = closed({f"p{index}": {"type": "string"} for index in range(500)})
    judge = Disjointness({"$defs": {"big": big}})
    assert not any(judge.holds([{"$ref": "#/$defs/big"}] * 30) for _ in range(50))
    assert judge.work > MOST_WORK
    assert not judge.holds([{"type": "string"}, {"type": "null"}])
