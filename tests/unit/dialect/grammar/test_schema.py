"""Parts of schemas: properties, and each as a schema of its own."""

import json
from typing import Any

import pytest

from antiphon.dialect.conversation import JsonFormat, Tool
from antiphon.dialect.grammar.schema import inner_schema, part_of, properties_of, schema_of, string_parameters
from antiphon.dialect.grammar.turn import response_part
from tests.unit.dialect.grammar.grammars import INTEGER, STRING, strict


def test_properties_keep_their_order() -> None:
    """In which answers have them, each with whether it must be there."""
    schema = schema_of(Tool("f", parameters=strict(("b",), c=STRING, b=INTEGER, a=STRING), strict=True))
    given = properties_of(schema)
    assert given and [(one.name, one.required) for one in given] == [("c", False), ("b", True), ("a", False)]


UNSAID: list[tuple[dict[str, Any] | None, int | None]] = [
    (None, 0),
    ({"type": "object"}, None),
    ({}, None),
    ({"type": "object", "properties": {}}, None),
    ({"type": "object", "properties": {}, "additionalProperties": False}, 0),
    ({"type": "object", "properties": {"a": STRING}, "additionalProperties": True}, 1),
]


@pytest.mark.parametrize(("parameters", "count"), UNSAID)
def test_a_schema_may_not_say_which_there_are(parameters: dict[str, Any] | None, count: int | None) -> None:
    """A function without parameters takes none; an object of which nothing is said takes any."""
    given = properties_of(schema_of(Tool("f", parameters=parameters)))
    assert (None if given is None else len(given)) == count


LOOSE: list[tuple[dict[str, Any], Any]] = [
    ({"type": "object", "properties": {"a": STRING}}, False),
    ({"type": "object", "properties": {"a": STRING}, "additionalProperties": True}, True),
    ({"type": "object", "properties": {"a": STRING}, "anyOf": [{"required": ["a"]}]}, None),
    ({"type": "object"}, None),
]


@pytest.mark.parametrize(("parameters", "others"), LOOSE)
def test_what_is_not_declared_is_not_written(parameters: dict[str, Any], others: Any) -> None:
    """Also without `strict`, unless the schema says that there may be others."""
    assert schema_of(Tool("f", parameters=parameters)).get("additionalProperties") == others


def test_a_part_says_where_it_comes_from() -> None:
    """A schema that is not strict may be eased, where it cannot be compiled; names keep their letters."""
    tool = Tool("f", parameters=strict(**{"日": STRING}), strict=True, place="tools[3]")
    part = part_of(tool, "arguments3", schema_of(tool))
    assert (part.name, part.kind, part.place, part.loose) == ("arguments3", "json", "tools[3]", False)
    assert "日" in part.definition
    assert part_of(Tool("f"), "arguments0", schema_of(Tool("f"))).loose


def test_a_property_stands_alone() -> None:
    """Without what it does not need."""
    schema = schema_of(Tool("f", parameters={**strict(a=INTEGER), "$defs": {"x": STRING}}, strict=True))
    inner = inner_schema(schema, schema["properties"]["a"])
    assert inner == {"type": "integer", "x-guidance": schema["x-guidance"]}
    assert inner_schema(schema, True) == {"x-guidance": schema["x-guidance"]}


def test_references_of_a_property_mean_what_they_did() -> None:
    """To definitions, and to the whole, which is now one of them."""
    node = {"$ref": "#/$defs/node"}
    parameters = {**strict(a=node, b={"$ref": "#"}), "$defs": {"node": strict(again=node, all={"$ref": "#"})}}
    schema = schema_of(Tool("f", parameters=parameters, strict=True))
    inner = inner_schema(schema, schema["properties"]["a"])
    assert inner["$ref"] == "#/$defs/node" and inner["$defs"].keys() == {"node", "@root"}
    assert inner["$defs"]["node"]["properties"]["all"] == {"$ref": "#/$defs/@root"}
    assert inner["$defs"]["@root"]["properties"] == {"a": node, "b": {"$ref": "#/$defs/@root"}}
    assert "$defs" not in inner["$defs"]["@root"]


def test_which_arguments_are_strings() -> None:
    """Those that stand without quotes, and whether null may stand for them."""
    maybe = {"type": ["string", "null"]}
    tool = Tool("f", parameters=strict(a=STRING, b=INTEGER, c=maybe, d={"enum": ["</p>"]}), strict=True)
    assert string_parameters(tool, "</p>") == {"a": False, "c": True}
    assert string_parameters(Tool("f", parameters={"type": "object"}), "</p>") == {}


RESPONSES = [(None, {"type": "object"}), (strict(a=STRING), strict(a=STRING))]


@pytest.mark.parametrize(("schema", "wanted"), RESPONSES)
def test_a_response_format_is_a_part(schema: dict[str, Any] | None, wanted: dict[str, Any]) -> None:
    """Any object where it has no schema."""
    part = response_part(JsonFormat(schema, place="response_format"))
    built = json.loads(part.definition)
    assert (part.name, part.place, part.loose) == ("response", "response_format", False)
    assert {key: value for key, value in built.items() if key != "x-guidance"} == wanted
