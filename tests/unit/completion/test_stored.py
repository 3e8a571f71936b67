"""From what is kept to what the wire shows of it."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.completion.stored import choose_messages, message_id, render_completion, render_list, render_message
from antiphon.engine.events import Arguments, Event, Finish, Reasoning, Refusal, Text, ToolCall, Usage
from antiphon.errors import UnknownCursor
from antiphon.schema.response.stored import CompletionList, StoredCompletion, StoredMessage
from tests.unit.completion.requests import HI
from tests.unit.completion.test_conversation import TURNS
from tests.unit.completion.test_keep import SAID, Fields, record
from tests.unit.schema.request.cases.base import call, custom, custom_call, function

END = (Finish(), Usage(1, 1))
SHOWN: Fields = {
    "metadata": {}, "request_id": "req_1", "input_user": None, "service_tier": "default", "temperature": 1.0,
    "top_p": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0, "seed": 1, "tools": None, "tool_choice": None,
    "response_format": None,
}  # fmt: skip
TOOLS: list[Fields] = [function("f", parameters={"a": [None, 2**70, 0.1, "é\0"]}, strict=None), custom("c")]
CALLED: tuple[Event, ...] = (ToolCall("f", "function", "call_1"), Arguments("{}"), *END)

ASKED: list[tuple[Fields, tuple[Event, ...], Fields]] = [
    # what was asked, what was said, what is shown that is not usual
    ({}, SAID, {}),
    ({"metadata": {"": "", "é\0": "\0"}}, SAID, {"metadata": {"": "", "é\0": "\0"}}),
    ({"user": "ann"}, SAID, {"input_user": "ann"}),
    ({"user": None, "tools": None, "response_format": None}, SAID, {}),
    ({"temperature": 0, "top_p": 0.5, "seed": -5}, SAID, {"temperature": 0.0, "top_p": 0.5, "seed": -5}),
    ({"presence_penalty": 1, "frequency_penalty": -1}, SAID, {"presence_penalty": 1.0, "frequency_penalty": -1.0}),
    ({"tools": TOOLS, "tool_choice": "auto"}, CALLED, {"tools": TOOLS, "tool_choice": "auto"}),
    (
        {"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "f"}}}, CALLED,
        {"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "f"}}},
    ),
    ({"response_format": {"type": "text"}}, SAID, {"response_format": {"type": "text"}}),
    ({"n": 2}, (Text("a"), Text("b", 1), Finish(), Finish("length", 1), Usage(1, 2)), {}),
    ({"functions": [{"name": "f"}]}, CALLED, {}),
    ({}, (Refusal("No."), *END), {}),
    ({}, (Reasoning("Hm."), Text("So."), *END), {}),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "said", "shown"), ASKED)
def test_a_completion_with_what_it_was_asked_for(fields: Fields, said: tuple[Event, ...], shown: Fields) -> None:
    """A stored completion is the answer as it was given, with its metadata and the parameters that were used."""
    kept = record(said=said, **{"seed": 1, **fields})
    rendered = render_completion(kept)
    assert json.loads(rendered) == json.loads(kept.answer) | SHOWN | shown
    msgspec.json.decode(rendered, type=StoredCompletion)


def test_the_tier_that_was_used() -> None:
    """The tier is that of the answer."""
    kept = record()
    flexible = msgspec.structs.replace(kept, answer=kept.answer.replace('"object"', '"service_tier":"flex","object"'))
    assert json.loads(render_completion(flexible))["service_tier"] == "flex"


def text(value: str, **more: Any) -> Fields:
    """A text part."""
    return {"type": "text", "text": value, **more}


def look(**more: Any) -> Fields:
    """An image part."""
    return {"type": "image_url", "image_url": {"url": "https://a/é.png", **more}}


PLAIN: Fields = {"id": "chatcmpl-1-7", "refusal": None, "content": None, "content_parts": None}
BREAKPOINT = {"mode": "explicit", "ttl": "30m"}
PAGE = {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 1, "url": "u", "title": "t"}}
AUDIO = {"type": "input_audio", "input_audio": {"data": "a", "format": "wav"}}
FILE = {"type": "file", "file": {"file_id": "file-1"}}
NO = {"type": "refusal", "refusal": "No."}
FUNCTION_CALL = {"name": "f", "arguments": "{"}
SPOKEN: Fields = {"id": "audio_1"}
ME: Fields = {"role": "assistant"}

MESSAGES: list[tuple[Fields, Fields]] = [
    # as it was sent, what is shown beside role, id and the fields that are null
    (HI, {"content": "Hi"}),
    ({"role": "user", "content": ""}, {"content": ""}),
    ({"role": "user", "content": "[]"}, {"content": "[]"}),
    ({"role": "user", "content": "\0 é 👩‍👧 \u2028"}, {"content": "\0 é 👩‍👧 \u2028"}),
    ({"role": "user", "content": "u", "name": "Ann"}, {"content": "u", "name": "Ann"}),
    ({"role": "user", "content": "u", "name": None}, {"content": "u"}),
    ({"role": "system", "content": "s", "name": "Bo"}, {"content": "s", "name": "Bo"}),
    ({"role": "developer", "content": [text("d")]}, {"content_parts": [text("d")]}),
    ({"role": "user", "content": [text("a"), look(), look(detail="low"), AUDIO, FILE]},
     {"content_parts": [text("a"), look(), look(detail="low"), AUDIO, FILE]}),
    ({"role": "user", "content": [text("a", prompt_cache_breakpoint=BREAKPOINT)]},
     {"content_parts": [text("a", prompt_cache_breakpoint=BREAKPOINT)]}),
    (ME | {"content": "a"}, {"content": "a"}),
    (ME | {"content": None, "refusal": "No."}, {"refusal": "No."}),
    (ME | {"content": [text("Well."), NO]}, {"content_parts": [text("Well."), NO]}),
    (ME | {"content": "a", "refusal": None, "annotations": []}, {"content": "a", "annotations": []}),
    (ME | {"content": "a", "parsed": {"b": 1}}, {"content": "a"}),
    (ME | {"content": "a", "annotations": [PAGE]}, {"content": "a", "annotations": [PAGE]}),
    (ME | {"tool_calls": [call(), custom_call()]}, {"tool_calls": [call(), custom_call()]}),
    (ME | {"content": "a", "tool_calls": [call()]}, {"content": "a", "tool_calls": [call()]}),
    (ME | {"content": "a", "tool_calls": None, "function_call": None, "audio": None}, {"content": "a"}),
    (ME | {"content": None, "function_call": FUNCTION_CALL}, {"function_call": FUNCTION_CALL}),
    (ME | {"content": None, "audio": SPOKEN}, {"audio": SPOKEN}),
    (ME | {"content": None, "audio": {**SPOKEN, "data": "a", "expires_at": 1, "transcript": "t"}},
     {"audio": {**SPOKEN, "data": "a", "expires_at": 1, "transcript": "t"}}),
    (ME | {"content": "a", "reasoning_content": "r"}, {"content": "a", "reasoning_content": "r"}),
    (ME | {"content": "a", "reasoning": "r"}, {"content": "a", "reasoning_content": "r"}),
    (ME | {"content": "a", "reasoning": "r", "reasoning_content": None}, {"content": "a", "reasoning_content": "r"}),
    (ME | {"content": "a", "reasoning": None, "reasoning_content": "r"}, {"content": "a", "reasoning_content": "r"}),
    ({"role": "tool", "content": "1", "tool_call_id": "c1"}, {"content": "1", "tool_call_id": "c1"}),
    ({"role": "tool", "content": [text("1")], "tool_call_id": "c1"},
     {"content_parts": [text("1")], "tool_call_id": "c1"}),
    ({"role": "function", "content": "1", "name": "f"}, {"content": "1", "name": "f"}),
    ({"role": "function", "content": None, "name": "f"}, {"name": "f"}),
]  # fmt: skip


def render(message: Fields) -> bytes:
    """The message as the wire has it, which its type allows."""
    rendered = render_message("chatcmpl-1", 7, msgspec.json.encode(message))
    msgspec.json.decode(rendered, type=StoredMessage)
    return rendered


@pytest.mark.parametrize(("message", "shown"), MESSAGES)
def test_an_input_message(message: Fields, shown: Fields) -> None:
    """Content stands in `content` when it was a string and in `content_parts` when it was in parts, the other being
    null; names, calls and what else was said are as they were sent, and absent when they were null or not sent.
    """
    assert json.loads(render(message)) == {"role": message["role"]} | PLAIN | shown


@pytest.mark.parametrize("message", [message for message, _ in TURNS])
def test_every_message_that_a_request_can_have_can_be_shown(message: Fields) -> None:
    """What is shown has the type that the API's documentation gives it."""
    assert json.loads(render(message))["role"] == message["role"]


NULLS: list[tuple[Fields, Fields]] = [
    # as it was sent, what is shown
    ({"role": "user", "content": [text("a", prompt_cache_breakpoint=None)]}, {"content_parts": [text("a")]}),
    ({"role": "user", "content": [text("a", prompt_cache_breakpoint={"mode": "explicit", "ttl": None})]},
     {"content_parts": [text("a", prompt_cache_breakpoint={"mode": "explicit"})]}),
    ({"role": "user", "content": [look(detail=None)]}, {"content_parts": [look()]}),
    ({"role": "user", "content": [FILE | {"file": {"file_id": "file-1", "filename": None, "file_data": None}}]},
     {"content_parts": [FILE]}),
    (ME | {"audio": {**SPOKEN, "data": None, "expires_at": None, "transcript": None}}, {"audio": SPOKEN}),
]  # fmt: skip


@pytest.mark.parametrize(("message", "shown"), NULLS)
def test_null_is_the_same_as_leaving_out_also_within(message: Fields, shown: Fields) -> None:
    """A field of a part that was sent as null is absent, as the type of what is shown wants it."""
    assert json.loads(render(message)) == {"role": message["role"]} | PLAIN | shown


def test_thoughts_are_those_that_the_model_was_given() -> None:
    """Of two names for thoughts the one that says something is shown, which is what the prompt had."""
    shown = json.loads(render(ME | {"content": "a", "reasoning_content": "", "reasoning": "r"}))
    assert shown["reasoning_content"] == "r"


def test_lists_name_their_ends() -> None:
    """A page has its items as they are, the ids of the first and the last, and whether there are more."""
    items = [render_completion(record(seed=seed)) for seed in (1, 2)]
    page = msgspec.json.decode(render_list(["a", "b"], items, has_more=True))
    assert page == {
        "object": "list", "data": [json.loads(item) for item in items], "first_id": "a", "last_id": "b",
        "has_more": True,
    }  # fmt: skip
    msgspec.json.decode(render_list(["a", "b"], items, has_more=True), type=CompletionList)


def test_an_empty_list() -> None:
    """A page without items has no ends."""
    page = json.loads(render_list([], [], has_more=False))
    assert page == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


ID = "chatcmpl-1"
CHOSEN: list[tuple[str | None, bool, int, list[int]]] = [
    # after, descending, of how many, their numbers
    (None, False, 3, [0, 1, 2]),
    (None, True, 3, [2, 1, 0]),
    (None, False, 0, []),
    (f"{ID}-0", False, 3, [1, 2]),
    (f"{ID}-1", False, 3, [2]),
    (f"{ID}-2", False, 3, []),
    (f"{ID}-0", True, 3, []),
    (f"{ID}-2", True, 3, [1, 0]),
    (f"{ID}-10", False, 12, [11]),
]


@pytest.mark.parametrize(("after", "descending", "count", "numbers"), CHOSEN)
def test_messages_of_a_page(after: str | None, descending: bool, count: int, numbers: list[int]) -> None:
    """A page goes on behind the last message of the one before, in either order."""
    assert list(choose_messages(ID, after=after, descending=descending)(count)) == numbers


NOWHERE = [
    "", ID, f"{ID}-", f"{ID}-3", f"{ID}-00", f"{ID}-01", f"{ID}--1", f"{ID}-1 ", f" {ID}-1", f"{ID}-1\n", f"{ID}-+1",
    f"{ID}-\u0661", f"{ID}-1.0", f"{ID}-1-1", f"{ID}-{10**30}", f"{ID}-{'9' * 100_000}", "1", "-1", "chatcmpl-2-1",
    f"{ID}-1\0", f"{ID}-{ID}-1",
]  # fmt: skip


@pytest.mark.parametrize("after", NOWHERE, ids=lambda after: repr(after[:20]))
@pytest.mark.parametrize("descending", [False, True])
def test_messages_after_one_that_is_none(after: str, descending: bool) -> None:
    """An `after` that is no message of this completion is refused, and names the field."""
    with pytest.raises(UnknownCursor) as told:
        choose_messages(ID, after=after, descending=descending)(3)
    assert told.value.param == "after"


@given(st.integers(0, 30), st.integers(1, 7), st.booleans())
def test_pages_together_are_all_messages(count: int, limit: int, descending: bool) -> None:
    """Whoever goes from page to page sees each message once, in order, whatever the size of a page."""
    seen: list[int] = []
    after = None
    while page := list(choose_messages(ID, after=after, descending=descending)(count))[:limit]:
        seen += page
        after = message_id(ID, page[-1])
    assert seen == sorted(range(count), reverse=descending)
