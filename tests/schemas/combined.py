"""Choices and intersections, and what other drafts write in another way."""

from tests.schemas.case import Case, Schema, closed, list_of, text, whole

CHOICES: dict[str, Schema] = {
    "string or integer": {"anyOf": [text(5), whole()]},
    "string or null": {"anyOf": [text(5), {"type": "null"}]},
    "two objects": {"anyOf": [closed({"a": whole()}), closed({"b": text(4)})]},
    "objects with one beginning": {"anyOf": [closed({"a": whole()}), closed({"a": whole(), "b": text(4)})]},
    "tagged objects": {"anyOf": [
        closed({"kind": {"type": "string", "const": "cat"}, "lives": whole(1, 9)}),
        closed({"kind": {"type": "string", "const": "dog"}, "name": text(6)}),
    ]},
    "overlapping": {"anyOf": [whole(0, 10), whole(5, 15)]},
    "three kinds": {"anyOf": [list_of(whole(0, 9), 2), closed({"x": whole(0, 9)}), {"type": "boolean"}]},
    "nested": {"anyOf": [{"anyOf": [text(3), {"type": "null"}]}, {"anyOf": [whole(0, 9), {"type": "boolean"}]}]},
    "of one": {"anyOf": [text(5)]},
    "multiples of 3 or 5": {
        "anyOf": [{"type": "integer", "multipleOf": step, "minimum": 0, "maximum": 99} for step in (3, 5)],
    },
    "object or list of it": {"anyOf": [closed({"n": whole(0, 9)}), list_of(closed({"n": whole(0, 9)}), 2)]},
}  # fmt: skip
MORE_CHOICES: dict[str, Schema] = {
    "type beside anyOf": {"type": "object", "anyOf": [closed({"a": whole()}), closed({"b": text(4)})]},
    "properties beside anyOf": {
        "type": "object", "properties": {"id": whole()}, "required": ["id"],
        "anyOf": [
            {"properties": {"a": text(3)}, "required": ["a"]},
            {"properties": {"b": {"type": "null"}}, "required": ["b"]},
        ],
        "maxProperties": 2,
    },
    "bounds beside anyOf": {
        "type": "integer", "minimum": 3, "anyOf": [{"maximum": 5}, {"multipleOf": 10, "maximum": 40}],
    },
    "anyOf with false": {"anyOf": [False, text(3)]},
    "required of anyOf": {
        "type": "object", "properties": {"a": whole(0, 9), "b": whole(0, 9)}, "additionalProperties": False,
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
}  # fmt: skip
EITHER: dict[str, Schema] = {
    "types": {"oneOf": [text(4), whole(), {"type": "null"}]},
    "values": {"oneOf": [{"const": 1}, {"const": 2}, {"enum": [3, 4]}]},
    "tagged objects": {"oneOf": [
        closed({"kind": {"const": "a"}, "x": whole(0, 9)}), closed({"kind": {"const": "b"}, "y": text(3)}),
    ]},
    "tagged by enums": {"oneOf": [
        closed({"kind": {"enum": ["a", "b"]}, "x": whole(0, 9)}), closed({"kind": {"enum": ["c"]}, "y": text(3)}),
    ]},
    "tagged by numbers": {"oneOf": [closed({"v": {"const": 1}, "x": text(3)}), closed({"v": {"const": 2}})]},
    "tagged through references": {
        "oneOf": [{"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}],
        "discriminator": {"propertyName": "pet", "mapping": {"cat": "#/$defs/cat"}},
        "$defs": {
            "cat": closed({"pet": {"const": "cat"}, "lives": whole(1, 9)}),
            "dog": closed({"pet": {"const": "dog"}, "name": text(5)}),
        },
    },
    "tagged beneath": {"oneOf": [
        closed({"head": closed({"kind": {"const": kind}}), "n": whole(0, 9)}) for kind in ("a", "b")
    ]},
    "type beside oneOf": {
        "type": ["string", "integer"],
        "oneOf": [{"type": "string", "maxLength": 3}, {"type": "integer", "minimum": 0, "maximum": 9}],
    },
    "anyOf beside oneOf": {
        "anyOf": [whole(0, 5), text(3)], "oneOf": [{"type": "integer"}, {"type": "string", "minLength": 2}],
    },
}  # fmt: skip
ALL: dict[str, Schema] = {
    "bounds": {"allOf": [{"type": "integer"}, {"minimum": 3}, {"maximum": 8}]},
    "of one": {"allOf": [text(4)]},
    "lengths": {"allOf": [{"type": "string", "minLength": 2}, {"maxLength": 4}]},
    "objects": {"allOf": [
        {"type": "object", "properties": {"a": whole()}, "required": ["a"]},
        {"type": "object", "properties": {"b": text(3)}, "required": ["b"], "maxProperties": 2},
    ]},
    "the same property": {"type": "object", "allOf": [
        {"properties": {"n": {"type": "integer", "minimum": 2}}, "required": ["n"]},
        {"properties": {"n": {"maximum": 5}}, "additionalProperties": False},
    ]},
    "through references": {
        "allOf": [{"$ref": "#/$defs/named"}, {"$ref": "#/$defs/aged"}], "maxProperties": 2,
        "$defs": {
            "named": {"type": "object", "properties": {"name": text(5)}, "required": ["name"]},
            "aged": {"type": "object", "properties": {"age": whole(0, 99)}, "required": ["age"]},
        },
    },
    "enum and type": {"allOf": [{"enum": ["a", "bb", 3]}, {"type": "string"}, {"minLength": 2}]},
    "items": {
        "allOf": [
            {"type": "array", "items": {"type": "integer"}},
            {"items": {"minimum": 0, "maximum": 9}, "maxItems": 2},
        ],
    },
    "anyOf within": {"type": "object", "properties": {"a": whole(0, 9)}, "required": ["a"], "allOf": [
        {"anyOf": [{"properties": {"a": {"minimum": 8}}}, {"properties": {"a": {"maximum": 1}}}]},
    ], "additionalProperties": False},
}  # fmt: skip
NULLABLE = {"type": ["string", "null"], "maxLength": 4}
READINGS = [
    Case(
        "openapi: nullable",
        {"type": "object", "properties": {"a": {"type": "string", "nullable": True, "maxLength": 4}}, "required": ["a"],
         "additionalProperties": False, "example": {"a": "b"}, "externalDocs": {"url": "x"}, "x-order": 1},
        judged=closed({"a": NULLABLE}),
    ),
    Case(
        "draft-07: tuple",
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": [text(3), whole(0, 9)],
         "additionalItems": False, "minItems": 1},
        judged={"type": "array", "prefixItems": [text(3), whole(0, 9)], "items": False, "minItems": 1},
    ),
    Case(
        "draft-07: tuple with a rest",
        {"type": "array", "items": [text(3)], "additionalItems": whole(0, 9), "maxItems": 3},
        judged={"type": "array", "prefixItems": [text(3)], "items": whole(0, 9), "maxItems": 3},
    ),
]  # fmt: skip
