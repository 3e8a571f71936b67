"""Streams of calls, chunk by chunk, and the official package's helper that puts them together."""

import json
from typing import Any

import httpx
import openai
import pytest

from tests.contract.live import script
from tests.contract.scripts import FUNCTIONS, LONDON, PARIS, SCRIPTS, SUM, TOOLS
from tests.contract.test_answers import Json, streamed, whole
from tests.unit.schema.request.cases.base import function

CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
STRICT = CITY | {"required": ["city"], "additionalProperties": False}


def parts(chunks: list[Json], index: int) -> list[Json]:
    """What chunks say of one choice."""
    return [part for chunk in chunks for part in chunk["choices"] if part["index"] == index]


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_shape_of_a_stream(http: httpx.Client, name: str) -> None:
    """For each choice the role comes once and first, and the reason once and last, in a chunk with an empty delta.

    Only the chunk with the usage has no choices; all others have `usage: null`; all are of one answer.
    """
    _, fields, reason = SCRIPTS[name]
    *chunks, last = streamed(http, name)
    assert len({(chunk["id"], chunk["created"], chunk["model"], chunk["system_fingerprint"]) for chunk in chunks}) == 1
    assert last["choices"] == [] and last["usage"]["total_tokens"] >= 0
    assert all(len(chunk["choices"]) == 1 and chunk["usage"] is None for chunk in chunks)
    for index in range(fields.get("n", 1)):
        first, *middle, end = parts(chunks, index)
        assert first["delta"]["role"] == "assistant" and set(first["delta"]) == {"role", "content", "refusal"}
        assert (end["delta"], end["finish_reason"], end["logprobs"]) == ({}, reason, None)
        assert all("role" not in part["delta"] and len(part["delta"]) == 1 for part in middle)
        assert all(part["finish_reason"] is None for part in [first, *middle])


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_deltas_of_calls(http: httpx.Client, name: str) -> None:
    """The first delta of a call has index, id, type, name and empty arguments; later ones the index and a fragment.

    Indices run from 0, one call after the other; there is never an empty list.
    """
    for index in range(SCRIPTS[name][1].get("n", 1)):
        lists = [
            part["delta"]["tool_calls"] for part in parts(streamed(http, name), index) if "tool_calls" in part["delta"]
        ]
        assert all(len(calls) == 1 for calls in lists)
        latest = -1
        for (call,) in lists:
            kind = "custom" if "custom" in call else "function"
            text = "input" if kind == "custom" else "arguments"
            if "id" in call:
                latest += 1
                assert set(call) == {"index", "id", "type", kind} and call["type"] == kind and call["id"]
                assert call[kind] == {"name": call[kind]["name"], text: ""}
            else:
                assert set(call) == {"index", kind} and set(call[kind]) == {text} and call[kind][text]
            assert call["index"] == latest


def test_fragments_are_as_the_model_wrote_them(http: httpx.Client) -> None:
    """Each piece of arguments is a chunk of its own, neither repaired nor closed."""
    for name in ("a call", "arguments that are no JSON", "a cut call"):
        deltas = [
            part["delta"]["tool_calls"][0] for part in parts(streamed(http, name), 0) if "tool_calls" in part["delta"]
        ]
        written = [event["text"] for event in SCRIPTS[name][0] if event["event"] == "arguments"]
        said = [delta["function"]["arguments"] for delta in deltas[1:]]
        assert said == written[: len(said)] and len(said) == SCRIPTS[name][1].get("max_tokens", len(written))


@pytest.mark.parametrize("name", [name for name in SCRIPTS if "functions" in SCRIPTS[name][1]])
def test_the_deprecated_form(http: httpx.Client, name: str) -> None:
    """Where `functions` were given, calls are `function_call`: first the name with empty arguments, then fragments."""
    calls = [
        part["delta"]["function_call"] for part in parts(streamed(http, name), 0) if "function_call" in part["delta"]
    ]
    called = any(isinstance(event, dict) and event["event"] == "tool_call" for event in SCRIPTS[name][0])
    assert bool(calls) == called
    if calls:
        assert calls[0] == {"name": "weather", "arguments": ""}
        assert all(set(call) == {"arguments"} for call in calls[1:])
    assert "tool_calls" not in json.dumps([streamed(http, name), whole(http, name)])


def ask(*events: Any, **fields: Any) -> dict[str, Any]:
    """Arguments of the official package's methods."""
    return {"model": "smollm2", "messages": [{"role": "user", "content": script(*events)}], **fields}


HELPED: dict[str, Any] = {
    "tools": [function("weather", strict=True, parameters=STRICT), function("time", strict=True, parameters=STRICT)]
}


def test_the_packages_helper_puts_calls_together(client: openai.OpenAI) -> None:
    """`client.chat.completions.stream()` with tools gives fragments as they come, and whole calls at their ends."""
    with client.chat.completions.stream(**ask("I look.", *PARIS, *LONDON, **HELPED)) as events:
        seen = list(events)
        final = events.get_final_completion()
    fragments = [event for event in seen if event.type == "tool_calls.function.arguments.delta"]
    assert "".join(event.arguments_delta for event in fragments if event.index == 0) == '{"city": "Paris"}'
    done = [event for event in seen if event.type == "tool_calls.function.arguments.done"]
    assert [(event.index, event.name, event.parsed_arguments) for event in done] == [
        (0, "weather", {"city": "Paris"}),
        (1, "time", {"city": "London"}),
    ]
    choice = final.choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", "I look.")
    assert [(call.id, call.function.name) for call in choice.message.tool_calls or ()] == [
        ("call_a", "weather"),
        ("call_b", "time"),
    ]


def test_the_packages_helper_raises_where_a_limit_cut(client: openai.OpenAI) -> None:
    """Half a call is told as cut: the helper raises, and takes no half arguments for whole ones."""
    with (
        pytest.raises(openai.LengthFinishReasonError),
        client.chat.completions.stream(**ask(*PARIS, **HELPED, max_tokens=2)) as events,
    ):
        events.get_final_completion()


async def test_the_asynchronous_helper(async_client: openai.AsyncOpenAI) -> None:
    """So it is asynchronously."""
    async with async_client.chat.completions.stream(**ask(*PARIS, **HELPED)) as events:
        final = await events.get_final_completion()
    (call,) = final.choices[0].message.tool_calls or ()
    assert call.function.parsed_arguments == {"city": "Paris"}


def test_whole_calls_by_the_package(client: openai.OpenAI) -> None:
    """Calls of both kinds, and of the deprecated form, are what the official package says they are."""
    message = client.chat.completions.create(**ask(*PARIS, *SUM, **TOOLS)).choices[0].message
    function_call, custom_call = message.tool_calls or ()
    assert function_call.type == "function" and function_call.function.arguments == '{"city": "Paris"}'
    assert custom_call.type == "custom" and custom_call.custom.input == "1 + 1\n"
    old = client.chat.completions.create(**ask(*PARIS, **FUNCTIONS)).choices[0]
    assert old.finish_reason == "function_call" and old.message.function_call
    assert (old.message.function_call.name, old.message.tool_calls) == ("weather", None)


@pytest.mark.parametrize("kind", ["tools", "functions"])
def test_a_call_and_its_result_can_be_given_back(client: openai.OpenAI, kind: str) -> None:
    """The message with the calls, as it came, and their results are the beginning of the next request."""
    fields = TOOLS if kind == "tools" else FUNCTIONS
    events = [*PARIS, *SUM] if kind == "tools" else PARIS
    question = ask(*events, **fields)
    message = client.chat.completions.create(**question).choices[0].message.to_dict()
    results: list[Any] = [{"role": "function", "name": "weather", "content": "sunny"}]
    if kind == "tools":
        ids = [call.id for call in client.chat.completions.create(**question).choices[0].message.tool_calls or ()]
        results = [{"role": "tool", "tool_call_id": call_id, "content": "sunny"} for call_id in ids]
    again = question | {"messages": [*question["messages"], message, *results, {"role": "user", "content": "Thanks"}]}
    assert client.chat.completions.create(**again).choices[0].message.content == "Thanks"


REFUSED = {
    "another tool": [{"event": "tool_call", "name": "nobody"}],
    "another kind": [{"event": "tool_call", "name": "calculate"}],
    "arguments of nothing": [{"event": "arguments", "text": "{}"}],
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", REFUSED)
def test_a_script_that_no_model_could_play_is_400(client: openai.OpenAI, name: str, stream: bool) -> None:
    """The scripted engine refuses what goes against the request's tools, before a stream begins."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**ask(*REFUSED[name], **TOOLS), stream=stream)
    assert caught.value.param == "messages"
