"""How much a schema may leave no choice about."""

from typing import Any

import pytest

from antiphon.constraint.forced import may_force_much

LONG = {"type": "string", "pattern": "^a{9000}$"}
TWICE = {"type": "array", "minItems": 30, "items": {"$ref": "#/$defs/b"}}
CASES: list[tuple[dict[str, Any], bool]] = [
    ({"type": "object", "properties": {"a": {"type": "string", "maxLength": 5000}}}, False),
    ({"type": "array", "minItems": 3, "items": {"type": "array", "minItems": 3, "items": {"type": "integer"}}}, False),
    ({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}, False),
    ({"type": "array", "minItems": 1001, "items": LONG}, True),
    ({"type": "array", "minItems": 1000, "items": {"const": "x" * 4000}}, True),
    ({"type": "string", "pattern": "^((a{100}){100}){100}$"}, True),
    (
        {"$ref": "#/$defs/a", "$defs": {"a": TWICE, "b": {"type": "array", "minItems": 900, "items": {"const": 1}}}},
        True,
    ),
]


@pytest.mark.parametrize(("schema", "much"), CASES)
def test_what_repeats_and_how_long(schema: dict[str, Any], much: bool) -> None:
    """Counts of arrays and patterns multiply the texts within them."""
    assert may_force_much(schema) == much
