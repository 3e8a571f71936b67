"""References, circles, and what never ends."""

from typing import Any

import pytest

from tests.schemas.case import Schema, closed, list_of, optional
from tests.unit.constraint.faults.first import first

INTEGER: Schema = {"type": "integer"}
LOST = [
    "#/$defs/b",
    "#/a",
    "#name",
    "other.json#/a",
    "https://example.com/s",
    "",
    "#/$defs",
    "#/type",
    "#/$defs/a/const",
    "#/$defs/a/",
]


@pytest.mark.parametrize("reference", LOST)
def test_references_that_lead_nowhere(reference: str) -> None:
    """Anchors, other documents, and places where no schema is."""
    schema = {"type": "object", "properties": {"x": {"$ref": reference}}, "$defs": {"a": {"const": {}}}}
    assert first(schema)[0] == "#/properties/x/$ref"


FOUND = [
    "#",
    "#/$defs/a",
    "#/properties/y",
    "#/%24defs/a",
    "#/$defs/b~1c%20%C3%A9",
    "#/$defs/b~1c é",
    "#/$defs/d/items/0",
    "#/$defs/e",
]


@pytest.mark.parametrize("reference", FOUND)
def test_references_that_lead_to_a_schema(reference: str) -> None:
    """Anywhere in the document, in every way to write it."""
    definitions = {"a": INTEGER, "b/c é": INTEGER, "d": {"items": [INTEGER]}, "e": True}
    schema = {"type": "object", "properties": {"x": {"$ref": reference}, "y": INTEGER}, "$defs": definitions}
    assert first(schema) == ("", "")


def test_identifiers() -> None:
    """One at the root changes nothing. Below, it would change what a reference within it means."""
    inner = {"$id": "https://example.com/inner", "properties": {"a": {"$ref": "#/$defs/i"}}}
    assert first({"$id": "https://example.com/s", "items": {"$ref": "#/$defs/i"}, "$defs": {"i": INTEGER}}) == ("", "")
    assert first({"items": {"$id": "x", "type": "integer"}}) == ("", "")
    assert first({"items": inner, "$defs": {"i": INTEGER}})[0] == "#/items/properties/a/$ref"


CIRCLES: list[tuple[Schema, str]] = [
    ({"$ref": "#"}, "#/$ref"),
    ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}, "#/$defs/a/$ref"),
    (
        {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        "#/$defs/a/$ref",
    ),
    ({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, INTEGER]}}}, "#/$defs/a/anyOf/0/$ref"),
    ({"allOf": [{"oneOf": [{"anyOf": [INTEGER, {"$ref": "#"}]}]}]}, "#/allOf/0/oneOf/0/anyOf/1/$ref"),
]


@pytest.mark.parametrize(("schema", "pointer"), CIRCLES)
def test_circles(schema: Schema, pointer: str) -> None:
    """A reference that comes back before anything of an answer was written."""
    assert first(schema) == (pointer, "leads back to itself without an object or an array in between")


NODE = {"$ref": "#/$defs/node"}
RECURSIVE: list[Any] = [
    optional({"next": NODE}), closed({"next": {"anyOf": [NODE, {"type": "null"}]}}),
    closed({"children": list_of(NODE, 3)}),
    {"type": "object", "additionalProperties": NODE},
    {"type": ["object", "null"], "properties": {"a": NODE}, "required": ["a"]},
    {"type": "array", "prefixItems": [INTEGER], "items": NODE, "minItems": 1},
    {"properties": {"a": NODE}, "required": ["a"]},
    closed({"next": {"oneOf": [{"type": "null"}, NODE]}}),
    closed({"a": {"type": "array", "items": NODE, "minItems": 0}}),
    {"type": "array", "items": [INTEGER], "additionalItems": NODE, "minItems": 1},
]  # fmt: skip


@pytest.mark.parametrize("node", RECURSIVE)
def test_recursion_that_can_end(node: Schema) -> None:
    """Trees, lists and whatever else comes to an end."""
    assert first({"type": "object", "properties": {"root": NODE}, "$defs": {"node": node}}) == ("", "")


ENDLESS: list[Any] = [
    closed({"next": NODE}), {"type": "object", "required": ["a"], "additionalProperties": NODE},
    closed({"a": {"allOf": [INTEGER, NODE]}}),
    closed({"a": {"anyOf": [NODE, closed({"b": NODE})]}}), {"type": "array", "items": NODE, "minItems": 1}, False,
    {"type": "array", "prefixItems": [INTEGER, NODE], "minItems": 2}, closed({"a": INTEGER, "b": NODE}),
    {"anyOf": [False]},
    {"type": "array", "prefixItems": [INTEGER], "items": NODE, "minItems": 2},
    {"type": "object", "required": ["a"], "properties": {"a": False}},
    {"type": "array", "items": [INTEGER], "additionalItems": NODE, "minItems": 2},
]  # fmt: skip


@pytest.mark.parametrize("node", ENDLESS)
def test_recursion_that_can_not(node: Schema) -> None:
    """A schema that requires itself would be written for ever."""
    schema = {"type": "object", "properties": {"root": NODE}, "$defs": {"node": node}}
    assert first(schema) == ("#/properties/root/$ref", "leads to a schema that can never be satisfied")


def test_an_endless_root() -> None:
    """The root alone, and roots that lead into each other."""
    assert first(closed({"a": {"$ref": "#"}}))[0] == "#"
    assert "never be satisfied" in first(closed({"a": {"$ref": "#"}}))[1]
    assert first(closed({"a": {"$ref": "#/$defs/b"}}, **{"$defs": {"b": closed({"c": {"$ref": "#"}})}}))[0] == "#"
