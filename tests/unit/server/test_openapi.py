"""The description of the API out of the wire's models: what is required, what may be null, and every text."""

from typing import Any, Literal

import pytest
from msgspec import UNSET, UnsetType
from pydantic import Field

from antiphon.schema.base import Incoming
from antiphon.schema.outgoing import Outgoing
from antiphon.schema.request.options import JsonSchema
from antiphon.schema.request.stored import ListCompletions
from antiphon.schema.request.support import Support
from antiphon.schema.request.tools import FunctionDefinition
from antiphon.schema.response.chunk import ToolCallDelta
from antiphon.server.openapi import docs_of, documented, incoming_schemas, outgoing_schemas, ref, tell, tidy


class Tagged(Outgoing, frozen=True, kw_only=True, tag="leaf", tag_field="type"):
    """A leaf."""

    number: int


class Sent(Outgoing, frozen=True, kw_only=True):
    """A thing that is sent."""

    always: str
    constant: Literal["c"] = "c"
    nullable: int | None
    sometimes: str | UnsetType = UNSET
    type: Literal["a"] | UnsetType = UNSET
    leaf: Tagged | None = None


class Base(Incoming):
    """What is shared."""

    first: str


class Taken(Base):
    """A thing that is taken."""

    optional: int | None = Field(None, ge=1)
    schema_: dict[str, Any] | None = Field(None, alias="schema")


def test_what_is_always_sent_is_required() -> None:
    """A field is required unless it may be left out; whether it may be null is another thing."""
    schema = outgoing_schemas([Sent])["Sent"]
    assert schema["required"] == ["always", "constant", "nullable", "leaf"]
    assert {"type": "null"} in schema["properties"]["nullable"]["anyOf"]


def test_a_tag_is_required() -> None:
    """What tells the members of a union apart is always there."""
    assert outgoing_schemas([Sent])["Tagged"]["required"] == ["type", "number"]


def test_a_later_part_of_a_call_has_no_type() -> None:
    """Only the first delta of a call says what is called, so the type is not required of all."""
    assert outgoing_schemas([ToolCallDelta])["ToolCallDelta"]["required"] == ["index"]


DESCRIBED: list[tuple[type, str, str]] = [
    (FunctionDefinition, "strict", "Whether arguments must follow the schema exactly."),
    (FunctionDefinition, "description", "What it does; the model chooses by it."),
    (JsonSchema, "schema", "The JSON Schema."),
    (ToolCallDelta, "index", "Which call of the choice."),
]


@pytest.mark.parametrize(("model", "name", "text"), DESCRIBED)
def test_texts_below_fields_are_their_descriptions(model: type, name: str, text: str) -> None:
    """The text below a field is its description, also of a field that came from a base, or has another name outside."""
    schemas = incoming_schemas([model]) if issubclass(model, Incoming) else outgoing_schemas([model])
    assert schemas[model.__name__]["properties"][name]["description"] == text


def test_unknown_fields_are_not_described_as_welcome() -> None:
    """An object that takes no other fields says so; null is the default of nothing."""
    schema = incoming_schemas([Taken])["Taken"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["first"]
    assert all("default" not in prop for prop in schema["properties"].values())


@pytest.mark.parametrize("model", [JsonSchema, FunctionDefinition])
def test_docs_of(model: type) -> None:
    """Each field of a model of ours has its text, those of its bases too."""
    assert set(docs_of(model)) >= set(model.model_fields)  # type: ignore[attr-defined]


SUPPORT: list[tuple[Support, str]] = [
    (Support(effect="Does it."), "Does it."),
    (Support(effect="Does it.", needs="web_search", instead="x"),
     "Does it. Where the model's engine has no web search, it is refused."),
    (Support(effect="Does it.", needs="prediction", hint=True),
     "Does it. Where the model's engine has no prediction, it is ignored and told in `antiphon-ignored`."),
]  # fmt: skip


@pytest.mark.parametrize(("support", "told"), SUPPORT)
def test_a_description_tells_what_becomes_of_a_field(support: Support, told: str) -> None:
    """What a field does, and what happens where an engine cannot do it."""
    assert tell(support) == told


def test_titles_that_say_nothing_are_left_out() -> None:
    """Titles made of names go; a property that is called `title` stays."""
    schema = {"title": "X", "properties": {"title": {"title": "Title", "type": "string"}}, "anyOf": [{"title": "Y"}]}
    assert tidy(schema) == {"properties": {"title": {"type": "string"}}, "anyOf": [{}]}


def test_a_route_is_documented() -> None:
    """What a route takes and gives, whole and streamed, its further status, and the error that every route may give."""
    told = documented(scope="chat", gives=Sent, takes=Taken, streams=Tagged, also=503, headers={"x": {}})
    success = told["responses"][200]
    assert success["content"] == {
        "application/json": {"schema": ref(Sent)},
        "text/event-stream": {"schema": ref(Tagged)},
    }
    assert success["description"] == "A thing that is sent." and success["headers"] == {"x": {}}
    assert told["responses"][503] == success
    assert told["responses"]["default"]["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorResponse")
    body = told["openapi_extra"]["requestBody"]
    assert body["required"] is True and body["content"]["application/json"]["schema"] == ref(Taken)
    assert len(told["dependencies"]) == 1
    plain = documented(scope=None, gives=Sent)
    assert not plain["dependencies"] and plain["openapi_extra"] == {"security": []}


def test_a_query_string_is_documented() -> None:
    """Each parameter with its text, its bounds and its default; an object as `name[key]=value`."""
    extra = documented(scope="chat", gives=Sent, asks=ListCompletions)["openapi_extra"]
    told = {row["name"]: row for row in extra["parameters"]}
    assert told["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert told["limit"]["description"] == "Completions of a page, from 1 to 100."
    assert told["metadata"]["schema"]["type"] == "object"
    assert (told["metadata"]["style"], told["metadata"]["explode"]) == ("deepObject", True)
    assert all(row["in"] == "query" and "required" not in row for row in told.values())
