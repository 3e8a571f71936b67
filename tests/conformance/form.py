"""The form of answers, which is the same whatever answers: held against each one that a test gets."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
REASONS = {"stop", "length", "tool_calls", "function_call"}
CALL_TEXTS = {"function": "arguments", "custom": "input"}


def check_completion(answer: Json, request: Json) -> None:
    """A whole answer has every field that applies, and no other model's name."""
    check_envelope(answer, request, "chat.completion")
    assert [choice["index"] for choice in answer["choices"]] == list(range(request.get("n") or 1))
    for choice in answer["choices"]:
        assert choice["finish_reason"] in REASONS
        says_nothing = not (choice["message"].get("content") or choice["message"].get("tool_calls"))
        asked = bool(request.get("logprobs"))
        assert (choice["logprobs"] is not None) == asked or (asked and says_nothing), "there may be no token to tell of"
        check_message(choice["message"], cut=choice["finish_reason"] == "length")
    check_usage(answer["usage"])


def check_message(message: Json, *, cut: bool) -> None:
    """What was said, or called: never an empty list of calls, no id twice. cut: perhaps before a call had its name."""
    assert message["role"] == "assistant" and message["refusal"] is None and message["annotations"] == []
    assert isinstance(message["content"], str) or message.get("tool_calls") or message.get("function_call") or cut
    calls = message.get("tool_calls", [])
    assert "tool_calls" not in message or calls
    assert len({call["id"] for call in calls}) == len(calls)
    for call in calls:
        assert set(call) == {"id", "type", call["type"]} and call["id"]
        assert set(call[call["type"]]) == {"name", CALL_TEXTS[call["type"]]}


def check_envelope(answer: Json, request: Json, kind: str) -> None:
    """What stands around each answer and each chunk."""
    assert answer["object"] == kind and answer["id"].startswith("chatcmpl-")
    assert answer["model"] == request["model"] and isinstance(answer["created"], int)
    assert isinstance(answer["system_fingerprint"], str) and answer["system_fingerprint"]


def check_usage(usage: Json) -> None:
    """The sum is one, and details are no more than what they are details of."""
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    prompt, completion = usage["prompt_tokens_details"], usage["completion_tokens_details"]
    assert 0 <= prompt["cached_tokens"] <= usage["prompt_tokens"]
    assert completion["reasoning_tokens"] <= usage["completion_tokens"]
    assert prompt["text_tokens"] == usage["prompt_tokens"]


def check_chunks(chunks: Sequence[Json], request: Json) -> None:
    """A stream: all chunks of one answer, one choice in each, the usage in the last if asked for, and only there."""
    first = chunks[0]
    for chunk in chunks:
        check_envelope(chunk, request, "chat.completion.chunk")
        for name in ("id", "created", "system_fingerprint"):
            assert chunk[name] == first[name]
    body = list(chunks)
    if (request.get("stream_options") or {}).get("include_usage"):
        last = body.pop()
        assert last["choices"] == []
        check_usage(last["usage"])
        assert all(chunk["usage"] is None for chunk in body)
    else:
        assert all("usage" not in chunk for chunk in body)
    assert all(len(chunk["choices"]) == 1 for chunk in body)
    for index in range(request.get("n") or 1):
        check_choice([chunk["choices"][0] for chunk in body if chunk["choices"][0]["index"] == index])


def check_choice(parts: list[Json]) -> None:
    """The role comes once and first, the reason once and last, beside an empty delta; nothing empty in between."""
    first, *middle, end = parts
    assert first["delta"]["role"] == "assistant" and set(first["delta"]) <= {"role", "content", "refusal"}
    assert end["delta"] == {} and end["finish_reason"] in REASONS and end["logprobs"] is None
    assert all(part["finish_reason"] is None for part in (first, *middle))
    for part in middle:
        [(name, value)] = part["delta"].items()
        assert name in ("content", "tool_calls", "function_call")
        assert value or part["logprobs"], "a chunk that says nothing"
    check_calls([part["delta"]["tool_calls"] for part in middle if "tool_calls" in part["delta"]])


def check_calls(lists: list[list[Json]]) -> None:
    """The first delta of a call has index, id, type, name and an empty text; later ones the index and a fragment."""
    latest, kind = -1, ""
    for [call] in lists:
        if "id" in call:
            latest, kind = latest + 1, call["type"]
            assert set(call) == {"index", "id", "type", kind} and call["id"]
            assert set(call[kind]) == {"name", CALL_TEXTS[kind]} and call[kind][CALL_TEXTS[kind]] == ""
        else:
            assert set(call) == {"index", kind} and set(call[kind]) == {CALL_TEXTS[kind]}
        assert call["index"] == latest
