"""How large a schema may be."""

import time
from typing import Any

import pytest

from antiphon.constraint import bounds
from antiphon.constraint.schema import build_schema, check_bounds, check_schema
from antiphon.errors import InvalidSchema


def deep(depth: int, key: str = "items") -> Any:
    """Objects in objects, made without recursion."""
    value: Any = {}
    for _ in range(depth - 1):
        value = {key: value}
    return value


def deep_list(depth: int) -> Any:
    """Arrays in arrays."""
    value: list[Any] = []
    for _ in range(depth - 2):
        value = [value]
    return {"const": value}


def names(count: int) -> dict[str, Any]:
    """So many properties."""
    return {f"p{index}": {} for index in range(count)}


SHARED: dict[str, Any] = {"type": "string"}
for _ in range(40):
    SHARED = {"anyOf": [SHARED, SHARED]}
TOO_LARGE: list[tuple[str, Any, str, str]] = [
    ("depth", deep(101), "#" + "/items" * 100, "nested more than 100 deep"),
    ("depth of 5000", deep(5000), "#" + "/items" * 100, "nested"),
    ("depth of 5000 arrays", deep_list(5000), "#/const" + "/0" * 99, "nested"),
    ("properties", {"properties": names(5001)}, "#/properties", "5000 properties"),
    ("properties in all", {"properties": {"a": {"properties": names(3000)}, "b": {"properties": names(3000)}}},
     "#/properties/b/properties", "5000 properties"),
    ("enum", {"enum": list(range(10_001))}, "#/enum", "10000 enum values"),
    ("enum of 100000", {"properties": {"a": {"enum": [str(index) for index in range(100_000)]}}},
     "#/properties/a/enum", "10000 enum values"),
    ("subschemas", {"anyOf": [{} for _ in range(20_000)]}, "#/anyOf/19999", "20000 subschemas"),
    ("booleans", {"anyOf": [True] * 30_000}, "#/anyOf/19999", "20000 subschemas"),
    ("values", {"default": [None] * 300_000}, "#/default", "200000 values"),
    ("text", {"description": "x" * 600_000}, "#/description", "512000 characters"),
    ("text in names", {"default": {f"{index:04}" + "x" * 900: 0 for index in range(600)}}, "#/default", "512000"),
    ("a name", {"properties": {"x" * 5001: {}}}, "#/properties", "a name of more than 5000"),
    ("a long number", {"minimum": 10**400}, "#/minimum", "no number that JSON can write"),
    ("a very long number", {"default": 10**6000}, "#/default", "no number"),
    ("infinity", {"maximum": float("inf")}, "#/maximum", "no number"),
    ("no number", {"const": {"a": [float("nan")]}}, "#/const/a/0", "no number"),
    ("half a pair", {"const": "\ud800"}, "#/const", "surrogate"),
    ("half a pair in a name", {"properties": {"\udc00": {}}}, "#/properties", "surrogate"),
    ("no object", [], "#", "must be an object"),
    ("a boolean", True, "#", "must be an object"),
    ("nothing", None, "#", "must be an object"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "pointer", "reason"), [row[1:] for row in TOO_LARGE], ids=[row[0] for row in TOO_LARGE]
)
def test_what_is_too_large_is_refused(schema: Any, pointer: str, reason: str) -> None:
    """The refusal says which limit was passed and where, and comes at once."""
    start = time.process_time()
    fault = bounds.find_excess(schema)
    assert time.process_time() - start < 10
    assert fault is not None
    assert bounds.render_pointer(fault.path) == pointer
    assert reason in fault.reason
    with pytest.raises(InvalidSchema):
        check_schema(schema, param="p", strict=True)


def test_shared_parts_count_each_time() -> None:
    """A schema that only looks small in memory ends, too."""
    with pytest.raises(InvalidSchema, match="20000 subschemas"):
        check_bounds(SHARED, param="p")


@pytest.mark.parametrize(
    "schema",
    [
        deep(100), deep_list(100), {"properties": names(5000)}, {"enum": list(range(10_000))},
        {"anyOf": [{} for _ in range(19_999)]}, {"description": "x" * 511_000}, {"properties": {"x" * 5000: {}}},
    ],
)  # fmt: skip
def test_what_is_within_bounds_is_built(schema: dict[str, Any]) -> None:
    """The largest schemas pass, and the recursion of what follows suffices for them."""
    check_bounds(schema, param="p")
    check_schema(schema, param="p", strict=False)
    assert build_schema(schema, lenient=True)


def chain(order: range) -> dict[str, Any]:
    """References to references."""
    return {f"d{index}": {"$ref": f"#/$defs/d{index - 1}"} if index else {"type": "string"} for index in order}


RAMIFIED: list[dict[str, Any]] = [
    {"$ref": "#/$defs/d3000", "$defs": chain(range(3001))},
    {"$ref": "#/$defs/d3000", "$defs": chain(range(3000, -1, -1))},
    {"$ref": "#/$defs/d0", "$defs": {
        "d40": {"type": "string"}, **{f"d{n}": {"oneOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)},
    }},
    {"$ref": "#/$defs/d0", "$defs": {
        "d40": {"type": "object"}, **{f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)},
    }},
    {"allOf": [{"oneOf": [{"$ref": f"#/$defs/d{index}"} for index in range(60)]}] * 30, "$defs": {
        f"d{index}": {"type": "object", "properties": names(75), "required": [*names(75)]} for index in range(60)
    }},
    {"properties": {f"p{n}": {"$ref": "#/$defs/d"} for n in range(2000)}, "$defs": {"d": {}, "e": {"$id": "x"}}},
    {"anyOf": [{"pattern": "(a+)+$" * 30}] * 300},
    {"pattern": "((((a{1,1000}){1,1000}){1,1000}){1,1000})" + "(.*.*)*" * 100 + "$"},
]  # fmt: skip


@pytest.mark.parametrize("schema", RAMIFIED)
def test_what_grows_when_it_is_followed(schema: dict[str, Any]) -> None:
    """Each place is looked at once, not once for each way to it; patterns are read and never run."""
    start = time.process_time()
    check_schema(schema, param="p", strict=False)
    build_schema(schema, lenient=False)
    build_schema(schema, lenient=True)
    assert time.process_time() - start < 30
