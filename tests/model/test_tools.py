"""Tools and a real model: every form of choice is obeyed, and whatever is called is valid."""

import json
import re
from typing import Any

import jsonschema_rs
import openai
import pytest
from pydantic import BaseModel, Field

from antiphon.dialect.conversation import Conversation, Tool
from antiphon.dialect.families import GENERIC
from antiphon.dialect.teaching import build_lesson
from tests.conformance.tools import CITY, DATE, ZONE, custom, function
from tests.model.ask import Ask, Call, Choice
from tests.model.plain import Vocabulary, answer_greedily, load_plain

Fields = dict[str, Any]
ASKED = "What is the weather in Paris, London and Rome, and what time is it there?"
SUM = 'start: term (SIGN term)*\nterm: NUMBER | "(" start ")"\nNUMBER: /[0-9]{1,3}/\nSIGN: " + " | " * "\n'


WEATHER, TIME, HALT = function("weather", CITY, strict=True), function("time", ZONE), function("halt")
CALCULATE, DAY, NOTE = custom("calculate", "lark", SUM), custom("day", "regex", DATE), custom("note")
TOOLS, FEW = [WEATHER, TIME, HALT, CALCULATE, DAY, NOTE], [TIME, NOTE]
"""Prompts take longer than answers, so tests share them."""
FUNCTIONS = [{"name": "weather", "parameters": CITY}, TIME["function"], HALT["function"]]


def is_sum(text: str) -> bool:
    """Whether the calculator's grammar has this."""
    parts = re.findall(r"[0-9]{1,3}(?![0-9])| [+*] |[()]", text)
    return "".join(parts) == text and descend(parts) and not parts


def descend(parts: list[str]) -> bool:
    """Takes a sum from the front of the parts, if there is one."""
    while True:
        part = parts.pop(0) if parts else ""
        if part == "(":
            if not (descend(parts) and parts and parts.pop(0) == ")"):
                return False
        elif not part.isdigit():
            return False
        if not parts or parts[0] not in (" + ", " * "):
            return True
        parts.pop(0)


def test_the_judge_of_sums() -> None:
    """What the tests take for a sum is one."""
    assert all(map(is_sum, ["1", "12 + 3", "(1 + 2) * 3", "((4))", "1 * (2 + 3) + 4"]))
    assert not any(map(is_sum, ["", "1 +", "(1", "1)", "1234", "1+2", "1 + + 2", "()", "1 2"]))


def is_valid(call: Call) -> bool:
    """Whether a finished call is one of those that were offered, with arguments or an input as they must be."""
    match call.name:
        case "calculate":
            return call.kind == "custom" and is_sum(call.text)
        case "day":
            return call.kind == "custom" and bool(re.fullmatch(DATE, call.text))
        case "note":
            return call.kind == "custom" and "</tool_input>" not in call.text
    schema = {"weather": CITY, "time": ZONE, "halt": {"maxProperties": 0}}[call.name]
    validator = jsonschema_rs.Draft202012Validator({"type": "object", **schema})
    return call.kind in ("function", "") and validator.is_valid(json.loads(call.text))


def check(choice: Choice, allowed: set[str]) -> None:
    """Only what is allowed was called, and all of it is valid, but for the last call of a choice that was cut."""
    assert {call.name for call in choice.calls} <= allowed
    finished = choice.calls[:-1] if choice.finish == "length" else choice.calls
    assert all(map(is_valid, finished)), choice.called
    assert "<tool_call>" not in choice.text and '<tool_input name="' not in choice.text


def one(kind: str, name: str) -> Fields:
    """The choice of one tool by name."""
    return {"type": kind, kind: {"name": name}}


def some(mode: str, *tools: Fields) -> Fields:
    """The choice among some."""
    named = [one(tool["type"], tool[tool["type"]]["name"]) for tool in tools]
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": named}}


NAMES = {tool[tool["type"]]["name"] for tool in TOOLS}
TEXT, CALL = 8, 40
"""Tokens for text, which has no end, and for a call."""
CHOICES: dict[str, tuple[Fields, int, int, set[str], int, int, set[str]]] = {
    # fields, choices and their tokens, what may be called, the least and the most calls, reasons when it is not cut
    "nothing said": ({}, 4, TEXT, NAMES, 0, 32, {"stop", "tool_calls"}),
    "auto": ({"tool_choice": "auto"}, 16, TEXT, NAMES, 0, 32, {"stop", "tool_calls"}),
    "none": ({"tool_choice": "none"}, 4, TEXT, set(), 0, 0, {"stop"}),
    "required": ({"tool_choice": "required"}, 16, 32, NAMES, 1, 32, {"tool_calls"}),
    "one at a time": ({"tool_choice": "required", "parallel_tool_calls": False}, 4, CALL, NAMES, 1, 1, {"tool_calls"}),
    "a function": ({"tool_choice": one("function", "weather")}, 3, CALL, {"weather"}, 1, 1, {"stop"}),
    "a function without arguments": ({"tool_choice": one("function", "halt")}, 2, CALL, {"halt"}, 1, 1, {"stop"}),
    "a calculator": ({"tool_choice": one("custom", "calculate")}, 4, CALL, {"calculate"}, 1, 1, {"stop"}),
    "a day": ({"tool_choice": one("custom", "day")}, 4, CALL, {"day"}, 1, 1, {"stop"}),
    "a note": ({"tool_choice": one("custom", "note")}, 3, TEXT, {"note"}, 1, 1, {"stop"}),
    "some": ({"tool_choice": some("auto", TIME, DAY)}, 4, TEXT, {"time", "day"}, 0, 32, {"stop", "tool_calls"}),
    "one of some": ({"tool_choice": some("required", TIME, DAY)}, 4, 32, {"time", "day"}, 1, 32, {"tool_calls"}),
}


@pytest.mark.parametrize("name", CHOICES)
def test_choices_are_obeyed(ask: Ask, name: str) -> None:
    """Several at temperature 1: none calls what it may not, too little, too much, or badly. Ids are unique."""
    fields, n, max_tokens, allowed, least, most, reasons = CHOICES[name]
    answer = ask.whole(ASKED, tools=TOOLS, n=n, seed=7, max_tokens=max_tokens, **fields)
    for choice in answer.choices.values():
        check(choice, allowed)
        assert choice.finish in {*reasons, "length"}
        assert len(choice.calls) <= most
        if choice.finish != "length":
            assert len(choice.calls) >= least
            assert (choice.finish == "tool_calls") <= bool(choice.calls)
        if least:
            assert choice.text == "", "there is no text before a call that must be"
    assert max_tokens != CALL or any(choice.finish != "length" for choice in answer.choices.values())
    ids = [call.id for choice in answer.choices.values() for call in choice.calls]
    assert len(set(ids)) == len(ids) and all(re.fullmatch("call_[0-9a-f]{24}", one) for one in ids)


LEGACY: dict[str, tuple[Fields, int, set[str], bool, set[str]]] = {
    # fields, tokens, what may be called, whether it must be, reasons when it is not cut
    "nothing said": ({}, TEXT, {"weather", "time", "halt"}, False, {"stop", "function_call"}),
    "none": ({"function_call": "none"}, TEXT, set(), False, {"stop"}),
    "a function": ({"function_call": {"name": "time"}}, CALL, {"time"}, True, {"stop"}),
}


@pytest.mark.parametrize("name", LEGACY)
def test_functions(ask: Ask, name: str) -> None:
    """The deprecated form: one call at most, as `function_call`, never as `tool_calls`; the same in both modes."""
    fields, max_tokens, allowed, must, reasons = LEGACY[name]
    answer = ask.both_known("What time is it?", functions=FUNCTIONS, n=2, seed=3, max_tokens=max_tokens, **fields)
    for choice in answer.choices.values():
        assert choice.calls == [] and choice.finish in {*reasons, "length"}
        if call := choice.function_call:
            assert call.name in allowed and (choice.finish == "length" or is_valid(call))
        assert bool(choice.function_call) or not must


MODES: dict[str, Fields] = {
    "calls": {"tool_choice": "required", "n": 2},
    "a named call": {"tool_choice": one("function", "time")},
    "a custom call": {"tool_choice": one("custom", "note")},
    "greedy": {"tool_choice": "required", "temperature": 0},
    "text": {"temperature": 0},
    "cut": {"tool_choice": "required", "max_tokens": 9},
    "logprobs": {"tool_choice": "required", "logprobs": True, "top_logprobs": 1},
    "logprobs of text": {"logprobs": True, "tool_choice": "none"},
}


@pytest.mark.parametrize("name", MODES)
def test_modes(ask: Ask, name: str) -> None:
    """A streamed answer is put together to what the whole one is: calls, text, reasons, log-probabilities, usage.

    Prompt and answer are shorter than 256 tokens: beyond, what llama.cpp computes depends on how many threads compute,
    which changes while others use the machine.
    """
    fields: Fields = {"tools": FEW, "seed": 5, "max_tokens": 24, **MODES[name]}
    answer = ask.both_known("What time is it?", **fields)
    assert answer.usage["prompt_tokens"] + fields["max_tokens"] < 256
    for choice in answer.choices.values():
        check(choice, NAMES)
    if name.startswith("logprobs"):
        assert len(answer.only.tokens) == answer.usage["completion_tokens"]
        written = answer.only.bytes.decode()
        assert written == answer.only.text if not answer.only.calls else answer.only.calls[0].text in written


def test_stop_strings_are_not_looked_for_in_calls(ask: Ask) -> None:
    """A stop string that occurs in arguments and in the form of a call ends neither."""
    fields: Fields = {"tools": FEW, "tool_choice": one("function", "time"), "seed": 1}
    [call] = ask.both("What time is it?", stop=["zone", "tool_call", "{"], **fields).only.calls
    assert is_valid(call)


def test_stop_strings_end_text_beside_tools(ask: Ask) -> None:
    """In an answer's text they count as ever, and no entry of a log-probability is of theirs."""
    fields: Fields = {"tools": FEW, "temperature": 0, "logprobs": True, "max_tokens": 12}
    text = ask.both_known("Tell me about the sea.", **fields).only.text
    stop = text.split()[3]
    choice = ask.both("Tell me about the sea.", **fields, stop=f" {stop}").only
    assert "".join(choice.tokens) == choice.text == text[: text.index(f" {stop}")]


def test_nothing_is_different_where_nothing_is_called(ask: Ask, vocabulary: Vocabulary) -> None:
    """With `auto` a greedy answer in text is plain llama.cpp's on the same prompt: the grammar only watches."""
    asked, system = "Tell me about the sea.", "You know the sea."  # computed now, as no other test says this
    lesson = build_lesson(Conversation((), tools=(Tool("halt"),)), GENERIC, knows_functions=False)
    prompt = vocabulary.prompt(("user", asked), system=f"{system}\n\n{lesson}")
    with load_plain() as llama:
        expected = answer_greedily(llama, prompt, max_tokens=30)
    messages = [{"role": "system", "content": system}, {"role": "user", "content": asked}]
    answer = ask.whole(messages=messages, tools=[HALT], temperature=0, max_tokens=30)
    assert answer.usage["prompt_tokens"] == len(prompt)
    assert answer.only.text == expected and not answer.only.calls


class Weather(BaseModel):
    """The weather in a city."""

    city: str = Field(max_length=12)
    days: int = Field(ge=1, le=9)


def stream_calls(client: openai.OpenAI, seed: int) -> tuple[Any, list[Any]] | None:
    """A message with three calls or more, put together by the helper, and its events; None for fewer calls, or
    when the limit cut, which the helper raises.
    """
    tools: Any = [openai.pydantic_function_tool(Weather)]
    try:
        with client.chat.completions.stream(
            model="smollm2", messages=[{"role": "user", "content": "Weather in Paris, London and Rome?"}],
            tools=tools, tool_choice="required", seed=seed, max_tokens=130,
        ) as stream:  # fmt: skip
            events = list(stream)
            message = stream.get_final_completion().choices[0].message
    except openai.LengthFinishReasonError:
        return None
    return (message, events) if len(message.tool_calls or ()) >= 3 else None


def test_parallel_calls_put_together_by_the_packages_helper(client: openai.OpenAI) -> None:
    """Three calls or more in one streamed answer, each with its id, name and arguments, read as Pydantic models."""
    found = next(filter(None, (stream_calls(client, seed) for seed in range(2, 42))), None)
    assert found, "the model never calls three times"
    calls, events = found[0].tool_calls, found[1]
    assert [json.loads(call.function.arguments) for call in calls] == [
        call.function.parsed_arguments.model_dump() for call in calls
    ]
    assert all(isinstance(call.function.parsed_arguments, Weather) for call in calls)
    assert len({call.id for call in calls}) == len(calls)
    done = [event for event in events if event.type == "tool_calls.function.arguments.done"]
    assert [event.index for event in done] == [*range(len(calls))]
    assert [event.parsed_arguments for event in done] == [call.function.parsed_arguments for call in calls]


def test_parse_reads_arguments(client: openai.OpenAI) -> None:
    """`parse()` gives objects of a Pydantic tool."""
    answer = client.chat.completions.parse(
        model="smollm2", messages=[{"role": "user", "content": ASKED}], tools=[openai.pydantic_function_tool(Weather)],
        tool_choice={"type": "function", "function": {"name": "Weather"}}, temperature=0,
    )  # fmt: skip
    [call] = answer.choices[0].message.tool_calls or []
    assert isinstance(call.function.parsed_arguments, Weather) and answer.choices[0].finish_reason == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_an_agents_loop(ask: Ask, stream: bool) -> None:
    """Three turns with results fed back: a call of a function, one of a custom tool, and an answer in text."""
    messages: list[Any] = [{"role": "user", "content": "How warm is Paris in Fahrenheit, if it is 20 degrees?"}]
    turns: list[Choice] = []
    for choice in (one("function", "weather"), one("custom", "calculate"), "none"):
        fields: Fields = {"tools": TOOLS, "tool_choice": choice, "seed": 1, "max_tokens": 40}
        turns.append((ask.streamed if stream else ask.whole)(messages=messages, **fields).only)
        messages.append(message_of(turns[-1]))
        messages += ({"role": "tool", "tool_call_id": call.id, "content": "20 degrees"} for call in turns[-1].calls)
    assert [[call.name for call in turn.calls] for turn in turns] == [["weather"], ["calculate"], []]
    assert all(is_valid(call) for turn in turns for call in turn.calls)
    assert turns[-1].text and len(messages) == 6


def message_of(choice: Choice) -> Fields:
    """What an application sends back."""
    field = {"function": "arguments", "custom": "input"}
    calls = [
        {"id": call.id, "type": call.kind, call.kind: {"name": call.name, field[call.kind]: call.text}}
        for call in choice.calls
    ]
    return {"role": "assistant", "content": choice.text or None, **({"tool_calls": calls} if calls else {})}


def test_ids_are_unique_across_requests(ask: Ask) -> None:
    """Also where the same request is asked again with the same seed."""
    fields: Fields = {"tools": FEW, "tool_choice": one("function", "time"), "n": 2, "seed": 1, "max_tokens": 18}
    answers = [ask.whole("What time is it?", **fields) for _ in range(2)]
    ids = [call.id for answer in answers for choice in answer.choices.values() for call in choice.calls]
    assert len(set(ids)) == len(ids) == 4


OK: Fields = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}


def test_calls_or_json(ask: Ask) -> None:
    """With tools and a response format a choice is calls, or JSON of the format, and nothing else."""
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": OK, "strict": True}}
    answer = ask.whole("Are you fine?", tools=[HALT], response_format=wanted, n=4, seed=2, max_tokens=16)
    for choice in answer.choices.values():
        check(choice, {"halt"})
        assert bool(choice.calls) != bool(choice.text)
        if choice.text and choice.finish == "stop":
            assert set(json.loads(choice.text)) == {"ok"}
    assert any(choice.text for choice in answer.choices.values())


BAD: dict[str, tuple[list[Fields], str, str]] = {
    # tools, the error's code and param
    "a strict schema": (
        [HALT, function("f", {"type": "object", "properties": {"a": {}}}, strict=True)],
        "invalid_json_schema", "tools[1].function.parameters",
    ),
    "Lark": ([HALT, custom("c", "lark", "start: (")], "invalid_grammar", "tools[1].custom.format.grammar.definition"),
    "a pattern": ([custom("c", "regex", "(")], "invalid_grammar", "tools[0].custom.format.grammar.definition"),
    "an endless one": (
        [custom("c", "lark", "start: start")], "invalid_grammar", "tools[0].custom.format.grammar.definition",
    ),
}  # fmt: skip


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_enforced_is_refused(client: openai.OpenAI, name: str, stream: bool) -> None:
    """400 before the first token, with the place."""
    tools, code, param = BAD[name]
    given: Any = {"tools": tools, "stream": stream, "messages": [{"role": "user", "content": "Hi"}]}
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="smollm2", **given)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_what_need_not_be_exact_is_json(ask: Ask) -> None:
    """A function that is not strict, whose schema cannot be enforced, gets a JSON object all the same."""
    schema = {"type": "object", "oneOf": [{"minProperties": 1}, {"maxProperties": 2}], "not": {"required": ["b"]}}
    fields: Fields = {"tools": [function("f", schema)], "tool_choice": one("function", "f"), "n": 3, "seed": 1}
    for choice in ask.whole("Call f with a: 1.", max_tokens=32, **fields).choices.values():
        [call] = choice.calls
        assert choice.finish == "length" or isinstance(json.loads(call.text), dict)
