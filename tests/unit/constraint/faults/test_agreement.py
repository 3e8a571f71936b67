"""Keywords beside each other."""

from typing import Any

import pytest

from tests.unit.constraint.faults.first import first

NEVER: list[tuple[dict[str, Any], str]] = [
    ({"minimum": 2, "maximum": 1}, "minimum"), ({"minimum": 1, "exclusiveMaximum": 1}, "minimum"),
    ({"exclusiveMinimum": 1, "maximum": 1}, "exclusiveMinimum"),
    ({"type": "integer", "minimum": 1.2, "maximum": 1.8}, "minimum"),
    ({"exclusiveMinimum": 3, "exclusiveMaximum": 3.0}, "exclusiveMinimum"),
    ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}, "exclusiveMinimum"),
    ({"minLength": 2, "maxLength": 1}, "minLength"), ({"minItems": 2, "maxItems": 1.0}, "minItems"),
    ({"minProperties": 1, "maxProperties": 0}, "minProperties"), ({"type": "string", "const": 1}, "const"),
    ({"type": "integer", "enum": ["a", 1.5, True]}, "enum"), ({"type": ["string", "null"], "const": False}, "const"),
    ({"required": ["a", "b"], "maxProperties": 1}, "maxProperties"),
    ({"required": ["a"], "maxProperties": 0}, "maxProperties"),
    ({"type": "object", "required": ["b"], "properties": {"a": {}}, "additionalProperties": False}, "required"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "keyword"), NEVER)
def test_what_can_never_be_satisfied(schema: dict[str, Any], keyword: str) -> None:
    """Bounds with nothing between, and values of another type."""
    pointer, reason = first(schema)
    assert pointer == f"#/{keyword}"
    assert reason.startswith("can never be satisfied")


FINE: list[dict[str, Any]] = [
    {"minimum": 1, "maximum": 1}, {"exclusiveMinimum": 1, "maximum": 1.5},
    {"type": "integer", "minimum": 1.2, "maximum": 2},
    {"type": "number", "minimum": 1.2, "maximum": 1.8}, {"minLength": 1, "maxLength": 1},
    {"type": "number", "enum": ["a", 1]},
    {"type": "integer", "const": 2.0}, {"type": ["string", "null"], "enum": ["a", None]},
    {"type": "object", "const": {}},
    {"required": ["b"], "additionalProperties": False, "patternProperties": {"^b": {}}},
    {"required": ["a"], "maxProperties": 1},
    {"required": ["b"], "properties": {"a": {}}, "additionalProperties": {"type": "string"}}, {"minProperties": 1},
    {"required": ["a", "b"], "minProperties": 3}, {"type": "boolean", "const": True}, {"type": "array", "const": []},
    {"type": "integer", "format": "int32"}, {"type": ["number", "null"], "format": "float"},
    {"type": "string", "nullable": True},
    {"items": [{}], "additionalItems": False}, {"prefixItems": [{}], "items": False},
]  # fmt: skip


@pytest.mark.parametrize("schema", FINE)
def test_what_can_be_satisfied(schema: dict[str, Any]) -> None:
    """Only what is certain is refused."""
    assert first(schema) == ("", "")


UNENFORCED: list[tuple[dict[str, Any], str]] = [
    ({"minProperties": 2}, "minProperties"), ({"required": ["a"], "minProperties": 3}, "minProperties"),
    ({"properties": {f"p{index}": {} for index in range(60)}, "minProperties": 1}, "properties"),
    ({"format": "uri-reference"}, "format"), ({"type": ["string", "integer"], "format": "int32"}, "format"),
    ({"type": "string", "format": "unknown"}, "format"), ({"nullable": True}, "nullable"),
    ({"nullable": True, "anyOf": [{}]}, "nullable"), ({"additionalItems": False}, "additionalItems"),
    ({"items": {}, "additionalItems": False}, "additionalItems"), ({"items": [{}], "prefixItems": [{}]}, "items"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "keyword"), UNENFORCED)
def test_what_could_not_be_held_to(schema: dict[str, Any], keyword: str) -> None:
    """Numbers of properties that repeated names would make up, formats that nobody knows, words without their type."""
    assert first({"anyOf": [schema]})[0] == f"#/anyOf/0/{keyword}"
