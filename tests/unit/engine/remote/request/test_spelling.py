"""Calls as one JSON array: the schema of each function is what it was, within that of the whole."""

import json
from typing import Any

import jsonschema_rs
import pytest

from antiphon.dialect.conversation import Tool
from antiphon.engine.remote.request.spelling import build_schema

Schema = dict[str, Any]
STRING, INTEGER = {"type": "string"}, {"type": "integer"}
PLAIN: Schema = {"type": "object", "properties": {"a": INTEGER}, "required": ["a"], "additionalProperties": False}


def strict(**properties: Any) -> Schema:
    """An object of these and no others, none of which must be."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def accepts(schema: Schema, *calls: tuple[str, Any]) -> bool:
    """Whether these calls follow it."""
    jsonschema_rs.meta.validate(schema)
    made = [{"name": name, "arguments": arguments} for name, arguments in calls]
    return jsonschema_rs.validator_for(schema).is_valid(made)


def build(*schemas: Schema | None, parallel: bool = True, customs: tuple[str, ...] = ()) -> Schema:
    """Of functions f0, f1 and so on, and of these custom tools, for which functions with an ending stand."""
    functions = [Tool(f"f{number}", parameters=schema) for number, schema in enumerate(schemas)]
    tools = [*functions, *(Tool(name, "custom") for name in customs)]
    return build_schema(tools, {name: f"{name}_in" for name in customs}, parallel=parallel)


TREE = {"type": "object", "properties": {"leaf": INTEGER, "next": {"$ref": "#"}}, "additionalProperties": False}
SCHEMAS: dict[str, tuple[Schema, Any, Any]] = {
    "plain": (PLAIN, {"a": 1}, {"a": "x"}),
    "$defs": (strict(a={"$ref": "#/$defs/n"}) | {"$defs": {"n": INTEGER}}, {"a": 1}, {"a": "x"}),
    "definitions": (strict(a={"$ref": "#/definitions/n"}) | {"definitions": {"n": INTEGER}}, {"a": 1}, {"a": "x"}),
    "both": (
        strict(a={"$ref": "#/definitions/n"}, b={"$ref": "#/$defs/n"}) | {
            "definitions": {"n": INTEGER}, "$defs": {"n": STRING}
        },
        {"a": 1, "b": "x"}, {"a": "x", "b": 1},
    ),
    "one refers to another": (
        strict(a={"$ref": "#/$defs/n"}) | {
            "$defs": {"n": {"type": "array", "items": {"$ref": "#/$defs/m"}}, "m": INTEGER}
        },
        {"a": [1]}, {"a": ["x"]},
    ),
    "into a definition": (
        strict(a={"$ref": "#/$defs/n/properties/b"}) | {"$defs": {"n": strict(b=INTEGER)}}, {"a": 1}, {"a": "x"},
    ),
    "odd names": (
        strict(a={"$ref": "#/$defs/a~1b%20c"}) | {"$defs": {"a/b c": INTEGER}}, {"a": 1}, {"a": "x"},
    ),
    "recursion": (TREE, {"next": {"next": {"leaf": 1}}}, {"next": {"next": {"leaf": "x"}}}),
    "recursion by a definition": (
        strict(a={"$ref": "#/$defs/n"}) | {"$defs": {"n": strict(leaf=INTEGER, next={"$ref": "#/$defs/n"})}},
        {"a": {"next": {"leaf": 1}}}, {"a": {"next": {"leaf": "x"}}},
    ),
    "root is a reference": (
        {"$ref": "#/$defs/n", "$defs": {"n": TREE}}, {"next": {"leaf": 1}}, {"next": {"leaf": "x"}},
    ),
    "within anyOf": (
        strict(a={"anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}) | {"$defs": {"n": INTEGER}},
        {"a": None}, {"a": "x"},
    ),
    "to a property": (strict(a=INTEGER, b={"$ref": "#/properties/a"}), {"b": 1}, {"b": "x"}),
    "to a property of a definition's sibling": (
        strict(a=strict(c=INTEGER), b={"$ref": "#/properties/a/properties/c"}), {"b": 1}, {"b": "x"},
    ),
    "properties called like keywords": (
        strict(**{"$ref": INTEGER, "$defs": INTEGER, "definitions": INTEGER, "properties": INTEGER}),
        {"$ref": 1, "$defs": 1, "definitions": 1, "properties": 1}, {"$ref": "x"},
    ),
    "definitions called like keywords": (
        strict(a={"$ref": "#/$defs/$ref"}, b={"$ref": "#/$defs/definitions"}) | {
            "$defs": {"$ref": INTEGER, "definitions": STRING}
        },
        {"a": 1, "b": "x"}, {"a": "x"},
    ),
    "values that look like references": (
        strict(a={"enum": [{"$ref": "#/$defs/n"}]}, b={"const": {"$ref": "#"}}),
        {"a": {"$ref": "#/$defs/n"}, "b": {"$ref": "#"}}, {"a": {"$ref": "#/$defs/tool0_n"}},
    ),
    "an id": (
        strict(a={"$ref": "#/$defs/n"}) | {"$id": "https://example.com/f", "$defs": {"n": INTEGER}},
        {"a": 1}, {"a": "x"},
    ),
    "a dialect": (
        strict(a={"$ref": "#/definitions/n"}) | {
            "$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"n": INTEGER}
        },
        {"a": 1}, {"a": "x"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_within_another(name: str) -> None:
    """What it accepts and refuses is the same, also where another function has definitions of the same names."""
    schema, good, bad = SCHEMAS[name]
    before = json.dumps(schema)
    other = strict(a={"$ref": "#/$defs/n"}) | {"$defs": {"n": {"type": "boolean"}}}
    for built in (build(schema), build(schema, other), build(schema, schema)):
        assert accepts(built, ("f0", good)) and not accepts(built, ("f0", bad))
    assert accepts(build(other, schema), ("f1", good), ("f0", {"a": True}))
    assert not accepts(build(other, schema), ("f1", bad)) and not accepts(build(other, schema), ("f0", {"a": 1}))
    assert json.dumps(schema) == before


def test_names() -> None:
    """Each function has its own arguments, and there are no others."""
    built = build(PLAIN, strict(b=STRING), None)
    assert accepts(built, ("f0", {"a": 1}), ("f1", {"b": "x"}), ("f2", {"c": 1}), ("f0", {"a": 2}))
    assert not accepts(built, ("f1", {"a": 1})) and not accepts(built, ("f3", {}))
    assert not accepts(built, ("f0", None)) and not accepts(built, ("f2", "x"))


def test_custom_tools() -> None:
    """By the functions that stand for them: a text."""
    built = build(PLAIN, customs=("sql", "calc"))
    assert accepts(built, ("sql_in", {"input": ""}), ("calc_in", {"input": "1"}), ("f0", {"a": 1}))
    for name, arguments in (("sql", {"input": ""}), ("sql_in", {"input": 1}), ("sql_in", {}), ("sql_in", "x")):
        assert not accepts(built, (name, arguments))
    assert not accepts(built, ("sql_in", {"input": "", "more": 1}))


@pytest.mark.parametrize(("parallel", "most"), [(True, 32), (False, 1)])
def test_how_many(parallel: bool, most: int) -> None:
    """At least one, and no more than may be."""
    built = build(PLAIN, parallel=parallel)
    call = ("f0", {"a": 1})
    assert accepts(built, call) and accepts(built, *[call] * most)
    assert not accepts(built) and not accepts(built, *[call] * (most + 1))


@pytest.mark.parametrize("value", [
    {"name": "f0", "arguments": {"a": 1}}, [{"name": "f0"}], [{"arguments": {"a": 1}}], [["f0", {"a": 1}]], [None],
    [{"name": "f0", "arguments": {"a": 1}, "id": "1"}], [{"name": "f0", "arguments": '{"a": 1}'}], "f0",
])  # fmt: skip
def test_what_is_no_call(value: Any) -> None:
    """An array of objects with a name and arguments, and nothing else."""
    for built in (build(PLAIN), build(PLAIN, TREE)):
        assert not jsonschema_rs.validator_for(built).is_valid(value)
