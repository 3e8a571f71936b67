"""From a finished completion to what is kept of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from antiphon.completion.conversation import build_conversation
from antiphon.completion.decoding import build_decoding
from antiphon.completion.keep import build_record, keep
from antiphon.completion.prepare import Prepared
from antiphon.engine.events import Event, Finish, Text, Usage
from antiphon.engine.scripted import ScriptedEngine
from antiphon.errors import NotStored, StoreUnavailable
from antiphon.store.place import parse_url
from antiphon.store.record import Record
from antiphon.store.store import open_store
from tests.unit.completion.chunks import whole
from tests.unit.completion.requests import HI, request
from tests.unit.completion.test_conversation import RESULTS, TURNS
from tests.unit.schema.request.cases.base import call, custom, custom_call, function

Fields = dict[str, Any]
CREATED = 1_700_000_000
USUAL = {"temperature": 1.0, "top_p": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}
SAID: tuple[Event, ...] = (Text("Hello"), Finish(), Usage(1, 1))


def prepared(*messages: Fields, **fields: Any) -> Prepared:
    """A completion that could begin."""
    asked = request(*messages, **fields)
    return Prepared(
        id="chatcmpl-1",
        created=CREATED,
        model="m",
        engine=ScriptedEngine(),
        ignored=(),
        conversation=build_conversation(asked),
        decoding=build_decoding(asked),
        request=asked,
    )


def record(*messages: Fields, said: tuple[Event, ...] = SAID, **fields: Any) -> Record:
    """What is kept of a completion that says this."""
    begun = prepared(*messages, **fields)
    answer = whole(
        *said, created=CREATED, metadata=begun.request.metadata, legacy_functions=bool(fields.get("functions"))
    )
    return build_record(begun, answer, project="ours", request_id="req_1")


def test_a_record_is_that_of_its_answer() -> None:
    """Id, time and model are those of the answer; project and request are told."""
    kept = record()
    assert (kept.project, kept.id, kept.created, kept.model, kept.request_id) == (
        "ours", "chatcmpl-1", CREATED, "m", "req_1",
    )  # fmt: skip
    answer = json.loads(kept.answer)
    assert (answer["id"], answer["created"], answer["model"]) == (kept.id, kept.created, kept.model)
    assert answer["choices"][0]["message"]["content"] == "Hello"


SCHEMA = {"type": "object", "properties": {"é\0": {"maximum": 2**70, "default": None, "multipleOf": 0.1}}}
ASKED: list[Fields] = [
    {},
    {"model": "gpt-4o"},
    {"stream": True, "stream_options": {"include_usage": False}},
    {"store": True, "user": "ann", "safety_identifier": "é", "service_tier": "flex"},
    {"temperature": None, "max_tokens": None, "tools": None},
    {"n": 2, "stop": ["a", "\0"], "logit_bias": {"1": -100, "2": 0.5}, "max_completion_tokens": 7},
    {"logprobs": True, "top_logprobs": 0, "top_k": -1, "min_p": 0.25},
    {"tools": [function("f", description="d", parameters=SCHEMA, strict=None), custom("c")]},
    {"tools": [function("f")], "tool_choice": {"type": "function", "function": {"name": "f"}}},
    {"tools": [custom("c")], "tool_choice": {"type": "custom", "custom": {"name": "c"}}},
    {
        "tools": [custom("c", format={"type": "grammar", "grammar": {"definition": "a+", "syntax": "regex"}})],
        "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [custom("c")]}},
        "parallel_tool_calls": False,
    },
    {"functions": [{"name": "f", "parameters": SCHEMA}], "function_call": {"name": "f"}},
    {"response_format": {"type": "text"}},
    {"response_format": {"type": "json_object"}},
    {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA, "strict": None}}},
    {"prediction": {"type": "content", "content": [{"type": "text", "text": "a"}]}, "verbosity": "low"},
    {"prompt_cache_key": "a", "prompt_cache_options": {"mode": "implicit"}, "prompt_cache_retention": "24h"},
    {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}},
    {"modalities": ["text", "audio"], "audio": {"voice": {"id": "voice_1"}, "format": "wav"}},
    {"web_search_options": {"user_location": {"type": "approximate", "approximate": {"city": "Paris"}}}},
]


@pytest.mark.parametrize("fields", ASKED)
def test_what_was_asked_is_kept_as_it_was_sent(fields: Fields) -> None:
    """Every field as it was sent, and none that was not: what is null stays null. Messages and metadata are apart."""
    asked = json.loads(record(**fields, seed=1, metadata={"a": "b"}).request)
    assert asked == {"model": "m"} | fields | USUAL | {"seed": 1}


DECODED: list[tuple[Fields, Fields]] = [
    # what was asked, what is used that is not usual
    ({"temperature": 0}, {"temperature": 0.0}),
    ({"temperature": 2, "top_p": 0}, {"temperature": 2.0, "top_p": 0.0}),
    ({"top_p": 0.5, "presence_penalty": -2, "frequency_penalty": 1.5},
     {"top_p": 0.5, "presence_penalty": -2.0, "frequency_penalty": 1.5}),
    ({"temperature": None, "top_p": None, "presence_penalty": None, "frequency_penalty": None}, {}),
    ({"seed": -(2**63)}, {"seed": -(2**63)}),
    ({"seed": 5.0}, {"seed": 5}),
    ({"seed": 0}, {"seed": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "used"), DECODED)
def test_parameters_that_always_have_a_value(fields: Fields, used: Fields) -> None:
    """Temperature, top_p and penalties are kept as they were used: as asked, and otherwise the API's defaults."""
    asked = json.loads(record(**{"seed": 1, **fields}).request)
    assert {name: asked[name] for name in (*USUAL, "seed")} == USUAL | {"seed": 1} | used


@pytest.mark.parametrize("fields", [{}, {"seed": None}])
def test_a_seed_that_was_drawn(fields: Fields) -> None:
    """Without a seed in the request the one that was drawn is kept, so that the answer can be had again."""
    begun = prepared(**fields)
    kept = build_record(begun, whole(*SAID), project="ours", request_id="req_1")
    assert json.loads(kept.request)["seed"] == begun.decoding.seed


PARSED = {"name": "f", "arguments": "{", "parsed_arguments": {}}
ODD: list[list[Fields]] = [
    [HI, {"role": "assistant", "content": None, "refusal": None, "audio": {"id": "a"}, "annotations": []}, HI],
    [{"role": "user", "content": "\0\u2028 👩‍👧 é\\u0000"}],
    [{"role": "user", "content": [
        {"type": "text", "text": "", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5000, "detail": "low"}},
        {"type": "input_audio", "input_audio": {"data": "B" * 5000, "format": "wav"}},
        {"type": "file", "file": {"file_data": "C" * 5000, "filename": "c.pdf"}},
        {"type": "text", "text": "z", "prompt_cache_breakpoint": None},
    ]}],
    [{"role": "assistant", "content": "a", "parsed": {"b": [1, 2.5, None, "é", 2**80]}},
     {"role": "assistant", "tool_calls": [call("c1") | {"function": PARSED}, custom_call("c2")]},
     {"role": "tool", "content": "1", "tool_call_id": "c1"}, {"role": "tool", "content": "2", "tool_call_id": "c2"}],
]  # fmt: skip


@pytest.mark.parametrize(
    "messages", [*([message] for message, _ in TURNS), *(messages for messages, _ in RESULTS), *ODD]
)
def test_messages_are_kept_as_they_were_sent(messages: list[Fields]) -> None:
    """Each input message with all that was sent, and nothing that was not."""
    assert json.loads(record(*messages).messages) == messages


@pytest.mark.parametrize("metadata", [{}, {"a": "b"}, {"": "", "é\0": "\0", "x" * 64: "y" * 512}, None])
def test_metadata_is_kept_apart(metadata: dict[str, str] | None) -> None:
    """Metadata can change later, so neither the answer nor the request has it; null is the same as none."""
    kept = record(metadata=metadata)
    assert kept.metadata == (metadata or {})
    assert "metadata" not in json.loads(kept.answer) and "metadata" not in json.loads(kept.request)


async def test_what_is_kept_is_in_the_store(tmp_path: Path) -> None:
    """When keeping returns, the completion is there."""
    begun = prepared(seed=1, metadata={"a": "b"})
    answer = whole(*SAID, created=CREATED)
    async with open_store(parse_url(None, folder=tmp_path)) as store:
        await keep(store.completions, begun, answer, project="ours", request_id="req_1")
        kept = build_record(begun, answer, project="ours", request_id="req_1")
        entry = await store.completions.get("ours", "chatcmpl-1")
    assert entry is not None
    assert all(getattr(entry, field) == getattr(kept, field) for field in entry.__struct_fields__)


async def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    """An answer whose client wanted it stored is no success when it is not: 503, with the reason, about `store`."""
    async with open_store(parse_url(None, folder=tmp_path)) as store:
        async with store.database.write() as connection:
            await connection.execute(text("DROP TABLE completions"))
        with pytest.raises(NotStored) as told:
            await keep(store.completions, prepared(), whole(*SAID), project="ours", request_id="req_1")
    assert (told.value.status, told.value.code, told.value.param) == (503, "completion_not_stored", "store")
    assert isinstance(told.value.__cause__, StoreUnavailable)
    assert told.value.__cause__.reason in told.value.message
