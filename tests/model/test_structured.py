"""Response formats of a real model: JSON that follows, whatever the model would rather say."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import openai
import pytest
from llama_cpp import Llama

from antiphon.dialect.conversation import JsonFormat
from antiphon.dialect.teaching import tell_format
from tests.model.ask import TOLERANCE, Ask, Choice
from tests.model.plain import Vocabulary, load_plain, logprobs_of

PLEASE = "Describe a person."
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Z][a-z]{1,7}$"},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
LOOSE: dict[str, Any] = {
    "type": "object",
    "properties": {"z": {"type": "number"}, "a": {"oneOf": [{"type": "boolean"}, {"type": "string", "maxLength": 8}]}},
    "required": ["a"],
    "additionalProperties": False,
    "minProperties": 2,
}
LIST: dict[str, Any] = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3}
ONLY: dict[str, Any] = {"type": "object", "properties": {"name": {"const": "Bo"}, "n": {"const": 1}},
                        "required": ["name", "n"], "additionalProperties": False}  # fmt: skip
"""Leaves no choice at all."""
ONLY_TEXT = '{"name": "Bo", "n": 1}'


def format_of(schema: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """A response format with a schema, strict if it can be."""
    given = {} if schema is None else {"schema": schema}
    return {"type": "json_schema", "json_schema": {"name": "answer", **given, **more}}


STRICT = format_of(SCHEMA, strict=True)
FORMATS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # the format, and what its answers are valid by
    "an object": ({"type": "json_object"}, {"type": "object"}),
    "strict": (STRICT, SCHEMA),
    "not strict": (format_of(LOOSE), LOOSE),
    "no object": (format_of(LIST, strict=False), LIST),
    "no schema": (format_of(None), {"type": "object"}),
}


def check(choice: Choice, schema: dict[str, Any]) -> None:
    """An answer that was not cut is JSON of its schema; all of them stand on one line."""
    assert choice.finish in ("stop", "length")
    assert "\n" not in choice.text
    if choice.finish == "stop":
        parsed = json.loads(choice.text)
        jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(parsed)


@pytest.mark.parametrize("name", FORMATS)
def test_answers_follow_their_format(ask: Ask, name: str) -> None:
    """Four choices at temperature 1: all that were not cut are valid."""
    wanted, schema = FORMATS[name]
    answer = ask.whole(PLEASE, response_format=wanted, n=4, seed=3, max_tokens=20)
    for choice in answer.choices.values():
        check(choice, schema)
    assert len(set(answer.texts)) > 1
    if name == "strict":
        assert {choice.finish for choice in answer.choices.values()} == {"stop"}, "they are bounded"


@pytest.mark.parametrize("name", ["an object", "strict"])
def test_modes(ask: Ask, name: str) -> None:
    """A streamed answer is the same as the whole one, with its usage."""
    answer = ask.both_known(PLEASE, response_format=FORMATS[name][0], n=2, seed=4, max_tokens=20)
    assert len(set(answer.texts)) == 2


def test_text(ask: Ask) -> None:
    """The format `text` changes nothing."""
    formats: list[dict[str, Any]] = [{}, {"response_format": {"type": "text"}}]
    plain, asked = (ask.whole("hi", seed=1, max_tokens=6, **fields) for fields in formats)
    assert asked == plain


def test_form(ask: Ask) -> None:
    """A space stands behind each comma and colon and nowhere else, and the keys have the schema's order."""
    for choice in ask.whole(PLEASE, response_format=STRICT, n=3, seed=5, max_tokens=20).choices.values():
        parsed = json.loads(choice.text)
        assert [*parsed] == ["name", "age"]
        assert choice.text == json.dumps(parsed)


@pytest.mark.parametrize("fields", [{"temperature": 0}, {"seed": 4, "n": 2}])
def test_logprobs(ask: Ask, fields: dict[str, Any]) -> None:
    """There is an entry for each token, forced ones too, and their bytes are the text."""
    answer = ask.both_known(PLEASE, response_format=STRICT, max_tokens=20, logprobs=True, top_logprobs=2, **fields)
    assert sum(len(choice.tokens) for choice in answer.choices.values()) == answer.usage["completion_tokens"]
    for choice in answer.choices.values():
        check(choice, SCHEMA)
        assert choice.bytes == choice.text.encode()
        assert {len(entry["top_logprobs"]) for entry in choice.logprobs or []} == {2}


@pytest.fixture(scope="module")
def plain() -> Iterator[Llama]:
    """Plain llama.cpp that tells the logits of every token."""
    with load_plain(logits_all=True) as llama:
        yield llama


def is_told(entry: dict[str, Any], expected: tuple[float, int, float]) -> bool:
    """Whether an entry has the value of its token, and that of the likeliest."""
    value, rank, best = expected
    told = -9999.0 if rank >= 20 else value
    return entry["logprob"] == pytest.approx(told, abs=TOLERANCE) and entry["top_logprobs"][0][
        "logprob"
    ] == pytest.approx(best, abs=TOLERANCE)


def test_logprobs_are_the_models_own(ask: Ask, vocabulary: Vocabulary, plain: Llama) -> None:
    """What is reported of each token is what plain llama.cpp gives it behind the same tokens, without any grammar."""
    system = "You know everybody."  # which no other test says, so that the prompt is computed now, in one batch
    messages = [{"role": "system", "content": system}, {"role": "user", "content": PLEASE}]
    fields: dict[str, Any] = {"response_format": STRICT, "seed": 1, "max_tokens": 20}
    answer = ask.whole(messages=messages, logprobs=True, top_logprobs=1, **fields)
    told = tell_format(JsonFormat(SCHEMA, "answer"))
    prompt = vocabulary.prompt(("user", PLEASE), system=f"{system}\n\n{told}")
    assert answer.usage["prompt_tokens"] == len(prompt)
    entries = answer.only.logprobs or []
    tokens = [vocabulary.spelled(bytes(entry["bytes"])) for entry in entries]
    # Others have computed the prompt's first words, in a large batch or a small one.
    expected = [logprobs_of(plain, prompt, tokens, apart=apart) for apart in (0, answer.num_cached)]
    assert any(all(map(is_told, entries, values)) for values in expected)
    assert any(entry["top_logprobs"][0]["token"] != entry["token"] for entry in entries), "the grammar mattered"


STOPS: list[tuple[Any, str, bool]] = [
    # stop strings, what is shown, whether with log-probabilities
    ("{", "", False),
    ("{", "", True),
    ("name", '{"', False),
    ("name", '{"', True),
    ('"Bo"', '{"name": ', False),
    ([", ", '"n"'], '{"name": "Bo"', False),
    ("}", '{"name": "Bo", "n": 1', False),
    ("}}", ONLY_TEXT, False),
    ("}}", ONLY_TEXT, True),
]


@pytest.mark.parametrize(("stop", "shown", "logprobs"), STOPS)
def test_stop(ask: Ask, stop: Any, shown: str, logprobs: bool) -> None:
    """A stop string ends JSON too, wherever it comes, also in what needs no choice of the model's."""
    choice = ask.both(PLEASE, response_format=format_of(ONLY, strict=True), stop=stop, logprobs=logprobs, seed=1).only
    assert (choice.text, choice.finish) == (shown, "stop")
    assert not logprobs or choice.bytes == shown.encode()


@pytest.mark.parametrize("logprobs", [False, True])
def test_limit(ask: Ask, logprobs: bool) -> None:
    """A limit cuts with the reason `length` at exactly so many tokens, also where no token is the model's choice."""
    wanted = {"response_format": format_of(ONLY, strict=True), "logprobs": logprobs, "seed": 1}
    whole = ask.whole(PLEASE, **wanted)
    num_tokens = whole.usage["completion_tokens"]
    assert (whole.only.text, whole.only.finish) == (ONLY_TEXT, "stop")
    for limit in (1, 2, num_tokens - 1):
        cut = ask.both(PLEASE, max_tokens=limit, **wanted)
        assert cut.only.finish == "length" and cut.usage["completion_tokens"] == limit
        assert ONLY_TEXT.startswith(cut.only.text) and cut.only.text != ONLY_TEXT


TREE: dict[str, Any] = {
    "type": "object",
    "properties": {"tree": {"$ref": "#/$defs/node"}},
    "required": ["tree"],
    "additionalProperties": False,
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer", "minimum": 0, "maximum": 9},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 2},
            },
            "required": ["value", "children"],
            "additionalProperties": False,
        }
    },
}


def depth_of(node: Any) -> int:
    """How many nodes stand within each other."""
    return 1 + max(map(depth_of, node["children"]), default=0)


NODES = 'Write a tree, such as {"value": 1, "children": [{"value": 2, "children": [{"value": 3, "children": []}]}]}.'


def test_recursion(ask: Ask) -> None:
    """A schema that refers to itself gives trees, some of them deep, all of them valid."""
    depths: list[int] = []
    for seed in range(1, 7):
        answer = ask.whole(NODES, response_format=format_of(TREE, strict=True), n=4, seed=seed, max_tokens=60)
        for choice in answer.choices.values():
            check(choice, TREE)
            if choice.finish == "stop":
                depths.append(depth_of(json.loads(choice.text)["tree"]))
        if max(depths, default=0) >= 3:
            return
    raise AssertionError(f"no tree is deep: {depths}")


BAD: dict[str, tuple[dict[str, Any], bool, str]] = {
    # a schema, whether it is strict, the error's code
    "a keyword": ({"type": "object", "not": {}}, False, "invalid_json_schema"),
    "beyond strict": (LOOSE, True, "invalid_json_schema"),
    "a pattern": ({"type": "string", "pattern": "(?=a)b"}, False, "invalid_json_schema"),
    "an impossible one": ({"type": "integer", "minimum": 3, "maximum": 1}, False, "invalid_json_schema"),
    "overlapping": ({"oneOf": [{"type": "number"}, {"type": "integer"}]}, False, "invalid_grammar"),
}  # fmt: skip


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_enforced_is_refused(client: openai.OpenAI, name: str, stream: bool) -> None:
    """400 before the first token, with the place."""
    schema, strict, code = BAD[name]
    wanted: Any = format_of(schema, strict=strict)
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(
            model="smollm2", messages=[{"role": "user", "content": PLEASE}], response_format=wanted, stream=stream
        )
    assert (refused.value.code, refused.value.param) == (code, "response_format.json_schema.schema")
