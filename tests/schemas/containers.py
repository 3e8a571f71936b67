"""Arrays and objects."""

from tests.schemas.case import Schema, closed, list_of, optional, text, whole

ARRAYS: dict[str, Schema] = {
    "of strings": list_of(text(6)),
    "of integers": list_of(whole()),
    "of booleans": list_of({"type": "boolean"}, 5),
    "at least 2": list_of(whole(), 4, minItems=2),
    "exactly 3": list_of({"type": "number", "minimum": 0, "maximum": 255}, 3, minItems=3),
    "empty": list_of(text(), 0),
    "of arrays": list_of(list_of(whole(0, 9), 2), 2),
    "of objects": list_of(closed({"id": whole(), "name": text(6)}), 2),
    "of an enum": list_of({"type": "string", "enum": ["a", "b", "c"]}),
    "of choices": list_of({"anyOf": [whole(), text(4)]}),
    "of nullable": list_of({"type": ["integer", "null"], "minimum": 0, "maximum": 9}),
    "in an object": closed({"tags": list_of(text(5)), "count": whole()}),
    "matrix": list_of(list_of({"type": "integer", "enum": [0, 1]}, 2, minItems=2), 2, minItems=2),
}
TUPLES: dict[str, Schema] = {
    "pair": {"type": "array", "prefixItems": [text(4), whole()], "items": False, "minItems": 2},
    "short ones pass": {"type": "array", "prefixItems": [text(4), whole(), {"type": "boolean"}], "items": False},
    "with a rest": {"type": "array", "prefixItems": [text(4)], "items": whole(0, 9), "maxItems": 4},
    "longer than allowed": {"type": "array", "prefixItems": [whole(0, 9), whole(0, 9), text(3)], "maxItems": 2},
    "minimum into the rest": {
        "type": "array",
        "prefixItems": [text(3)],
        "items": whole(0, 9),
        "minItems": 3,
        "maxItems": 4,
    },
    "open rest": {"type": "array", "prefixItems": [{"const": "a"}], "maxItems": 2},
    "forbidden second": {"type": "array", "prefixItems": [text(3), False]},
    "nothing": {"type": "array", "items": False},
    "of tuples": list_of({"type": "array", "prefixItems": [whole(), whole()], "items": False, "minItems": 2}, 2),
    "uniqueItems false": list_of(whole(), 2, uniqueItems=False),
    "anything": {"type": "array", "maxItems": 2},
    "allOf of arrays": {
        "allOf": [list_of(whole(0, 50)), {"type": "array", "prefixItems": [{"minimum": 40}], "minItems": 1}]
    },
}
OBJECTS: dict[str, Schema] = {
    "one property": closed({"name": text()}),
    "three properties": closed({"name": text(), "age": whole(0, 120), "member": {"type": "boolean"}}),
    "no properties": closed({}),
    "nested": closed({"a": closed({"b": closed({"c": whole(0, 9)})})}),
    "nullable object": closed({
        "a": {
            "type": ["object", "null"], "properties": {"b": whole()}, "required": ["b"],
            "additionalProperties": False,
        },
    }),
    "nullable property": closed({"a": {"type": ["string", "null"], "maxLength": 5}, "b": {"type": "null"}}),
    "names of keywords": closed({
        "description": text(5), "title": text(5), "type": whole(), "properties": text(5), "$ref": text(3),
        "x-guidance": whole(0, 9), "default": text(4),
    }),
    "annotated": closed(
        {"a": {**text(5), "description": "An a.", "title": "A", "default": "x", "examples": ["y"]}}, title="T",
        description="D",
    ),
    "order is kept": closed({"z": whole(0, 9), "a": whole(0, 9), "m": whole(0, 9)}),
    "required in another order": closed({"a": whole(0, 9), "b": whole(0, 9)}, required=["b", "a"]),
    "unicode names": closed({"größe": whole(), "名前": text(4), "😀": {"type": "boolean"}}),
    "names with spaces": closed({"first name": text(6), " ": whole(0, 9)}),
    "names with quotes": closed({'say "x"': whole(0, 9), "it's": whole(0, 9)}),
    "names with backslashes": closed({"a\\b": whole(0, 9), "c/d": whole(0, 9), "e~f": whole(0, 9)}),
    "names with line breaks": closed({"a\nb": whole(0, 9), "\t": whole(0, 9)}),
    "the empty name": closed({"": text(5)}),
    "one name begins another": closed({"a": whole(0, 9), "ab": whole(0, 9), "abc": whole(0, 9)}),
    "20 properties": closed({f"p{index}": whole(0, 9) for index in range(20)}),
}  # fmt: skip
OPEN_OBJECTS: dict[str, Schema] = {
    "optional": optional({"a": whole(), "b": text(5)}),
    "some optional": optional({"a": whole(), "b": text(5), "c": {"type": "boolean"}}, "b"),
    "first required": optional({"a": whole(), "b": text(5)}, "a"),
    "last required": optional({"a": whole(), "b": text(5)}, "b"),
    "optional nested": optional({"a": optional({"b": whole()}), "c": whole()}),
    "12 optional": optional({f"p{index}": whole(0, 9) for index in range(12)}),
    "map": {"type": "object", "additionalProperties": whole(0, 9), "maxProperties": 3},
    "map of objects": {"type": "object", "additionalProperties": closed({"n": whole(0, 9)}), "maxProperties": 2},
    "map with a property": {
        "type": "object", "properties": {"id": whole()}, "required": ["id"], "additionalProperties": text(4),
        "maxProperties": 3,
    },
    "open with names": {
        "type": "object", "properties": {"a": whole(), "é": whole()}, "required": ["a", "é"], "maxProperties": 3,
        "additionalProperties": {"type": "boolean"},
    },
    "required but not listed": {
        "type": "object", "required": ["x"], "additionalProperties": whole(0, 9), "maxProperties": 1,
    },
    "forbidden property": {"type": "object", "properties": {"a": False, "b": whole()}, "additionalProperties": False},
    "forbidden in an open one": {
        "type": "object", "properties": {"a": False, "b": whole(0, 9)}, "required": ["b"],
        "additionalProperties": {"type": "null"}, "maxProperties": 2,
    },
    "any property": {
        "type": "object", "properties": {"a": True, "b": {}}, "required": ["a"], "additionalProperties": False,
    },
    "names as strings": {
        "type": "object", "propertyNames": {"type": "string"}, "additionalProperties": whole(0, 9),
        "maxProperties": 2,
    },
    "unevaluated true": {
        "type": "object", "unevaluatedProperties": True, "maxProperties": 1, "additionalProperties": whole(0, 9),
    },
}  # fmt: skip
PATTERN_PROPERTIES: dict[str, Schema] = {
    name: {"type": "object", **rest}
    for name, rest in {
        "one pattern": {
            "patternProperties": {"^n_[a-z]{1,3}$": whole(0, 9)}, "additionalProperties": False,
            "maxProperties": 2,
        },
        "two patterns": {
            "patternProperties": {"^n_": whole(0, 9), "^s_": text(4)}, "additionalProperties": False,
            "maxProperties": 2,
        },
        "and a property": {
            "properties": {"id": whole()}, "required": ["id"], "patternProperties": {"^x": text(3)},
            "additionalProperties": False, "maxProperties": 3,
        },
        "and the rest": {
            "patternProperties": {"^n": whole(0, 9)}, "additionalProperties": {"type": "boolean"},
            "maxProperties": 2,
        },
        "for a listed one, too": {
            "properties": {"n_a": {"minimum": 5}}, "required": ["n_a"], "patternProperties": {"^n_": whole(0, 9)},
            "additionalProperties": False, "maxProperties": 2,
        },
        "no quotes in names": {
            "patternProperties": {'^[^"]{1,6}$': whole(0, 9)}, "additionalProperties": False, "maxProperties": 2,
        },
        "anyOf in between": {
            "patternProperties": {"^a[a-z]$": whole(0, 9)}, "anyOf": [{"maxProperties": 1}, {"maxProperties": 2}],
            "additionalProperties": False,
        },
        "forbidden names": {
            "patternProperties": {"^_": False}, "additionalProperties": whole(0, 9), "maxProperties": 2,
        },
    }.items()
}  # fmt: skip
COUNTS: dict[str, Schema] = {
    name: {"type": "object", **rest}
    for name, rest in {
        "at least one of a map": {"additionalProperties": whole(0, 9), "minProperties": 1, "maxProperties": 2},
        "none": {"maxProperties": 0},
        "at least one": {"properties": {"a": whole(), "b": text(3)}, "additionalProperties": False, "minProperties": 1},
        "at most one": {"properties": {"a": whole(), "b": text(3)}, "additionalProperties": False, "maxProperties": 1},
        "exactly one": {
            "properties": {"a": whole(), "b": text(3)}, "additionalProperties": False, "minProperties": 1,
            "maxProperties": 1,
        },
        "one more than required": {
            "properties": {"a": whole()}, "required": ["a"], "additionalProperties": text(3), "minProperties": 2,
            "maxProperties": 2,
        },
        "as many as required": {
            "properties": {"a": whole(), "b": whole()}, "required": ["a", "b"], "additionalProperties": False,
            "minProperties": 2,
        },
    }.items()
}  # fmt: skip
