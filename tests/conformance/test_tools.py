"""Function tools: every form of choice is obeyed, and whatever is called is valid."""

import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel, Field

from tests.conformance.asker import Asker
from tests.conformance.tools import ASKED, FUNCTIONS, HALT, TIME, WEATHER, Fields, check, function, is_of, one, some
from tests.model.ask import Choice

pytestmark = pytest.mark.needs("tools")
TOOLS = [WEATHER, TIME, HALT]
NAMES = {"weather", "time", "halt"}
ONCE = {"parallel_tool_calls": False}
CHOICES: dict[str, tuple[Fields, set[str], int, int, set[str]]] = {
    # fields, what may be called, the least and the most calls, reasons when it is not cut
    "auto": ({"tool_choice": "auto"}, NAMES, 0, 32, {"stop", "tool_calls"}),
    "none": ({"tool_choice": "none"}, set(), 0, 0, {"stop"}),
    "required": ({"tool_choice": "required"}, NAMES, 1, 32, {"tool_calls"}),
    "one at a time": ({"tool_choice": "required", **ONCE}, NAMES, 1, 1, {"tool_calls"}),
    "a function": ({"tool_choice": one(WEATHER)}, {"weather"}, 1, 1, {"stop"}),
    "a function without arguments": ({"tool_choice": one(HALT)}, {"halt"}, 1, 1, {"stop"}),
    "some": ({"tool_choice": some("auto", TIME)}, {"time"}, 0, 32, {"stop", "tool_calls"}),
    "one of some": ({"tool_choice": some("required", TIME, HALT), **ONCE}, {"time", "halt"}, 1, 1, {"tool_calls"}),
}


@pytest.mark.parametrize("name", CHOICES)
def test_choices_are_obeyed(ask: Asker, name: str) -> None:
    """Two at temperature 1: none calls what it may not, too little, too much, or badly."""
    fields, allowed, least, most, reasons = CHOICES[name]
    answer = ask.whole(ASKED, tools=TOOLS, n=2, seed=7, max_tokens=40 if least else 10, **fields)
    for choice in answer.choices.values():
        check(choice, allowed)
        assert choice.finish in {*reasons, "length"} and len(choice.calls) <= most
        assert not least or choice.text == "", "there is no text before a call that must be"
        if choice.finish != "length":
            assert len(choice.calls) >= least and (choice.finish == "tool_calls") <= bool(choice.calls)
    assert most != 1 or any(choice.finish != "length" for choice in answer.choices.values())


MODES: dict[str, Fields] = {
    "calls": {"tool_choice": "required"},
    "a named call": {"tool_choice": one(TIME)},
    "greedy": {"tool_choice": "required", "temperature": 0},
    "text": {"temperature": 0, "tool_choice": "none"},
    "cut": {"tool_choice": one(WEATHER), "max_tokens": 9},
}


@pytest.mark.parametrize("name", MODES)
def test_modes(ask: Asker, name: str) -> None:
    """A streamed answer is put together to what the whole one is: calls, text, reasons, usage."""
    choice = ask.both(ASKED, **{"tools": TOOLS, "seed": 5, "max_tokens": 24, **MODES[name]}).only
    check(choice, NAMES)


LEGACY: dict[str, tuple[Fields, set[str], bool, set[str]]] = {
    # fields, what may be called, whether it must be, reasons when it is not cut
    "nothing said": ({}, {"weather", "time"}, False, {"stop", "function_call"}),
    "none": ({"function_call": "none"}, set(), False, {"stop"}),
    "a function": ({"function_call": {"name": "time"}}, {"time"}, True, {"stop"}),
}


@pytest.mark.parametrize("name", LEGACY)
def test_functions(ask: Asker, name: str) -> None:
    """The deprecated form: one call at most, as `function_call`, never as `tool_calls`; the same in both modes."""
    fields, allowed, must, reasons = LEGACY[name]
    choice = ask.both("What time is it?", functions=FUNCTIONS, seed=3, max_tokens=24 if must else 10, **fields).only
    assert choice.calls == [] and choice.finish in {*reasons, "length"}
    assert bool(choice.function_call) >= must
    if call := choice.function_call:
        assert call.name in allowed and (choice.finish == "length" or is_of({}, call.text))


def test_fragments(ask: Asker) -> None:
    """Arguments come in pieces, as they are written, and together are what the whole answer has."""
    fields: Fields = {"tools": TOOLS, "tool_choice": one(WEATHER), "temperature": 0, "max_tokens": 40}
    [whole] = ask.whole(ASKED, **fields).only.calls
    deltas = [
        call
        for chunk in ask.chunks(ASKED, **fields)
        for choice in chunk.choices
        for call in choice.delta.tool_calls or ()
    ]
    pieces = [call.function.arguments or "" for call in deltas if call.function]
    assert "".join(pieces) == whole.text and len([piece for piece in pieces if piece]) >= 2


def test_strict(ask: Asker) -> None:
    """A strict function whose schema cannot be enforced is refused with its place; without `strict` it is taken."""
    parameters: Fields = {"type": "object", "properties": {"a": {"not": {}}}, "required": ["a"],
                          "additionalProperties": False}  # fmt: skip
    error = ask.refused(ASKED, tools=[function("odd", parameters, strict=True)], max_tokens=2)
    assert (error.status_code, error.code) == (400, "invalid_json_schema")
    assert error.param == "tools[0].function.parameters" and "'#/properties/a/not'" in error.message
    assert ask.whole(ASKED, tools=[function("odd", parameters)], max_tokens=2).usage["completion_tokens"] == 2


def test_stop_strings_are_not_looked_for_in_calls(ask: Asker) -> None:
    """A stop string that occurs in arguments and in the form of a call ends neither."""
    fields: Fields = {"tools": TOOLS, "tool_choice": one(TIME), "seed": 1, "max_tokens": 40}
    choice = ask.both("What time is it?", stop=["zone", "tool_call", "{"], **fields).only
    check(choice, {"time"})
    assert choice.calls and choice.finish == "stop"


def test_an_unknown_choice(ask: Asker) -> None:
    """A choice of what was not offered is 400."""
    assert ask.refused(ASKED, tools=[TIME], tool_choice=one(WEATHER)).status_code == 400


class Weather(BaseModel):
    """The weather in a city."""

    city: str = Field(max_length=12)
    days: int = Field(ge=1, le=9)


def test_parse(client: openai.OpenAI) -> None:
    """`parse()` and `stream()` of the official package give objects of a Pydantic tool."""
    fields: Any = {
        "model": "smollm2", "messages": [{"role": "user", "content": ASKED}], "temperature": 0,
        "tools": [openai.pydantic_function_tool(Weather)],
        "tool_choice": {"type": "function", "function": {"name": "Weather"}},
    }  # fmt: skip
    parsed = client.chat.completions.parse(**fields).choices[0]
    with client.chat.completions.stream(**fields) as stream:
        streamed = stream.get_final_completion().choices[0]
    for choice in (parsed, streamed):
        [call] = choice.message.tool_calls or []
        assert isinstance(call.function.parsed_arguments, Weather) and choice.finish_reason == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_an_agents_loop(ask: Asker, stream: bool) -> None:
    """Turns with results fed back: two calls, and an answer in text."""
    messages: list[Any] = [{"role": "user", "content": "How warm is Paris, and what time is it there?"}]
    turns: list[Choice] = []
    for choice in (one(WEATHER), one(TIME), "none"):
        fields: Fields = {"tools": TOOLS, "tool_choice": choice, "seed": 1, "max_tokens": 30}
        turns.append((ask.streamed if stream else ask.whole)(messages=messages, **fields).only)
        calls = [{"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.text}}
                 for call in turns[-1].calls]  # fmt: skip
        messages.append(
            {"role": "assistant", "content": turns[-1].text or None, **({"tool_calls": calls} if calls else {})}
        )
        messages += ({"role": "tool", "tool_call_id": call["id"], "content": "20 degrees"} for call in calls)
    assert [[call.name for call in turn.calls] for turn in turns] == [["weather"], ["time"], []]
    assert turns[-1].text and json.loads(turns[0].calls[0].text)["city"]
