"""From a request to a conversation: turns, tools and their choice, without the wire's variety."""

from typing import Any

import pytest

from antiphon.completion.conversation import VERBOSITY, build_conversation
from antiphon.dialect.conversation import Conversation, JsonFormat, Tool, ToolCall, ToolChoice, Turn
from tests.unit.completion.requests import HI, request
from tests.unit.schema.request.cases.base import call, custom, custom_call, function


def text(value: str) -> dict[str, str]:
    """A text part."""
    return {"type": "text", "text": value}


NO: dict[str, str] = {"type": "refusal", "refusal": "No."}
ASSISTANT = {"role": "assistant"}

TURNS: list[tuple[dict[str, Any], Turn]] = [
    ({"role": "system", "content": "s"}, Turn("system", "s")),
    ({"role": "system", "content": [text("s"), text("t")], "name": "Bo"}, Turn("system", "s\nt", "Bo")),
    ({"role": "developer", "content": "d"}, Turn("developer", "d")),
    ({"role": "developer", "content": "d", "name": "dev"}, Turn("developer", "d", "dev")),
    ({"role": "user", "content": "u", "name": "Ann"}, Turn("user", "u", "Ann")),
    ({"role": "user", "content": ""}, Turn("user", "")),
    ({"role": "user", "content": [text("a"), text("b")]}, Turn("user", "a\nb")),
    ({"role": "user", "content": [text(""), text("b")]}, Turn("user", "\nb")),
    (ASSISTANT | {"content": "a", "name": "me"}, Turn("assistant", "a", "me")),
    (ASSISTANT | {"content": ""}, Turn("assistant", "")),
    (ASSISTANT | {"content": None, "refusal": "No."}, Turn("assistant", "No.")),
    (ASSISTANT | {"content": "Well.", "refusal": "No."}, Turn("assistant", "Well.\nNo.")),
    (ASSISTANT | {"content": [NO]}, Turn("assistant", "No.")),
    (ASSISTANT | {"content": [text("Well."), NO]}, Turn("assistant", "Well.\nNo.")),
    (ASSISTANT | {"content": "a", "reasoning": "r"}, Turn("assistant", "a", reasoning="r")),
    (ASSISTANT | {"content": "a", "reasoning_content": "r"}, Turn("assistant", "a", reasoning="r")),
    (ASSISTANT | {"content": "a", "reasoning": "r", "reasoning_content": "r"}, Turn("assistant", "a", reasoning="r")),
    (ASSISTANT | {"content": "a", "tool_calls": []}, Turn("assistant", "a")),
    (
        ASSISTANT | {"tool_calls": [call("c1", "f", "{"), custom_call("c2", "c", "x")]},
        Turn("assistant", tool_calls=(ToolCall("c1", "f", "{"), ToolCall("c2", "c", "x", "custom"))),
    ),
    (
        ASSISTANT | {"content": "I look.", "tool_calls": [call("c1")]},
        Turn("assistant", "I look.", tool_calls=(ToolCall("c1", "f", "{}"),)),
    ),
    (
        ASSISTANT | {"function_call": {"name": "f", "arguments": ""}},
        Turn("assistant", tool_calls=(ToolCall("call_0", "f", ""),)),
    ),
    ({"role": "function", "content": "4", "name": "f"}, Turn("tool", "4", "f")),
    ({"role": "function", "content": None, "name": "f"}, Turn("tool", "", "f")),
]


@pytest.mark.parametrize(("message", "turn"), TURNS)
def test_each_message_is_one_turn(message: dict[str, Any], turn: Turn) -> None:
    """Six roles, text, parts, refusals, calls in either form, reasoning: one turn for each message."""
    assert build_conversation(request(message)) == Conversation((turn,))


def last(value: str) -> dict[str, Any]:
    """A text part up to whose end the prompt is to be kept."""
    return text(value) | {"prompt_cache_breakpoint": {"mode": "explicit"}}


LOOK = {"type": "image_url", "image_url": {"url": "a"}}
SEEN = LOOK | {"prompt_cache_breakpoint": {"mode": "explicit"}}
BREAKPOINTS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    # a message, and its text up to each breakpoint
    ({"role": "system", "content": [last("s"), text("t")]}, ("s",)),
    ({"role": "developer", "content": [text("d"), last("é"), text("f")]}, ("d\né",)),
    ({"role": "user", "content": [last("a "), last("b\n")]}, ("a ", "a \nb\n")),
    ({"role": "user", "content": [last(""), text("b")]}, ("",)),
    ({"role": "user", "content": [text(""), last(""), text("b")]}, ("\n",)),
    ({"role": "user", "content": [SEEN, text("b"), SEEN, LOOK, last("c")]}, ("", "b", "b\nc")),
    ({"role": "user", "content": [text("a") | {"prompt_cache_breakpoint": None}]}, ()),
    (ASSISTANT | {"content": [last("Well."), NO], "refusal": "No."}, ("Well.",)),
    (ASSISTANT | {"content": [NO, last("Well.")], "tool_calls": [call("c1")]}, ("No.\nWell.",)),
]


@pytest.mark.parametrize(("message", "prefixes"), BREAKPOINTS)
def test_a_turn_says_where_prefixes_end(message: dict[str, Any], prefixes: tuple[str, ...]) -> None:
    """In messages of all roles that have parts, as so many characters of the text, which has nothing else in it."""
    (turn,) = build_conversation(request(message)).turns
    assert tuple(turn.text[:length] for length in turn.breakpoints) == prefixes
    parts = [part for part in message["content"] if "image_url" not in part]
    assert turn.text.startswith("\n".join(part.get("text", "No.") for part in parts))


def test_a_result_says_where_a_prefix_ends() -> None:
    """It keeps that when it learns its tool's name."""
    called = ASSISTANT | {"tool_calls": [call("c1", "f")]}
    result = {"role": "tool", "content": [last("4"), text("5")], "tool_call_id": "c1"}
    assert build_conversation(request(called, result)).turns[1] == Turn("tool", "4\n5", "f", "c1", breakpoints=(1,))


CALLS_F = ASSISTANT | {"function_call": {"name": "f", "arguments": ""}}
RESULTS: list[tuple[list[dict[str, Any]], list[tuple[str | None, str | None]]]] = [
    # what the assistant calls and is told, then the name and the call's id of each result
    (
        [ASSISTANT | {"tool_calls": [call("a", "f"), custom_call("b", "c")]},
         {"role": "tool", "content": "1", "tool_call_id": "b"}, {"role": "tool", "content": "2", "tool_call_id": "a"}],
        [("c", "b"), ("f", "a")],
    ),
    (
        [ASSISTANT | {"tool_calls": [call("a", "f")]}, {"role": "tool", "content": [text("1")], "tool_call_id": "a"}],
        [("f", "a")],
    ),
    (
        [HI, CALLS_F, {"role": "function", "content": "1", "name": "f"}],
        [("f", "call_1")],
    ),
    (
        [CALLS_F, {"role": "function", "content": "1", "name": "f"},
         CALLS_F, {"role": "function", "content": "2", "name": "f"}],
        [("f", "call_0"), ("f", "call_2")],
    ),
    (
        [CALLS_F, {"role": "function", "content": "1", "name": "g"}],
        [("g", None)],
    ),
    (
        [ASSISTANT | {"tool_calls": [call("a", "f")]}, ASSISTANT | {"tool_calls": [call("a", "g")]},
         {"role": "tool", "content": "1", "tool_call_id": "a"}],
        [("g", "a")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("messages", "expected"), RESULTS)
def test_a_result_knows_its_call(messages: list[dict[str, Any]], expected: list[tuple[str | None, str | None]]) -> None:
    """The result of a call knows the name of what was called and the call's id; also in the deprecated form."""
    turns = build_conversation(request(*messages)).turns
    assert [(turn.name, turn.tool_call_id) for turn in turns if turn.role == "tool"] == expected


@pytest.mark.parametrize("level", ["low", "high"])
def test_verbosity_is_an_instruction(level: str) -> None:
    """`low` and `high` become a sentence of the system prompt, and leave the messages as they are."""
    conversation = build_conversation(request(verbosity=level))
    assert conversation == Conversation((Turn("user", "Hi"),), instruction=VERBOSITY[level])


@pytest.mark.parametrize("level", ["medium", None])
def test_medium_verbosity_says_nothing(level: str | None) -> None:
    """What is the default changes nothing."""
    assert build_conversation(request(verbosity=level)) == Conversation((Turn("user", "Hi"),))


SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
REGEX = {"type": "grammar", "grammar": {"definition": "a+", "syntax": "regex"}}
AT_0, AT_1 = ({"place": f"tools[{index}].function.parameters"} for index in range(2))
CUSTOM_AT_0 = {"place": "tools[0].custom.format.grammar.definition"}
TOOLS: list[tuple[dict[str, Any], tuple[Tool, ...]]] = [
    ({}, ()),
    ({"tools": []}, ()),
    ({"tools": [function("f")]}, (Tool("f", **AT_0),)),
    (
        {"tools": [function("f", description="d", parameters=SCHEMA, strict=True)]},
        (Tool("f", description="d", parameters=SCHEMA, strict=True, **AT_0),),
    ),
    ({"tools": [function("f", strict=None), function("g", strict=False)]}, (Tool("f", **AT_0), Tool("g", **AT_1))),
    ({"tools": [custom("c", description="d")]}, (Tool("c", "custom", "d", **CUSTOM_AT_0),)),
    ({"tools": [custom("c", format={"type": "text"})]}, (Tool("c", "custom", **CUSTOM_AT_0),)),
    ({"tools": [custom("c", format=REGEX)]}, (Tool("c", "custom", grammar=("regex", "a+"), **CUSTOM_AT_0),)),
    ({"tools": [custom("c"), function("f")]}, (Tool("c", "custom", **CUSTOM_AT_0), Tool("f", **AT_1))),
    (
        {"functions": [{"name": "f", "description": "d", "parameters": SCHEMA}, {"name": "g"}]},
        (
            Tool("f", "function", "d", SCHEMA, place="functions[0].parameters"),
            Tool("g", place="functions[1].parameters"),
        ),
    ),
]


@pytest.mark.parametrize(("fields", "tools"), TOOLS)
def test_tools(fields: dict[str, Any], tools: tuple[Tool, ...]) -> None:
    """Functions and custom tools, in either form, are tools with all that was said of them, and where it was said."""
    assert build_conversation(request(**fields)).tools == tools


BOTH: dict[str, Any] = {"tools": [function("f"), custom("c"), function("g")]}
SOME = [function("g"), custom("c")]
OLD: dict[str, Any] = {"functions": [{"name": "f"}, {"name": "g"}]}
CHOICES: list[tuple[dict[str, Any], ToolChoice]] = [
    ({}, ToolChoice()),
    (BOTH, ToolChoice("auto")),
    (BOTH | {"tool_choice": None}, ToolChoice("auto")),
    (BOTH | {"tool_choice": "auto"}, ToolChoice("auto")),
    (BOTH | {"tool_choice": "none"}, ToolChoice("none")),
    (BOTH | {"tool_choice": "required"}, ToolChoice("required")),
    (BOTH | {"parallel_tool_calls": False}, ToolChoice(parallel=False)),
    (BOTH | {"parallel_tool_calls": True}, ToolChoice(parallel=True)),
    (BOTH | {"tool_choice": "required", "parallel_tool_calls": False}, ToolChoice("required", parallel=False)),
    (
        BOTH | {"tool_choice": {"type": "function", "function": {"name": "f"}}},
        ToolChoice("required", frozenset({("function", "f")}), parallel=False),
    ),
    (
        BOTH | {"tool_choice": {"type": "custom", "custom": {"name": "c"}}},
        ToolChoice("required", frozenset({("custom", "c")}), parallel=False),
    ),
    *(
        (
            BOTH
            | {"parallel_tool_calls": parallel}
            | {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": SOME}}},
            ToolChoice(mode, frozenset({("function", "g"), ("custom", "c")}), parallel=parallel),
        )
        for mode in ("auto", "required")
        for parallel in (True, False)
    ),
    (OLD, ToolChoice("auto", parallel=False)),
    (OLD | {"function_call": "auto"}, ToolChoice("auto", parallel=False)),
    (OLD | {"function_call": "none"}, ToolChoice("none", parallel=False)),
    (OLD | {"function_call": {"name": "g"}}, ToolChoice("required", frozenset({("function", "g")}), parallel=False)),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "choice"), CHOICES)
def test_tool_choices(fields: dict[str, Any], choice: ToolChoice) -> None:
    """Whether tools may or must be called, which of them, and whether several: every form says these three things."""
    assert build_conversation(request(**fields)).tool_choice == choice


@pytest.mark.parametrize("effort", [None, "none", "minimal", "low", "medium", "high", "xhigh", "max"])
def test_effort_reaches_the_template(effort: str | None) -> None:
    """`reasoning_effort` goes with the conversation, word for word."""
    assert build_conversation(request(reasoning_effort=effort)).effort == effort


def schema(**more: Any) -> dict[str, Any]:
    """A format with a schema."""
    return {"type": "json_schema", "json_schema": {"name": "a", **more}}


PLACE = "response_format.json_schema.schema"
FORMATS: list[tuple[dict[str, Any] | None, JsonFormat | None]] = [
    (None, None),
    ({"type": "text"}, None),
    ({"type": "json_object"}, JsonFormat(place="response_format")),
    (schema(), JsonFormat(None, "a", place=PLACE)),
    (schema(schema=None, strict=True), JsonFormat(None, "a", place=PLACE, strict=True)),
    (schema(schema={}), JsonFormat({}, "a", place=PLACE)),
    (schema(schema=SCHEMA, description="d", strict=False), JsonFormat(SCHEMA, "a", "d", PLACE)),
]


@pytest.mark.parametrize(("wanted", "given"), FORMATS)
def test_formats(wanted: dict[str, Any] | None, given: JsonFormat | None) -> None:
    """An answer in JSON has a schema, or is any object: with `json_object`, and where the schema is left out."""
    assert build_conversation(request(response_format=wanted)).format == given
