"""From the chunks of a stream to events, and to the completion that `create` would have given."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.client import events
from antiphon.client.accumulator import Accumulator
from antiphon.client.events import StreamEvent
from antiphon.client.responses import Chunk

HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "system_fingerprint": "fp"}
Fields = dict[str, Any]


def chunk(delta: Fields | None = None, index: int = 0, reason: str | None = None, **more: Any) -> Chunk:
    choice = {"index": index, "delta": delta or {}, "logprobs": None, "finish_reason": reason}
    return Chunk({**HEAD, "choices": [{**choice, **more}]})


def gather(*chunks: Chunk, metadata: Fields | None = None) -> tuple[Fields, list[StreamEvent]]:
    """The completion, and all events but those that are chunks themselves."""
    accumulator = Accumulator(metadata)
    told = [event for chunk in chunks for event in accumulator.add(chunk)]
    return accumulator.completion().to_dict(), [e for e in told if not isinstance(e, events.ChunkReceived)]


def test_text() -> None:
    """Pieces become a text; role, reason and usage are where `create` has them; padding is gone."""
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    whole, told = gather(
        chunk({"role": "assistant", "content": "", "refusal": None}),
        chunk({"content": "Hel"}),
        chunk({"content": "lo"}),
        chunk(reason="stop"),
        Chunk({**HEAD, "choices": [], "usage": usage, "obfuscation": "xxxx"}),
        metadata={"a": "b"},
    )
    assert whole == {
        **HEAD,
        "object": "chat.completion",
        "metadata": {"a": "b"},
        "usage": usage,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello", "refusal": None, "annotations": []},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
    }
    assert [event.type for event in told] == ["content.delta", "content.delta", "choice.done", "usage"]


def test_calls() -> None:
    """Of functions and of custom tools, one after another; each is told when it begins, grows and is whole."""
    first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look", "arguments": ""}}
    second = {"index": 1, "id": "call_2", "type": "custom", "custom": {"name": "say", "input": "a"}}
    whole, told = gather(
        chunk({"role": "assistant", "tool_calls": [first]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]}),
        chunk({"tool_calls": [second]}),
        chunk({"tool_calls": [{"index": 1, "custom": {"input": "b"}}]}),
        chunk(reason="tool_calls"),
    )
    message = whole["choices"][0]["message"]
    assert message["content"] is None
    assert message["tool_calls"] == [
        {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"a":1}'}},
        {"id": "call_2", "type": "custom", "custom": {"name": "say", "input": "ab"}},
    ]
    assert [event.type for event in told] == [
        "tool_call.begun", "tool_call.delta", "tool_call.delta", "tool_call.done",
        "tool_call.begun", "tool_call.delta", "tool_call.delta", "tool_call.done", "choice.done",
    ]  # fmt: skip
    done = [event.tool_call for event in told if isinstance(event, events.ToolCallDone)]
    assert done[0].function and done[0].function.arguments == '{"a":1}'


def test_a_snapshot_stays() -> None:
    """What comes later does not change it."""
    entry = {"token": "a", "logprob": -1.0, "bytes": [97], "top_logprobs": []}
    accumulator = Accumulator()
    called = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{"}}]}
    more = {"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]}
    list(accumulator.add(chunk(called, logprobs={"content": [entry]})))
    before = accumulator.completion()
    told = repr(before)
    list(accumulator.add(chunk(more, logprobs={"content": [entry]})))
    assert repr(before) == told and accumulator.completion() != before


def test_all_else() -> None:
    """Refusal, reasoning, a function in the old form, speech, citations, log-probabilities, and what is unknown."""
    entry = {"token": "a", "logprob": -1.0, "bytes": [97], "top_logprobs": []}
    citation = {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 1, "url": "u", "title": "t"}}
    pieces = [base64.b64encode(part).decode() for part in (b"a", b"bcde")]
    whole, told = gather(
        chunk({"refusal": "I ", "reasoning_content": "Hm"}),
        chunk({"refusal": "won't", "function_call": {"name": "look", "arguments": "{"}}),
        chunk({"function_call": {"arguments": "}"}, "annotations": [citation], "mood": "go", "depth": 3}),
        chunk({"audio": {"id": "audio-1", "data": pieces[0], "transcript": "I "}, "mood": "od"}),
        chunk({"audio": {"id": "audio-1", "data": pieces[1], "transcript": "won't", "expires_at": 7}}),
        chunk(logprobs={"content": [entry], "refusal": None}),
        chunk(logprobs={"content": None, "refusal": [entry]}, reason="content_filter"),
    )
    [choice] = whole["choices"]
    assert choice["logprobs"] == {"content": [entry], "refusal": [entry]}
    assert choice["finish_reason"] == "content_filter"
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": "I won't",
        "reasoning_content": "Hm",
        "function_call": {"name": "look", "arguments": "{}"},
        "annotations": [citation],
        "mood": "good",
        "depth": 3,
        "audio": {
            "id": "audio-1",
            "transcript": "I won't",
            "expires_at": 7,
            "data": base64.b64encode(b"abcde").decode(),
        },
    }
    assert {"refusal.delta", "reasoning.delta", "audio.delta", "logprobs.delta"} <= {event.type for event in told}


def test_choices_come_mixed() -> None:
    """Each keeps what is its own, and they are in order at the end."""
    whole, told = gather(
        chunk({"content": "b"}, 1), chunk({"content": "a"}, 0), chunk({"content": "B"}, 1), chunk(None, 1, "stop")
    )
    assert [choice["message"]["content"] for choice in whole["choices"]] == ["a", "bB"]
    assert [choice["finish_reason"] for choice in whole["choices"]] == [None, "stop"]
    assert [event.choice for event in told] == [1, 0, 1, 1]  # type: ignore[union-attr]


@pytest.mark.parametrize("fields", [{}, {"choices": None}, {"choices": [{}]}, {"choices": [{"delta": None}]}])
def test_servers_that_send_less(fields: Fields) -> None:
    """What is not there is not missed."""
    whole, _ = gather(Chunk(fields))
    assert whole["object"] == "chat.completion"


@given(st.lists(st.text(max_size=3)))
def test_a_look_in_between(pieces: list[str]) -> None:
    """The completion so far can be had at any time, and what was had does not change later."""
    accumulator = Accumulator()
    seen = []
    for piece in pieces:
        list(accumulator.add(chunk({"content": piece})))
        seen.append(accumulator.completion())
    assert [one.choices[0].message.content for one in seen] == ["".join(pieces[: i + 1]) for i in range(len(pieces))]
