"""Single keywords as they go to the engine."""

from typing import Any

import pytest

from antiphon.constraint.formats import FORMATS
from antiphon.constraint.pattern import DOT
from antiphon.constraint.rewrite import RULES

DATE = FORMATS["date"].pattern
HOST = FORMATS["hostname"].pattern


def rewrite(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of single keywords, in its order."""
    built: dict[str, Any] = {}
    for keyword, value in schema.items():
        RULES[keyword](schema, value, built)
    return built


SAME: list[dict[str, Any]] = [
    {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^a"},
    {"type": ["string", "null"], "enum": ["a", None]},
    {"const": {"description": "d", "$ref": "x"}},
    {"type": "integer", "minimum": 1, "exclusiveMaximum": 5, "multipleOf": 2},
    {"required": ["b", "a"], "minProperties": 1, "maxProperties": 3}, {"minItems": 0, "maxItems": 100_000},
    {"type": "string", "format": "uuid"}, {"format": "ipv4"}, {"type": "number", "exclusiveMaximum": 1, "minimum": 0},
]  # fmt: skip


@pytest.mark.parametrize("schema", SAME)
def test_most_stays(schema: dict[str, Any]) -> None:
    """What the engine gets right, in the order in which it came."""
    assert rewrite(schema) == schema
    assert [*rewrite(schema)] == [*schema]


OTHER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": ["string"]}, {"type": "string"}),
    ({"minLength": 1.0, "maxLength": 2.0}, {"minLength": 1, "maxLength": 2}),
    ({"type": "string", "format": "date"}, {"type": "string", "pattern": DATE}),
    ({"type": "integer", "format": "int32"}, {"type": "integer"}),
    ({"format": "date", "pattern": "^2"}, {"pattern": DATE, "allOf": [{"pattern": "^2"}]}),
    ({"pattern": "^2", "format": "date"}, {"pattern": "^2", "allOf": [{"pattern": DATE}]}),
    ({"pattern": "a."}, {"pattern": f"a{DOT}"}),
    ({"format": "hostname"}, {"pattern": HOST, "maxLength": 253}),
    ({"maxLength": 9, "format": "hostname"}, {"maxLength": 9, "pattern": HOST}),
    ({"format": "hostname", "maxLength": 9}, {"pattern": HOST, "maxLength": 9}),
    ({"format": "hostname", "maxLength": 900}, {"pattern": HOST, "maxLength": 253}),
    ({"type": "number", "exclusiveMinimum": 1}, {"type": "number", "minimum": 1.00000000000001}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "built"), OTHER)
def test_what_the_engine_gets_wrong_otherwise(schema: dict[str, Any], built: dict[str, Any]) -> None:
    """Formats that are not exact, numbers that are written with a point, patterns of another dialect."""
    assert rewrite(schema) == built


def test_nullable() -> None:
    """OpenAPI's word is the type null, where a type is given; it adds nothing to an enum."""
    for before in ("string", ["string"]):
        schema = {"type": before, "nullable": True}
        built: dict[str, Any] = {}
        RULES["type"](schema, before, built)
        assert built == {"type": ["string", "null"]}
    built = {}
    RULES["type"]({"type": "string", "nullable": False}, "string", built)
    assert built == {"type": "string"}


MALFORMED: list[dict[str, Any]] = [
    {"type": "x"}, {"type": []}, {"type": 5}, {"type": [5]}, {"enum": []}, {"enum": "a"}, {"enum": ["\x00"]},
    {"const": 2**60}, {"required": "a"},
    {"multipleOf": 0}, {"multipleOf": 99991}, {"minimum": "1"}, {"maximum": True}, {"minLength": -1},
    {"maxLength": 1.5},
    {"maxItems": 10**9}, {"pattern": 5}, {"pattern": "(?=a)"}, {"format": 5}, {"format": "unknown"},
    {"format": ["date"]},
    {"minimum": 1e300},
]  # fmt: skip


@pytest.mark.parametrize("schema", MALFORMED)
def test_malformed_values_are_left_out(schema: dict[str, Any]) -> None:
    """So that a schema that is only enforced as far as possible is."""
    assert rewrite(schema) == {}


def test_what_is_partly_malformed() -> None:
    """What can be kept is."""
    assert rewrite({"type": ["string", "x", 5]}) == {"type": "string"}
    assert rewrite({"enum": ["a", "\x00", "b"]}) == {"enum": ["a", "b"]}
    assert rewrite({"required": ["a", 5, "a", "b"]}) == {"required": ["a", "b"]}
