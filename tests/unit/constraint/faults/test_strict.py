"""The subset that `strict` allows."""

from typing import Any

import pytest
from openai.lib._pydantic import to_strict_json_schema

from tests.schemas.case import Schema, closed, text
from tests.schemas.models import STRICT_MODELS, Loose, Shelter
from tests.schemas.suite import SUITE
from tests.unit.constraint.faults.first import first

STRING = text(5)


def test_what_is_in_the_subset() -> None:
    """The strict part of the suite passes, strict or not."""
    for case in SUITE:
        if case.strict:
            assert first(case.schema, strict=True) == first(case.schema) == ("", ""), case.name


@pytest.mark.parametrize("name", STRICT_MODELS)
def test_what_the_official_package_makes_of_models(name: str) -> None:
    """Enums, optional, nested and recursive fields, literals, bounds, dates, tagged unions."""
    assert first(STRICT_MODELS[name], strict=True) == ("", "")


ROOTS: list[tuple[Schema, str]] = [
    ({}, "#/type"), ({"type": "array", "items": STRING}, "#/type"), ({"type": ["object"]}, "#/type"),
    (STRING, "#/type"),
    ({"anyOf": [closed({})]}, "#/type"), ({**closed({}), "anyOf": [closed({})]}, "#/anyOf"),
    ({"$ref": "#/$defs/a", "$defs": {"a": closed({})}}, "#/type"), ({"type": "object"}, "#/additionalProperties"),
    ({"type": "object", "properties": {"a": STRING}, "additionalProperties": False}, "#/required"),
    ({"type": "object", "properties": {"a": STRING}, "required": ["a"]}, "#/additionalProperties"),
    ({**closed({"a": STRING}), "additionalProperties": True}, "#/additionalProperties"),
    ({**closed({"a": STRING}), "additionalProperties": STRING}, "#/additionalProperties"),
    ({**closed({"a": STRING}), "required": ["a", "b"]}, "#/required"), ({**closed({}), "foo": 1}, "#/foo"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "pointer"), ROOTS)
def test_roots(schema: Schema, pointer: str) -> None:
    """One object that says all of its properties and nothing else."""
    assert first(schema, strict=True)[0] == pointer


def test_the_missing_name_is_told() -> None:
    """Which property is not required."""
    schema = {**closed({"a": STRING, "b": STRING}), "required": ["a"]}
    assert first(schema, strict=True) == ("#/required", "must name every property with 'strict'; 'b' is missing")


INNER: list[tuple[Any, str]] = [
    (True, ""), (False, ""), ({}, "/type"), ({"description": "d"}, "/type"),
    ({"type": "object"}, "/additionalProperties"),
    ({"type": ["object", "null"], "properties": {}}, "/additionalProperties"), ({"properties": {}}, "/type"),
    ({"type": "array"}, "/items"), ({"type": "array", "items": {}}, "/items/type"),
    ({"type": "array", "items": True}, "/items"),
    ({"type": "array", "items": [STRING]}, "/items"), ({"allOf": [STRING]}, "/allOf"),
    ({"oneOf": [STRING]}, "/oneOf"),
    ({"not": STRING}, "/not"), ({**STRING, "nullable": True}, "/nullable"), ({**STRING, "format": "uri"}, "/format"),
    ({**STRING, "minProperties": 1}, "/minProperties"),
    ({"type": "array", "items": STRING, "uniqueItems": True}, "/uniqueItems"),
    ({**closed({}), "patternProperties": {}}, "/patternProperties"),
    ({"type": "array", "prefixItems": [STRING], "items": STRING}, "/prefixItems"),
    ({**closed({}), "propertyNames": {}}, "/propertyNames"), ({"if": STRING}, "/if"),
    ({"anyOf": [STRING, {}]}, "/anyOf/1/type"),
    ({**closed({"additionalProperties": False})}, "/properties/additionalProperties"), ({"anyOf": [False]}, "/anyOf/0"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "place"), INNER)
def test_what_is_not_in_the_subset(schema: Any, place: str) -> None:
    """Each refusal points at the keyword that is too much, or missing."""
    assert first(closed({"v": schema}), strict=True)[0] == f"#/properties/v{place}"
    assert first(closed({"ok": STRING}, **{"$defs": {"d": schema}}), strict=True)[0] == f"#/$defs/d{place}"


def test_annotations_are_allowed() -> None:
    """What says nothing of answers."""
    schema = closed({"a": {**STRING, "description": "d", "title": "t", "default": "x", "examples": [1], "x-b": {}}})
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "x", "$comment": "c"}
    assert first(schema, strict=True) == ("", "")


def test_what_the_official_package_leaves_as_it_is() -> None:
    """Discriminators become `oneOf`, dictionaries and tuples stay: OpenAI refuses these, too."""
    pointer, reason = first(to_strict_json_schema(Shelter), strict=True)
    assert pointer == "#/properties/pets/items/oneOf"
    assert "use 'anyOf'" in reason
    assert first(to_strict_json_schema(Loose), strict=True)[0] == "#/properties/scores/maxProperties"
