"""References and recursion."""

from tests.schemas.case import Schema, closed, list_of, optional, text, whole

REFERENCES: dict[str, Schema] = {
    "to $defs": closed({"a": {"$ref": "#/$defs/n"}, "b": {"$ref": "#/$defs/n"}}, **{"$defs": {"n": whole(0, 9)}}),
    "to definitions": closed({"a": {"$ref": "#/definitions/n"}}, definitions={"n": text(4)}),
    "to a property": closed({"a": whole(0, 9), "b": {"$ref": "#/properties/a"}}),
    "of references": closed(
        {"a": {"$ref": "#/$defs/one"}}, **{"$defs": {"one": {"$ref": "#/$defs/two"}, "two": whole(0, 9)}}
    ),
    "annotated": closed({"a": {"$ref": "#/$defs/n", "description": "The n."}}, **{"$defs": {"n": whole(0, 9)}}),
    "nullable": closed({"a": {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}}, **{"$defs": {"n": whole(0, 9)}}),
    "with escapes": closed(
        {"a": {"$ref": "#/$defs/a~1b%20c"}, "b": {"$ref": "#/$defs/%C3%A9"}, "c": {"$ref": "#/$defs/m~0n%22%5B1%5D"}},
        **{"$defs": {"a/b c": whole(0, 9), "é": text(3), 'm~n"[1]': {"type": "boolean"}}},
    ),
    "to an object": closed(
        {"home": {"$ref": "#/$defs/address"}, "work": {"$ref": "#/$defs/address"}},
        **{"$defs": {"address": closed({"street": text(8), "zip": {"type": "string", "pattern": "^[0-9]{5}$"}})}},
    ),
    "to items": closed({"a": list_of(whole(0, 9), 2), "b": {"$ref": "#/properties/a/items"}}),
    "to an anyOf": closed({"a": {"anyOf": [whole(0, 9), text(2)]}, "b": {"$ref": "#/properties/a/anyOf/1"}}),
    "unused": closed({"a": whole(0, 9)}, **{"$defs": {"unused": text(3)}}),
}
MORE_REFERENCES: dict[str, Schema] = {
    "from the root": {"$ref": "#/$defs/n", "$defs": {"n": whole(0, 9)}},
    "with siblings": {"$ref": "#/$defs/n", "maximum": 5, "$defs": {"n": {"type": "integer", "minimum": 3}}},
    "with an $id": {
        "$id": "https://example.com/s", "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array",
        "items": {"$ref": "#/$defs/n"}, "maxItems": 2, "$defs": {"n": whole(0, 9)},
    },
    "to prefixItems": {"type": "array", "prefixItems": [whole(0, 9), {"$ref": "#/prefixItems/0"}], "items": False},
    "to a pattern's": {
        "type": "object", "patternProperties": {"^a.$": whole(0, 9)},
        "properties": {"b": {"$ref": "#/patternProperties/%5Ea.%24"}}, "required": ["b"],
        "additionalProperties": False, "maxProperties": 2,
    },
    "to true": {
        "type": "object", "properties": {"a": {"$ref": "#/$defs/any"}}, "required": ["a"],
        "additionalProperties": False, "$defs": {"any": True},
    },
    "and oneOf": {
        "type": "array", "items": {"oneOf": [{"$ref": "#/$defs/s"}, {"$ref": "#/$defs/n"}]}, "maxItems": 2,
        "$defs": {"s": text(3), "n": whole(0, 9)},
    },
}  # fmt: skip
RECURSION: dict[str, Schema] = {
    "tree": closed(
        {"root": {"$ref": "#/$defs/node"}},
        **{"$defs": {"node": closed({"v": whole(0, 9), "children": list_of({"$ref": "#/$defs/node"}, 2)})}},
    ),
    "linked list": closed({"value": whole(0, 9), "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}),
    "expression": closed(
        {"e": {"$ref": "#/$defs/e"}},
        **{"$defs": {"e": {"anyOf": [
            whole(0, 9), closed({"op": {"enum": ["+", "-"]}, "l": {"$ref": "#/$defs/e"}, "r": {"$ref": "#/$defs/e"}}),
        ]}}},
    ),
    "mutual": closed(
        {"a": {"$ref": "#/$defs/a"}},
        **{"$defs": {
            "a": closed({
                "bs": list_of({"$ref": "#/$defs/b"}, 1),
            }), "b": closed({"as": list_of({"$ref": "#/$defs/a"}, 1)}),
        }},
    ),
    "interface": closed({
        "type": {"type": "string", "enum": ["div", "button"]}, "label": text(6), "children": list_of({"$ref": "#"}, 2),
    }),
}  # fmt: skip
MORE_RECURSION: dict[str, Schema] = {
    "optional": optional({"v": whole(0, 9), "next": {"$ref": "#"}}),
    "map": {"type": "object", "additionalProperties": {"$ref": "#"}, "maxProperties": 1},
    "list": {"type": "array", "items": {"$ref": "#"}, "maxItems": 2},
    "union": {"$ref": "#/$defs/j", "$defs": {"j": {"anyOf": [
        {"type": "null"}, whole(0, 9), list_of({"$ref": "#/$defs/j"}, 2),
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/j"}, "maxProperties": 1},
    ]}}},
}  # fmt: skip


def nest(depth: int) -> Schema:
    """Objects in objects."""
    schema = whole(0, 9)
    for _ in range(depth):
        schema = closed({"a": schema})
    return schema


DEPTH: dict[str, Schema] = {
    "10 objects": nest(10),
    "24 objects": nest(24),
    "6 arrays": list_of(list_of(list_of(list_of(list_of(list_of(whole(0, 9), 1), 1), 1), 1), 1), 1),
}
