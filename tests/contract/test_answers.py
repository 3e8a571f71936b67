"""Answers on the wire against the official package's types, strictly, and against our own description."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel

from tests.contract.live import COMPLETIONS, frames
from tests.contract.scripts import SCRIPTS, wanted
from tests.contract.test_openapi import DOCUMENT

Json = dict[str, Any]


def described(name: str) -> jsonschema_rs.Validator:
    """What checks that something is as `/openapi.json` says."""
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})


COMPLETION, CHUNK, MODEL = described("ChatCompletion"), described("Chunk"), described("Model")


def whole(http: httpx.Client, name: str) -> Json:
    """A whole answer as it stands on the wire."""
    answer = http.post(COMPLETIONS, json=wanted(name))
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def streamed(http: httpx.Client, name: str) -> list[Json]:
    """The chunks of a stream as they stand on the wire."""
    answer = http.post(COMPLETIONS, json=wanted(name) | {"stream": True, "stream_options": {"include_usage": True}})
    assert answer.status_code == 200, answer.text
    *chunks, done = frames(answer.text)
    assert done == "[DONE]"
    return [json.loads(chunk) for chunk in chunks]


def undeclared(value: Any, path: str = "") -> Iterator[str]:
    """Fields that the official type does not have, wherever they stand."""
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or ())
        for name in type(value).model_fields:
            yield from undeclared(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from undeclared(item, f"{path}[{index}]")


def beyond(parsed: BaseModel) -> list[str]:
    """Those that are not what was thought, for which the official package has no field."""
    return [path for path in undeclared(parsed) if not path.endswith(".reasoning_content")]


def without_custom_calls(chunk: Json) -> Json:
    """A chunk without what the official chunk's type does not know, though the whole answer's does."""
    copy: Json = json.loads(json.dumps(chunk))
    for choice in copy["choices"]:
        calls = choice["delta"].get("tool_calls", [])
        choice["delta"]["tool_calls"] = [call for call in calls if "custom" not in call]
    return copy


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_whole_answer_is_of_the_official_type(http: httpx.Client, name: str) -> None:
    """Every field has exactly the official kind, and there is none that the official package does not know."""
    answer = whole(http, name)
    parsed = ChatCompletion.model_validate_json(json.dumps(answer), strict=True)
    assert beyond(parsed) == []
    assert [error.message for error in COMPLETION.iter_errors(answer)] == []
    assert parsed.to_dict(exclude_unset=True) == answer


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_chunk_is_of_the_official_type(http: httpx.Client, name: str) -> None:
    """So it is with each chunk, but for calls of custom tools, which the official chunk's type has not."""
    for chunk in streamed(http, name):
        assert [error.message for error in CHUNK.iter_errors(chunk)] == []
        known = without_custom_calls(chunk)
        parsed = ChatCompletionChunk.model_validate_json(json.dumps(known), strict=True)
        assert beyond(parsed) == []


@pytest.mark.parametrize("path", ["/v1/models/smollm2", "/v1/models/gpt-4o"])
def test_a_model_is_of_the_official_type(http: httpx.Client, path: str) -> None:
    """A model has the official fields, and beside them how much fits, and what it takes."""
    answer = http.get(path).json()
    parsed = Model.model_validate_json(json.dumps(answer), strict=True)
    assert list(undeclared(parsed)) == [".context_length", ".input_modalities"]
    assert MODEL.is_valid(answer)


@pytest.mark.parametrize("name", SCRIPTS)
def test_reasons(http: httpx.Client, name: str) -> None:
    """A choice that calls ends with `tool_calls`, in the deprecated form `function_call`, and with `stop` where the
    request named what is called; a limit or a filter counts more.
    """
    _, fields, reason = SCRIPTS[name]
    assert [choice["finish_reason"] for choice in whole(http, name)["choices"]] == [reason] * fields.get("n", 1)


def spelled(chunks: list[Json], index: int) -> Json:
    """A choice, as whoever adds up its chunks has it."""
    message: Json = {"role": None, "content": None, "refusal": None, "annotations": []}
    choice: Json = {"index": index, "message": message, "logprobs": None, "finish_reason": None}
    for part in (part for chunk in chunks for part in chunk["choices"] if part["index"] == index):
        delta = part["delta"]
        for field in ("role", "content", "refusal", "reasoning_content"):
            if delta.get(field) is not None:
                message[field] = (message.get(field) or "") + delta[field]
        for call in delta.get("tool_calls", ()):
            add_call(message.setdefault("tool_calls", []), call)
        if "function_call" in delta:
            add_text(message.setdefault("function_call", {}), delta["function_call"])
        if part["logprobs"]:
            choice["logprobs"] = choice["logprobs"] or {"content": None, "refusal": None}
            for field, entries in part["logprobs"].items():
                choice["logprobs"][field] = (choice["logprobs"][field] or []) + (entries or []) or None
        choice["finish_reason"] = part["finish_reason"] or choice["finish_reason"]
    return choice


def add_call(calls: list[Json], delta: Json) -> None:
    """Put what a chunk says of a call to what is known of it."""
    if delta["index"] == len(calls):
        calls.append({"id": delta["id"], "type": delta["type"], delta["type"]: {}})
    known = calls[delta["index"]]
    add_text(known[known["type"]], delta[known["type"]])


def add_text(known: Json, delta: Json) -> None:
    """Texts are put together."""
    for field, text in delta.items():
        known[field] = known.get(field, "") + text


def without_ids(answer: Json) -> Json:
    """An answer without what is made anew for each."""
    copy: Json = json.loads(json.dumps(answer))
    for choice in copy["choices"]:
        for call in choice["message"].get("tool_calls", ()):
            call["id"] = call["id"] if len(call["id"]) < 20 else "made by us"
    return copy | {"id": None, "created": None, "metadata": None}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_stream_is_the_whole_answer(http: httpx.Client, name: str) -> None:
    """Added up, the chunks are the whole answer, field by field; but metadata, which stands in whole answers only."""
    answer, chunks = whole(http, name), streamed(http, name)
    assert answer.get("metadata") == SCRIPTS[name][1].get("metadata")
    *_, last = chunks
    built = last | {
        "object": "chat.completion",
        "choices": [spelled(chunks, index) for index in range(SCRIPTS[name][1].get("n", 1))],
    }
    built.pop("obfuscation")
    assert without_ids(built) == without_ids(answer)


@pytest.mark.parametrize("name", SCRIPTS)
def test_content_is_null_beside_calls_that_have_no_text(http: httpx.Client, name: str) -> None:
    """Content is null exactly where something else was said in its place, and there is never an empty list of calls."""
    said = {"text" if isinstance(event, str) else event["event"] for event in SCRIPTS[name][0]}
    for choice in whole(http, name)["choices"]:
        message = choice["message"]
        assert (message["content"] is None) == (
            "text" not in said and bool(said & {"refusal", "tool_call", "reasoning"})
        )
        assert message.get("tool_calls") != []
