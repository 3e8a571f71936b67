"""Types, values and numbers."""

from tests.schemas.case import Schema, closed, list_of, text

TYPES: dict[str, Schema] = {
    "string": {"type": "string", "maxLength": 20},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "string or null": {"type": ["string", "null"], "maxLength": 10},
    "integer or string": {"type": ["integer", "string"], "maxLength": 5, "maximum": 9},
    "boolean or null": {"type": ["boolean", "null"]},
    "one type in a list": {"type": ["boolean"]},
}
ANY_TYPES: dict[str, Schema] = {
    "object": {"type": "object", "maxProperties": 2},
    "array": {"type": "array", "maxItems": 2},
    "many types": {"type": ["null", "boolean", "number", "string"], "maxLength": 8},
    "keywords of another type": {"type": "boolean", "minLength": 3, "minimum": 5, "items": False},
    "keywords without a type": {"enum": ["abc", "d", 7, None], "maxLength": 2},
}
VALUES: dict[str, Schema] = {
    "enum of strings": {"type": "string", "enum": ["red", "green", "blue"]},
    "enum of one": {"type": "string", "enum": ["only"]},
    "enum with a common beginning": {"type": "string", "enum": ["a", "ab", "abc", "abcd"]},
    "enum of integers": {"type": "integer", "enum": [1, 2, 3, 10, 100, -7]},
    "enum of numbers": {"type": "number", "enum": [0.5, 1, 2.25, -3.125, 1e-7]},
    "enum of all kinds": {"enum": ["a", 1, 1.5, True, False, None]},
    "enum with null": {"type": ["string", "null"], "enum": ["yes", "no", None]},
    "enum of quotes": {"type": "string", "enum": ['say "x"', "back\\slash", "new\nline", "tab\t", "/", "\b\f\r"]},
    "enum of scripts": {"type": "string", "enum": ["é", "日本", "😀", "Ω", "naïve", "ß"]},
    "enum of the empty string": {"type": "string", "enum": ["", " "]},
    "enum of 500": {"type": "string", "enum": [f"value {index}" for index in range(500)]},
    "const string": {"type": "string", "const": "fixed"},
    "const integer": {"type": "integer", "const": 42},
    "const negative": {"const": -1.5},
    "const large": {"const": 9007199254740991},
    "const true": {"const": True},
    "const null": {"const": None},
}
DEEP_VALUES: dict[str, Schema] = {
    "const object": {"const": {"a": 1, "b": [True, None], 'c "d"': "e"}},
    "const array": {"const": [1, "two", [3], {}]},
    "const empty": {"enum": [{}, [], ""]},
    "enum of objects": {"enum": [{"kind": "a"}, {"kind": "b", "n": 1}]},
    "enum and type": {"type": "string", "enum": ["a", 1, None, "b"]},
    "enum and length": {"enum": ["a", "abc", "abcdef"], "maxLength": 3},
    "enum and bounds": {"enum": [1, 5, 10, 50], "minimum": 4, "exclusiveMaximum": 50},
    "enum and step": {"enum": [3, 4, 5, 6], "multipleOf": 3},
    "enum and pattern": {"enum": ["ab", "cd", "ae"], "pattern": "^a"},
    "const and enum": {"const": "b", "enum": ["a", "b"]},
}
INTEGERS: dict[str, Schema] = {
    name: {"type": "integer", **bounds}
    for name, bounds in {
        "minimum": {"minimum": 5},
        "minimum 0": {"minimum": 0},
        "minimum below 0": {"minimum": -17},
        "maximum": {"maximum": 250},
        "maximum below 0": {"maximum": -3},
        "exclusive minimum": {"exclusiveMinimum": 9},
        "exclusive maximum": {"exclusiveMaximum": 10},
        "range": {"minimum": 1, "maximum": 5},
        "range over digits": {"minimum": 7, "maximum": 1234},
        "range around 0": {"minimum": -12, "maximum": 34},
        "range below 0": {"minimum": -1234, "maximum": -99},
        "exclusive range": {"exclusiveMinimum": 0, "exclusiveMaximum": 3},
        "both kinds": {"minimum": 3, "exclusiveMinimum": 5, "maximum": 20, "exclusiveMaximum": 9},
        "one value": {"minimum": 7, "maximum": 7},
        "fractional bounds": {"minimum": 0.5, "maximum": 3.5},
        "64 bits": {"minimum": -9223372036854775808, "maximum": 9223372036854775807},
        "53 bits": {"minimum": -9007199254740991, "maximum": 9007199254740991},
        "even": {"multipleOf": 2},
        "multiples of 7": {"multipleOf": 7, "minimum": 0, "maximum": 100},
        "hundreds": {"multipleOf": 100, "exclusiveMinimum": 0, "maximum": 100000},
        "thousands": {"multipleOf": 10000, "minimum": 0, "maximum": 90000},
        "step of halves": {"multipleOf": 1.5, "minimum": -9, "maximum": 9},
        "annotated format": {"format": "int32", "minimum": 0, "maximum": 9},
    }.items()
}
NUMBERS: dict[str, Schema] = {
    name: {"type": "number", **bounds}
    for name, bounds in {
        "minimum": {"minimum": 2.5},
        "minimum 0": {"minimum": 0},
        "maximum": {"maximum": 99.9},
        "maximum below 0": {"maximum": -0.25},
        "probability": {"minimum": 0, "maximum": 1},
        "open probability": {"exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "above 0": {"exclusiveMinimum": 0},
        "below 0": {"exclusiveMaximum": 0},
        "same whole part": {"exclusiveMinimum": 1, "maximum": 1.5},
        "same whole part below 0": {"minimum": -1.5, "exclusiveMaximum": -1},
        "just below 0": {"minimum": -0.5, "exclusiveMaximum": 0},
        "just above 0": {"exclusiveMinimum": 0, "maximum": 0.5},
        "narrow": {"minimum": 0.25, "maximum": 0.26},
        "degrees": {"minimum": -180, "maximum": 180},
        "open degrees": {"exclusiveMinimum": -90, "exclusiveMaximum": 90},
        "one value": {"minimum": 2.5, "maximum": 2.5},
        "16 digits": {"minimum": 0.1234567890123456, "maximum": 0.2},
        "32 bits": {"minimum": -3.4028235e38, "maximum": 3.4028235e38},
        "cents": {"multipleOf": 0.01, "minimum": 0, "maximum": 100},
        "tenths": {"multipleOf": 0.1, "exclusiveMinimum": -5, "exclusiveMaximum": 5},
        "quarters": {"multipleOf": 0.25, "maximum": 3, "minimum": -3},
        "threes": {"multipleOf": 3, "minimum": 0, "maximum": 30},
        "annotated format": {"format": "float", "minimum": 1, "maximum": 2},
    }.items()
}
MORE_NUMBERS: dict[str, Schema] = {
    "integer or number": {"type": ["integer", "number"], "minimum": 0, "maximum": 5},
    "bounds without a type": {"minimum": 0, "maximum": 10, "maxLength": 3, "maxItems": 1, "maxProperties": 1},
    "exclusive through allOf": {"type": "number", "allOf": [{"exclusiveMinimum": 1}, {"maximum": 1.25}]},
    "steps through allOf": {
        "type": "integer",
        "allOf": [{"multipleOf": 4}, {"multipleOf": 6}],
        "minimum": 0,
        "maximum": 99,
    },
    "list of ratings": list_of({"type": "integer", "minimum": 1, "maximum": 5}),
    "numbers in an object": closed({"x": {"type": "number"}, "y": {"type": "number", "minimum": -1}, "label": text(5)}),
}
