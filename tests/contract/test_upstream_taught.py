"""Upstreams that do not tell calls from text: it is done here, whatever the text is."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.live import frames
from tests.contract.relayed import ask, read, relay, settle
from tests.contract.upstreams.answers import Answer, Call
from tests.contract.upstreams.faults import Status
from tests.contract.upstreams.table.calls import TOOLS
from tests.contract.upstreams.upstream import Upstream

MODEL = "one"
ARGUMENTS = '{"city": "Oslo"}'
CALL = f'<tool_call>\n{{"name": "get_weather", "arguments": {ARGUMENTS}}}\n</tool_call>'
REQUIRED = TOOLS | {"tool_choice": "required"}
ODD = {
    "no end": CALL[:30],
    "no end of the mark": CALL[:-3],
    "an end alone": "</tool_call>",
    "no JSON": "<tool_call>\nget_weather(Oslo)\n</tool_call>",
    "a name alone": '<tool_call>\n{"name": "get_weather"}\n</tool_call>',
    "no name": '<tool_call>\n{"arguments": {}}\n</tool_call>',
    "a name that was not given": CALL.replace("get_weather", "rm_rf"),
    "a name without an end": CALL.replace("get_weather", "x" * 100_000),
    "arguments that are no object": CALL.replace(ARGUMENTS, "7"),
    "arguments within arguments": CALL.replace(ARGUMENTS, '{"a":' * 1000),
    "a call within a call": "<tool_call>\n" + CALL + "\n</tool_call>",
    "begun again and again": "<tool_call>" * 500,
    "text before": "Hel" + CALL,
    "text behind": CALL + "lo",
    "two": CALL + "\n" + CALL,
    "another order": '<tool_call>\n{"arguments": {"city": "Oslo"}, "name": "get_weather"}\n</tool_call>',
    "half a mark": "a <tool_cal",
}
SPELLED = {
    "a text": "Hello",
    "an object": '{"name": "get_weather", "arguments": {}}',
    "none": "[]",
    "no end": '[{"name": "get_weather", "argu',
    "a name that was not given": '[{"name": "rm_rf", "arguments": {}}]',
    "nothing": "",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Upstream]:
    """One whose prompt is no longer with tools than without: its template does not tell the model of them."""
    with Upstream() as running:
        running.trial = Status(200, {"choices": [], "usage": {"prompt_tokens": 7}})
        yield running


@pytest.fixture
def upstream(running: Upstream) -> Upstream:
    """The same, which behaves well, and was asked nothing yet."""
    running.behave(Answer())
    return running


@pytest.fixture(scope="module")
def client(running: Upstream) -> Iterator[httpx.Client]:
    """Of the server before it."""
    with relay({MODEL: [running]}) as client:
        yield client


def calls_of(answer: httpx.Response, *, stream: bool) -> list[list[str]]:
    """Names and arguments of all calls."""
    if not stream:
        calls = answer.json()["choices"][0]["message"].get("tool_calls", [])
        return [[call["function"]["name"], call["function"]["arguments"]] for call in calls]
    found: list[list[str]] = []
    for chunk in map(json.loads, frames(answer.text)[:-1]):
        for choice in chunk.get("choices", ()):
            for call in choice["delta"].get("tool_calls", ()):
                if "name" in call["function"]:
                    found.append([call["function"]["name"], ""])
                found[call["index"]][1] += call["function"].get("arguments", "")
    return found


def say(upstream: Upstream, text: str) -> None:
    """From now on, character by character."""
    upstream.behave(Answer(tokens=list(text) if len(text) < 10_000 else [text]))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_call_is_read_out_of_the_text(upstream: Upstream, client: httpx.Client, stream: bool) -> None:
    """However it is cut; the tools were told in a message, and not by a field that the upstream would not heed."""
    say(upstream, CALL)
    answer = ask(client, MODEL, stream=stream, **TOOLS)
    assert calls_of(answer, stream=stream) == [["get_weather", ARGUMENTS]]
    (asked,) = upstream.chats
    assert "tools" not in asked.body and "get_weather" in json.dumps(asked.body["messages"])


@pytest.mark.parametrize("name", ODD)
def test_an_odd_call_is_one_or_a_text_or_an_error(upstream: Upstream, client: httpx.Client, name: str) -> None:
    """Never a fault of ours, and the same whether streamed or whole."""
    say(upstream, ODD[name])
    whole, streamed = ask(client, MODEL, **TOOLS), ask(client, MODEL, stream=True, **TOOLS)
    (text, error), (streamed_text, streamed_error) = read(whole, stream=False), read(streamed, stream=True)
    assert (error and error["code"]) == (streamed_error and streamed_error["code"])
    if error:
        assert error["code"] in ("upstream_error", "constraint_broken")
    else:
        assert (text, calls_of(whole, stream=False)) == (streamed_text, calls_of(streamed, stream=True))
        assert {call for call, _ in calls_of(whole, stream=False)} <= {"get_weather", "get_time"}
    settle(upstream)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_call_that_must_come_is_asked_for_as_json(upstream: Upstream, client: httpx.Client, stream: bool) -> None:
    """By a response format, which most upstreams have, and read as calls."""
    say(upstream, f'[{{"name": "get_weather", "arguments": {ARGUMENTS}}}]')
    answer = ask(client, MODEL, stream=stream, **REQUIRED)
    assert calls_of(answer, stream=stream) == [["get_weather", ARGUMENTS]]
    assert upstream.chats[0].body["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", SPELLED)
def test_what_is_no_call_though_it_must_be_is_an_error(
    upstream: Upstream, client: httpx.Client, name: str, stream: bool
) -> None:
    """An upstream that did not keep to its format is told on."""
    say(upstream, SPELLED[name])
    answer = ask(client, MODEL, stream=stream, **REQUIRED)
    _, error = read(answer, stream=stream)
    assert error and error["code"] in ("constraint_broken", "upstream_error")
    assert answer.status_code == 502 or stream


def test_half_a_call_passes_as_it_is(upstream: Upstream, client: httpx.Client) -> None:
    """Arguments that are not strict are what was written, also where their end is missing."""
    say(upstream, '[{"name": "get_weather", "arguments": {"city": "Os')
    assert calls_of(ask(client, MODEL, **REQUIRED), stream=False) == [["get_weather", '{"city": "Os']]


def test_a_parser_that_was_not_asked_is_an_error(upstream: Upstream, client: httpx.Client) -> None:
    """Nobody knows what it makes of a text that is to be read here."""
    call: Any = Call("get_weather", [ARGUMENTS])
    upstream.behave(Answer(tokens=(), calls=[call]))
    answer = ask(client, MODEL, **TOOLS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_error")
