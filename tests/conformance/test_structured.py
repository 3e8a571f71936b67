"""Response formats: JSON that follows, whoever makes it."""

import json
import re
from typing import Any, Literal

import jsonschema_rs
import openai
import pytest
from pydantic import BaseModel, Field

from tests.conformance.asker import Asker
from tests.conformance.targets import Target
from tests.model.ask import Choice

pytestmark = pytest.mark.needs("structured_output")
Schema = dict[str, Any]
PLEASE = "Describe a person."
PERSON: Schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Z][a-z]{1,7}$"},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
NESTED: Schema = {
    "type": "object",
    "properties": {
        "mood": {"type": "string", "enum": ["good", "bad", "so-so"]},
        "friends": {"type": "array", "items": {"$ref": "#/$defs/friend"}, "minItems": 1, "maxItems": 2},
    },
    "required": ["mood", "friends"],
    "additionalProperties": False,
    "$defs": {
        "friend": {
            "type": "object",
            "properties": {"id": {"type": "integer", "minimum": 1, "maximum": 9}, "kind": {"type": "boolean"}},
            "required": ["id", "kind"],
            "additionalProperties": False,
        }
    },
}
LOOSE: Schema = {
    "type": "object",
    "properties": {"a": {"anyOf": [{"type": "boolean"}, {"type": "string", "maxLength": 8}]}},
    "required": ["a"],
    "additionalProperties": False,
}
LIST: Schema = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0, "maximum": 99},
    "minItems": 2,
    "maxItems": 3,
}
ONLY: Schema = {"type": "object", "properties": {"name": {"const": "Bo"}, "n": {"const": 1}},
                "required": ["name", "n"], "additionalProperties": False}  # fmt: skip
ONLY_TEXT = '{"name": "Bo", "n": 1}'


def format_of(schema: Schema | None, **more: Any) -> dict[str, Any]:
    """A response format with a schema."""
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema or {"type": "object"}, **more}}


FORMATS: dict[str, tuple[dict[str, Any], Schema, bool]] = {
    # the format, what its answers are valid by, whether each of them ends by itself
    "an object": ({"type": "json_object"}, {"type": "object"}, False),
    "strict": (format_of(PERSON, strict=True), PERSON, True),
    "nested": (format_of(NESTED, strict=True), NESTED, True),
    "not strict": (format_of(LOOSE), LOOSE, False),
    "a list": (format_of(LIST, strict=False), LIST, True),
}


def check(choice: Choice, schema: Schema, target: Target) -> None:
    """An answer that was not cut is JSON of its schema, with the keys in its order; on one line, with a space behind
    each comma and colon, where the grammar is ours.
    """
    assert choice.finish in ("stop", "length") and not choice.calls
    if choice.finish == "stop":
        parsed = json.loads(choice.text)
        jsonschema_rs.Draft202012Validator(schema).validate(parsed)
        assert list(parsed) == [key for key in schema.get("properties", {}) if key in parsed] or "items" in schema
        assert choice.text == json.dumps(parsed, ensure_ascii=False) or not target.takes_lark


def squeeze(text: str) -> str:
    """JSON without the space between its parts, which not every engine sets alike."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("name", FORMATS)
def test_answers_follow_their_format(ask: Asker, name: str) -> None:
    """Three choices at temperature 1: all that were not cut are valid."""
    wanted, schema, ends = FORMATS[name]
    answer = ask.whole(PLEASE, response_format=wanted, n=3, seed=3, max_tokens=48 if ends else 16)
    for choice in answer.choices.values():
        check(choice, schema, ask.target)
        assert choice.finish == "stop" or not ends or not ask.target.takes_lark, "nothing in it is unbounded"


@pytest.mark.parametrize("name", ["an object", "strict"])
def test_modes(ask: Asker, name: str) -> None:
    """A streamed answer is the same as the whole one, with its usage."""
    answer = ask.both(PLEASE, response_format=FORMATS[name][0], n=2, seed=4, max_tokens=20)
    assert len(set(answer.texts)) == 2


def test_text(ask: Asker) -> None:
    """The format `text` changes nothing."""
    formats: list[dict[str, Any]] = [{}, {"response_format": {"type": "text"}}]
    plain, asked = (ask.whole("hi", seed=1, max_tokens=6, **fields) for fields in formats)
    assert asked == plain


def test_no_choice(ask: Asker) -> None:
    """What leaves no choice is what it must be."""
    choice = ask.both(PLEASE, response_format=format_of(ONLY, strict=True), seed=1, max_tokens=40).only
    assert (squeeze(choice.text), choice.finish) == (squeeze(ONLY_TEXT), "stop")


@pytest.mark.parametrize(("stop", "shown"), [("name", '{"'), (["never", '"n"'], '{"name": "Bo",'), ("}}", ONLY_TEXT)])
def test_stop(ask: Asker, stop: Any, shown: str) -> None:
    """A stop string ends JSON too, wherever it comes."""
    choice = ask.both(PLEASE, response_format=format_of(ONLY, strict=True), stop=stop, seed=1, max_tokens=40).only
    assert (squeeze(choice.text), choice.finish) == (squeeze(shown), "stop")


def test_limit(ask: Asker) -> None:
    """A limit cuts with the reason `length` at exactly so many tokens."""
    for limit in (1, 5):
        cut = ask.both(PLEASE, response_format=format_of(ONLY, strict=True), seed=1, max_tokens=limit)
        assert cut.only.finish == "length" and cut.usage["completion_tokens"] == limit
        assert squeeze(ONLY_TEXT).startswith(squeeze(cut.only.text)) and cut.only.text != ONLY_TEXT


def test_logprobs(ask: Asker, target: Target) -> None:
    """There is an entry for each token, and their bytes are the text."""
    wanted = format_of(PERSON, strict=True)
    answer = ask.whole(PLEASE, response_format=wanted, max_tokens=30, logprobs=True, top_logprobs=2, temperature=0)
    uncounted = answer.usage["completion_tokens"] - len(answer.only.tokens)
    assert 0 <= uncounted <= 1 + target.trims, "upstreams count the end, too"
    assert answer.only.bytes == answer.only.text.encode()


class Person(BaseModel):
    """As applications say it."""

    name: str = Field(pattern="^[A-Z][a-z]{1,7}$")
    mood: Literal["good", "bad"]


def test_pydantic(client: openai.OpenAI) -> None:
    """`parse()` and `stream()` of the official package make the same object of a Pydantic model, and see by the reason
    that an answer was cut.
    """
    messages = [{"role": "user", "content": PLEASE}]
    fields: Any = {"model": "smollm2", "messages": messages, "response_format": Person, "seed": 2}
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(**fields, max_tokens=1)
    parsed = client.chat.completions.parse(**fields).choices[0].message.parsed
    with client.chat.completions.stream(**fields) as stream:
        streamed = stream.get_final_completion().choices[0].message.parsed
    assert isinstance(parsed, Person) and streamed == parsed


def test_the_models_own_decision_remains(ask: Asker) -> None:
    """Among what is allowed the model chooses: what is asked decides about the answer."""
    wanted = format_of({"enum": ["Paris", "Rome", "Berlin"]})
    said = [
        ask.whole(f"What is the capital of {country}?", response_format=wanted, temperature=0).only.text
        for country in ("France", "Italy")
    ]
    assert said == ['"Paris"', '"Rome"']


BAD: dict[str, tuple[Schema, bool, str]] = {
    # a schema, whether it is strict, the place that is at fault
    "a keyword": ({"type": "object", "properties": {"a": {"not": {}}}}, False, "#/properties/a/not"),
    "beyond strict": ({"type": "object", "properties": {"a": {"type": "string"}}}, True, "#/additionalProperties"),
    "a pattern": ({"type": "string", "pattern": "(?=a)b"}, False, "#/pattern"),
    "unique": ({"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}}, False,
               "#/properties/a/uniqueItems"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_enforced_is_refused(ask: Asker, name: str) -> None:
    """400 before the first token, with the place as a JSON pointer."""
    schema, strict, pointer = BAD[name]
    error = ask.refused(PLEASE, response_format=format_of(schema, strict=strict))
    assert (error.status_code, error.code) == (400, "invalid_json_schema")
    assert error.param == "response_format.json_schema.schema" and f"'{pointer}'" in error.message
