"""Turns as the dictionaries that templates read."""

import pytest

from antiphon.dialect.conversation import ToolCall, Turn
from antiphon.dialect.message import Message, build_message, find_texts, rewrite
from antiphon.dialect.traits import Roles, Traits

CALL = ToolCall("c1", "add", '{"x": "1"}')
CALLED = [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": {"x": "1"}}}]
ASSISTANT = Roles({"assistant"})

MESSAGES: list[tuple[Turn, Traits, Message]] = [
    (Turn("user", "Hi"), Traits(), {"role": "user", "content": "Hi"}),
    (Turn("user", "Hi", "Ann"), Traits(), {"role": "user", "content": "Hi"}),
    (Turn("user", "Hi", "Ann"), Traits(names=Roles({"user"})), {"role": "user", "content": "Hi", "name": "Ann"}),
    (Turn("tool", "4", "add", "c1"), Traits(), {"role": "tool", "content": "4", "name": "add", "tool_call_id": "c1"}),
    (Turn("user"), Traits(), {"role": "user", "content": ""}),
    (Turn("user"), Traits(blank=" "), {"role": "user", "content": " "}),
    (Turn("user", "\n"), Traits(), {"role": "user", "content": "\n"}),
    (Turn("user", "\n"), Traits(blank="…"), {"role": "user", "content": "…"}),
    (Turn("assistant", "A", reasoning="B"), Traits(), {"role": "assistant", "content": "A"}),
    (
        Turn("assistant", "A", reasoning="B"),
        Traits(reasoning="reasoning_content"),
        {"role": "assistant", "content": "A", "reasoning_content": "B"},
    ),
    (
        Turn("assistant", "A", reasoning="B"),
        Traits(reasoning="part"),
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "B"}, {"type": "text", "text": "A"}]},
    ),
    (
        Turn("assistant", tool_calls=(CALL,), reasoning="B"),
        Traits(reasoning="part"),
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "B"}], "tool_calls": CALLED},
    ),
    (
        Turn("assistant", "A"),
        Traits(parts=ASSISTANT),
        {"role": "assistant", "content": [{"type": "text", "text": "A"}]},
    ),
    (Turn("assistant", tool_calls=(CALL,)), Traits(), {"role": "assistant", "content": "", "tool_calls": CALLED}),
    (
        Turn("assistant", tool_calls=(CALL,)),
        Traits(call_content="null"),
        {"role": "assistant", "content": None, "tool_calls": CALLED},
    ),
    (Turn("assistant", tool_calls=(CALL,)), Traits(call_content="absent"), {"role": "assistant", "tool_calls": CALLED}),
    (
        Turn("assistant", "A", tool_calls=(CALL,)),
        Traits(call_content="null"),
        {"role": "assistant", "content": "A", "tool_calls": CALLED},
    ),
]


@pytest.mark.parametrize(("turn", "traits", "message"), MESSAGES)
def test_a_turn_has_the_fields_that_a_template_reads(turn: Turn, traits: Traits, message: Message) -> None:
    """Only what the template takes, in the form that it takes."""
    assert build_message(turn, traits) == message


def test_every_string_of_a_request_can_be_rewritten() -> None:
    """Texts, names, ids, thoughts, and arguments with their keys; not the words of the format."""
    arguments = {"role": "a", "type": ["b", {"c": "d", "n": 1, "t": None}]}
    message = {
        "role": "assistant",
        "content": [{"type": "text", "text": "e"}],
        "name": "f",
        "thinking": "g",
        "tool_calls": [{"id": "h", "type": "function", "function": {"name": "i", "arguments": arguments}}],
        "tool_responses": [{"name": "j", "response": "k"}],
        "tool_call_id": "l",
    }
    found = find_texts([message])
    assert sorted(found) == ["a", "b", "c", "d", *"efghijkl", "n", "role", "t", "type"]
    (written,) = rewrite([message], str.upper)
    assert written["role"] == "assistant" and written["content"] == [{"type": "text", "text": "E"}]
    assert written["tool_calls"][0] == {
        "id": "H",
        "type": "function",
        "function": {"name": "I", "arguments": {"ROLE": "A", "TYPE": ["B", {"C": "D", "N": 1, "T": None}]}},
    }


def test_arguments_that_are_text_are_rewritten() -> None:
    """Malformed arguments are text of the request too."""
    message = build_message(Turn("assistant", tool_calls=(ToolCall("h", "i", "<s>"),)), Traits())
    assert "<s>" in find_texts(message)
