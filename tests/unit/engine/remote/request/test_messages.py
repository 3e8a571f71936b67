"""A conversation's turns as messages that hardly any template refuses."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from antiphon.dialect.conversation import Conversation, ToolCall, Turn
from antiphon.dialect.traits import Traits
from antiphon.engine.remote.kinds import GENERIC, KINDS, LLAMA_SERVER, VLLM
from antiphon.engine.remote.request.messages import (
    NATIVE,
    PLAINER,
    TAUGHT,
    Message,
    fit_call,
    rename,
    write_messages,
    write_verbatim,
)
from antiphon.engine.remote.request.ways import traits_for
from tests.unit.dialect.strategies import conversations

CALLED = ToolCall("1", "add", '{"a": 1}')
ASKED = ToolCall("2", "sql", "SELECT", "custom")
SYSTEM, USER = Turn("system", "S"), Turn("user", "Hi")


def call(name: str, arguments: str, call_id: str = "1") -> Message:
    """A call as a message has it."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def write(*turns: Turn, lesson: str = "", traits: Traits = NATIVE) -> list[Message]:
    """Their messages."""
    return write_messages(turns, lesson, traits)


ROWS: list[tuple[str, list[Turn], list[Message]]] = [
    ("a user", [USER], [{"role": "user", "content": "Hi"}]),
    ("instructions first", [Turn("developer", "D"), SYSTEM, USER], [
        {"role": "system", "content": "D\n\nS"}, {"role": "user", "content": "Hi"},
    ]),
    ("instructions later", [SYSTEM, USER, Turn("assistant", "a"), Turn("system", "Short."), Turn("user", "Bye")], [
        {"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "a"},
        {"role": "user", "content": "Short.\n\nBye"},
    ]),
    ("names", [Turn("user", "Hi", "ann"), Turn("assistant", "Ho", "bob"), Turn("system", "S", "eve")], [
        {"role": "user", "content": "ann: Hi"}, {"role": "assistant", "content": "bob: Ho"},
        {"role": "user", "content": "eve: S"},
    ]),
    ("calls", [USER, Turn("assistant", "", tool_calls=(CALLED, ASKED)), Turn("tool", "5", "add", "1"),
               Turn("tool", "rows", "sql", "2")], [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None,
         "tool_calls": [call("add", '{"a": 1}'), call("sql", '{"input": "SELECT"}', "2")]},
        {"role": "tool", "content": "5", "name": "add", "tool_call_id": "1"},
        {"role": "tool", "content": "rows", "name": "sql", "tool_call_id": "2"},
    ]),
    ("text beside calls", [USER, Turn("assistant", "So:", tool_calls=(CALLED,)), Turn("tool", "", "add", "1")], [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "So:", "tool_calls": [call("add", '{"a": 1}')]},
        {"role": "tool", "content": "", "name": "add", "tool_call_id": "1"},
    ]),
    ("no ids", [Turn("assistant", "", tool_calls=(ToolCall("", "add", "{}"), ToolCall("", "add", "{}"))),
                Turn("tool", "1"), Turn("tool", "2")], [
        {"role": "assistant", "content": None,
         "tool_calls": [call("add", "{}", "call_0"), call("add", "{}", "call_1")]},
        {"role": "tool", "content": "1", "name": "add", "tool_call_id": "call_0"},
        {"role": "tool", "content": "2", "name": "add", "tool_call_id": "call_1"},
    ]),
    ("stray results", [USER, Turn("tool", "5", "add", "9"), Turn("tool", "6", None, "8")], [
        {"role": "user", "content": "Hi"}, {"role": "user", "content": "Result of add:\n5"},
        {"role": "user", "content": "Result of 8:\n6"},
    ]),
    ("nothing said", [Turn("user"), Turn("assistant"), Turn("user", " ")], [
        {"role": "user", "content": ""}, {"role": "assistant", "content": ""}, {"role": "user", "content": " "},
    ]),
    ("thoughts", [USER, Turn("assistant", "a", reasoning="why")], [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "a"},
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "messages"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_for_an_upstream_that_calls(turns: list[Turn], messages: list[Message]) -> None:
    """Instructions first, names in the text, calls of functions only, each with its result behind it."""
    assert write(*turns) == messages


@pytest.mark.parametrize(("arguments", "written"), [
    ("", "{}"), (" \n", "{}"), ("{}", "{}"), ('{"a": 1}', '{"a": 1}'), ('{ "a":1 }', '{ "a":1 }'),
    ("x", '{"arguments": "x"}'), ("[1]", '{"arguments": "[1]"}'), ("1", '{"arguments": "1"}'),
    ('{"a": 1', '{"arguments": "{\\"a\\": 1"}'), ('{"a": NaN}', '{"arguments": "{\\"a\\": NaN}"}'),
    ('{"a": 1, "a": 2}', '{"arguments": "{\\"a\\": 1, \\"a\\": 2}"}'), ("é", '{"arguments": "é"}'),
])  # fmt: skip
def test_arguments_that_every_template_can_read(arguments: str, written: str) -> None:
    """An object as it is written; anything else within one. Nothing is lost."""
    fitted = fit_call(ToolCall("1", "add", arguments))
    assert fitted == ToolCall("1", "add", written)
    assert isinstance(json.loads(written), dict)


@pytest.mark.parametrize("given", ["", "SELECT 1", '{"a": 1}', 'a "b" \\', "é\n"])
def test_a_custom_tools_input(given: str) -> None:
    """In the field of the function that stands for it."""
    fitted = fit_call(ToolCall("1", "sql", given, "custom"))
    assert fitted.kind == "function" and json.loads(fitted.arguments) == {"input": given}
    assert "é" not in given or "é" in fitted.arguments


def test_past_calls_by_the_names_that_stand_for_them() -> None:
    """A function of the same name keeps its own."""
    turns = (USER, Turn("assistant", tool_calls=(ToolCall("1", "x", "a", "custom"), ToolCall("2", "x", "{}"), CALLED)))
    assert rename(turns, {}) == turns
    named = [call.name for call in rename(turns, {"x": "x_in"})[1].tool_calls]
    assert named == ["x_in", "x", "add"]


HISTORY = (SYSTEM, USER, Turn("assistant", "So:", tool_calls=(CALLED, ASKED)), Turn("tool", "5", "add", "1"))


def test_for_an_upstream_that_is_taught() -> None:
    """Calls and results as the text that they were taught as."""
    system, user, assistant, result = write(*HISTORY, traits=TAUGHT)
    assert assistant == {
        "role": "assistant",
        "content": 'So:\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>\n'
        '<tool_input name="sql">\nSELECT\n</tool_input>',
    }
    assert result == {"role": "user", "content": "Result of add:\n5"} and (system, user) == tuple(write(SYSTEM, USER))


def test_for_a_template_that_refuses_much() -> None:
    """Instructions, then user and assistant, none twice in a row, a user's last."""
    messages = write(*HISTORY, Turn("user", "x"), Turn("assistant", "y"), Turn("system", "z"), traits=PLAINER)
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert messages[3]["content"] == "Result of add:\n5\n\nx" and messages[5]["content"] == "z"
    assert all(set(message) == {"role", "content"} for message in messages)


@pytest.mark.parametrize("traits", [NATIVE, TAUGHT, PLAINER])
@pytest.mark.parametrize(("turns", "told"), [
    ((USER,), "L"), ((SYSTEM, USER), "S\n\nL"), ((SYSTEM, Turn("developer", "D"), USER), "S\n\nD\n\nL"),
    ((USER, SYSTEM), "L"), ((Turn("system"), USER), "L"),
])  # fmt: skip
def test_a_lesson(turns: tuple[Turn, ...], told: str, traits: Traits) -> None:
    """Is what the instructions say last."""
    first, *others = write(*turns, lesson="L", traits=traits)
    assert first == {"role": "system", "content": told}
    assert "L" not in json.dumps(others)


@settings(max_examples=20)
@given(conversations)
def test_whatever_is_said(conversation: Conversation) -> None:
    """A text, and calls only with ids that no other has; results answer calls right before them."""
    for traits in (NATIVE, TAUGHT, PLAINER):
        ids: list[str] = []
        for message in write_messages(conversation.turns, "", traits):
            ids += [check_call(call) for call in message.get("tool_calls", ())]
            assert isinstance(message["content"], str) or message["tool_calls"]
            assert message["role"] in ("system", "user", "assistant", "tool")
            assert message["role"] != "tool" or message["tool_call_id"] in ids
        assert len(ids) == len(set(ids))


def check_call(call: dict[str, Any]) -> str:
    """Its id; it is a function's, whose arguments are an object."""
    assert call["type"] == "function" and isinstance(json.loads(call["function"]["arguments"]), dict)
    return str(call["id"])


def test_thoughts_where_they_are_read() -> None:
    """In the field that these servers have for it."""
    thought = Turn("assistant", "a", reasoning="why")
    for kind in KINDS.values():
        (message,) = write(thought, traits=traits_for(kind, TAUGHT))[:1]
        assert message.get("reasoning_content") == ("why" if "reasoning_content" in kind.capabilities else None)


def test_where_the_assistant_spoke_last() -> None:
    """llama-server would go on with what it said; the others begin anew."""
    turns = (USER, Turn("assistant", "a"))
    assert write(*turns, traits=traits_for(LLAMA_SERVER, NATIVE))[-1] == {"role": "user", "content": ""}
    assert write(*turns, traits=traits_for(VLLM, NATIVE))[-1]["role"] == "assistant"
    assert write(*turns, traits=traits_for(GENERIC, NATIVE))[-1]["role"] == "assistant"


def test_as_openai_takes_it() -> None:
    """Every role, name and kind of call stays what it is."""
    turns = (
        SYSTEM, Turn("developer", "D"), Turn("user", "Hi", "ann"), Turn("assistant", tool_calls=(CALLED, ASKED)),
        Turn("tool", "5", "add", "1"), Turn("tool", "", "sql"), Turn("assistant", "So:", "bob", tool_calls=(CALLED,)),
        Turn("assistant", ""), SYSTEM,
    )  # fmt: skip
    assert list(write_verbatim(turns, "")) == [
        {"role": "system", "content": "S"},
        {"role": "developer", "content": "D"},
        {"role": "user", "content": "Hi", "name": "ann"},
        {"role": "assistant", "content": None, "tool_calls": [
            call("add", '{"a": 1}'), {"id": "2", "type": "custom", "custom": {"name": "sql", "input": "SELECT"}},
        ]},
        {"role": "tool", "content": "5", "tool_call_id": "1"},
        {"role": "tool", "content": "", "tool_call_id": ""},
        {"role": "assistant", "content": "So:", "name": "bob", "tool_calls": [call("add", '{"a": 1}')]},
        {"role": "assistant", "content": ""},
        {"role": "system", "content": "S"},
    ]  # fmt: skip
    assert [message["content"] for message in write_verbatim(turns[:3], "L")] == ["S", "D\n\nL", "Hi"]
    assert next(write_verbatim((USER,), "L")) == {"role": "system", "content": "L"}


def test_malformed_arguments_as_openai_takes_them() -> None:
    """As they are."""
    (message,) = write_verbatim((Turn("assistant", tool_calls=(ToolCall("1", "add", '{"a'),)),), "")
    assert message["tool_calls"] == [call("add", '{"a')]
