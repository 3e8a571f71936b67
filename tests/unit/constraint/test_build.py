"""Schemas as they go to the engine."""

import json
import time

import pytest
from hypothesis import given

from antiphon.constraint.build import GUIDANCE, build_schema
from antiphon.constraint.formats import FORMATS
from tests.schemas.case import Schema, closed, text
from tests.schemas.suite import SUITE
from tests.unit.constraint.junk import schemas


def built(schema: Schema, *, lenient: bool = False) -> Schema:
    """Without the options of the engine, which are the same for all."""
    made = build_schema(schema, lenient=lenient)
    del made["x-guidance"]
    return made


def test_the_engines_options() -> None:
    """One space after commas and colons, no other; lenient when asked for. Nobody else's options count."""
    assert build_schema({"x-guidance": {"lenient": True}}, lenient=False) == {"x-guidance": GUIDANCE}
    assert build_schema({}, lenient=True) == {"x-guidance": {**GUIDANCE, "lenient": True}}
    assert GUIDANCE.items() >= {"item_separator": ", ", "key_separator": ": ", "whitespace_flexible": False}.items()
    assert built({"items": {"x-guidance": {}, "type": "null"}}) == {"items": {"type": "null"}}


def test_annotations_are_taken_out() -> None:
    """Where they are keywords, not where they are names or values."""
    schema = closed(
        {"title": {**text(5), "title": "T", "description": "d"}, "default": {"const": {"title": 1, "default": 2}}},
        title="T", description="d", default={}, examples=[], deprecated=True,
        **{"$schema": "s", "$id": "i", "$comment": "c"},
    )  # fmt: skip
    assert built(schema) == closed({"title": text(5), "default": {"const": {"title": 1, "default": 2}}})


def test_order_is_kept() -> None:
    """Answers have their properties in the order of the schema, whose own object is left as it was."""
    for case in SUITE:
        before = json.dumps(case.schema)
        made = built(case.schema)
        assert json.dumps(case.schema) == before, case.name
        assert [*made.get("properties", {})] == [*case.schema.get("properties", {})], case.name


def test_references() -> None:
    """What is referred to is written once, below `$defs`; what is not is left out."""
    schema = closed(
        {"a": {"$ref": "#/$defs/n%20m", "description": "d"}, "b": {"$ref": "#/properties/a"}, "c": {"$ref": "#"}},
        **{"$defs": {"n m": {"type": "integer", "title": "N"}, "unused": {}}},
    )
    assert built(schema) == closed(
        {"a": {"$ref": "#/$defs/n_20m"}, "b": {"$ref": "#/$defs/a"}, "c": {"$ref": "#"}},
        **{"$defs": {"a": {"$ref": "#/$defs/n_20m"}, "n_20m": {"type": "integer"}}},
    )


BUILT: list[tuple[Schema, Schema]] = [
    ({"items": [{"type": "null"}], "additionalItems": False}, {"prefixItems": [{"type": "null"}], "items": False}),
    ({"items": [{"type": "null"}]}, {"prefixItems": [{"type": "null"}], "items": True}),
    ({"oneOf": [{"type": "null"}, {"type": "string"}]}, {"anyOf": [{"type": "null"}, {"type": "string"}]}),
    ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, {"oneOf": [{"type": "integer"}, {"type": "number"}]}),
    ({"anyOf": [{}], "oneOf": [{"const": 2}, {"const": 1}]},
     {"anyOf": [{}], "allOf": [{"anyOf": [{"const": 2}, {"const": 1}]}]}),
    ({"$ref": "#/$defs/a", "$defs": {"a": True}}, {}),
    ({"$ref": "#/$defs/a", "$defs": {"a": False}}, {"allOf": [False]}),
    ({"additionalProperties": False, "anyOf": [{}], "patternProperties": {"^.$": {}}},
     {"anyOf": [{}], "patternProperties": {r"^[^\n\r\u2028\u2029]$": {}}, "additionalProperties": False}),
    ({"properties": {"a": True, "b": False, "c": {}}}, {"properties": {"a": True, "b": False, "c": {}}}),
    ({"format": "date", "pattern": "^2", "allOf": [{"minLength": 1}]},
     {"pattern": FORMATS["date"].pattern, "allOf": [{"pattern": "^2"}, {"minLength": 1}]}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "expected"), BUILT)
def test_what_is_written_in_another_way(schema: Schema, expected: Schema) -> None:
    """Tuples of earlier drafts, alternatives that exclude each other, references to booleans."""
    assert built(schema) == expected
    assert [*built(schema)] == [*expected]


MANY: Schema = {f"p{index}": {} for index in range(60)}
REPAIRED: list[tuple[Schema, Schema]] = [
    ({"properties": {"a": {"$ref": "https://example.com/a"}}}, {"properties": {"a": {}}}),
    ({"$ref": "#/lib/a", "lib": {"a": {"const": 1}}}, {"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}),
    ({"type": "objct", "properties": 5, "anyOf": [], "items": 5}, {"items": True}),
    ({"uniqueItems": True, "not": {}, "foo": 1, "if": {}, "dependentRequired": {}, "type": "array"}, {"type": "array"}),
    ({"properties": {"a": {"$ref": "#"}}, "required": ["a"]}, {"properties": {"a": {"$ref": "#"}}, "required": ["a"]}),
    (closed({"a": {"$ref": "#"}}), closed({"a": {}})),
    ({"patternProperties": {"(?=a)": {}, "^a": {}}}, {"patternProperties": {"^a": {}}}),
    ({"additionalItems": False}, {}),
    ({"anyOf": [{"multipleOf": 4999}, {"multipleOf": 4993}]}, {"anyOf": [{}, {}]}),
    ({"items": {"multipleOf": 4999}}, {"items": {"multipleOf": 4999}}),
    ({"minProperties": 1, "properties": MANY}, {"properties": MANY}),
    ({"nullable": True, "type": "string", "format": "password"}, {"type": ["string", "null"]}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "expected"), REPAIRED)
def test_lenient_repairs(schema: Schema, expected: Schema) -> None:
    """What would make the engine refuse a whole schema is left out."""
    assert built(schema, lenient=True) == expected


@given(schemas)
def test_building_never_fails(schema: Schema) -> None:
    """Whatever is within bounds, lenient or not, can be built, and is JSON."""
    for lenient in (True, False):
        json.dumps(build_schema(schema, lenient=lenient), allow_nan=False)


def test_it_is_fast() -> None:
    """All functions of a large request within milliseconds."""
    properties = {
        f"p{index}": {"type": "string", "description": "A value, in the words of the user."} for index in range(12)
    }
    tools = [json.loads(json.dumps(closed(properties))) for _ in range(128)]
    start = time.process_time()
    for tool in tools:
        build_schema(tool, lenient=True)
    assert time.process_time() - start < 0.5
