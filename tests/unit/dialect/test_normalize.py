"""From turns to messages, for templates with different traits."""

import pytest

from antiphon.dialect.conversation import ToolCall, Turn
from antiphon.dialect.normalize import normalize
from antiphon.dialect.probing.histories import build_history
from antiphon.dialect.traits import PLAIN, Roles, Traits

BOTH = Roles({"user", "assistant"})


def shorten(history: str, traits: Traits) -> str:
    """The messages in short: role and text, with calls as `!`."""
    words = (
        f"{message['role']}:{message['content']}{'!' if 'tool_calls' in message else ''}"
        for message in normalize(build_history(history, "{}".format), traits)
    )
    return " ".join(words).replace("\n\n", "+")


PLACES = [
    # history, traits, messages
    ("S S U S U", Traits(), "system:0 system:1 user:2 system:3 user:4"),
    ("S S U S U", Traits(system="first"), "system:0+1 user:2 user:3+4"),
    ("S S U S U", Traits(system="nowhere"), "user:0+1+2 user:3+4"),
    ("U S A S", Traits(system="first"), "user:0 user:1 assistant:2 user:3"),
    ("S A", Traits(system="nowhere"), "user:0 assistant:1"),
    ("D U D", Traits(), "system:0 user:1 system:2"),
    ("S D U D", Traits(developer="anywhere"), "system:0 developer:1 user:2 developer:3"),
    ("D D U D U", Traits(system="first", developer="first"), "developer:0+1 user:2 user:3+4"),
    ("S D U", Traits(system="first", developer="first"), "system:0+1 user:2"),
    ("D S U D", Traits(system="anywhere", developer="first"), "developer:0 system:1 user:2 system:3"),
    ("S U D", Traits(system="nowhere", developer="first"), "developer:0 user:1 user:2"),
    ("S D U S", Traits(system="first", developer="anywhere"), "system:0 developer:1 user:2 developer:3"),
    ("U", Traits(wants_system=True), "system: user:0"),
    ("S U", Traits(wants_system=True), "system:0 user:1"),
]

ORDERS = [
    ("U U A A U", Traits(), "user:0 user:1 assistant:2 assistant:3 user:4"),
    ("U U A A U", Traits(joins=BOTH), "user:0+1 assistant:2+3 user:4"),
    ("A U", Traits(opens_with="user"), "user: assistant:0 user:1"),
    ("S A", Traits(opens_with="user"), "system:0 user: assistant:1"),
    ("S A", Traits(opens_with="some_user"), "system:0 user: assistant:1"),
    ("A U", Traits(opens_with="some_user"), "assistant:0 user:1"),
    ("U A", Traits(closes=Roles({"assistant"})), "user:0 assistant:1 user:"),
    ("U A U", Traits(closes=Roles({"assistant"})), "user:0 assistant:1 user:2"),
    ("S", Traits(closes=Roles({"system"})), "system:0 user:"),
    ("S A A U U A", PLAIN, "user:0 assistant:1+2 user:3+4 assistant:5 user:"),
    ("U C T U", Traits(alternates="spoken", joins=BOTH), "user:0 assistant:! tool:2 assistant: user:3"),
    ("U A C T A", Traits(alternates="spoken"), "user:0 assistant:1 user: assistant:! tool:3 assistant:4"),
    ("U A C T A", Traits(alternates="spoken", joins=BOTH), "user:0 assistant:1! tool:3 assistant:4"),
    ("U C T A", Traits(alternates="strictly"), "user:0 assistant:! tool:2 assistant:3"),
    ("U C A", Traits(alternates="strictly", joins=BOTH), "user:0 assistant:! user: assistant:2"),
    ("U C P A", Traits(joins=BOTH), "user:0 assistant:! assistant:3"),
]


@pytest.mark.parametrize(("history", "traits", "messages"), [*PLACES, *ORDERS])
def test_turns_find_their_place(history: str, traits: Traits, messages: str) -> None:
    """Instructions merge, join users' turns or stay; turns join or get empty ones between; the order stays."""
    assert shorten(history, traits) == messages


def test_a_name_has_its_field_or_goes_into_the_text() -> None:
    """Nothing is silent: a participant's name reaches the model."""
    turns = (Turn("user", "Hi", "Ann"), Turn("assistant", "", "Bot"))
    assert normalize(turns, Traits(names=Roles({"user"}))) == [
        {"role": "user", "content": "Hi", "name": "Ann"},
        {"role": "assistant", "content": "Bot:"},
    ]


def test_names_of_joined_turns() -> None:
    """One name stays in its field; of several each stands before its text."""
    traits = Traits(names=Roles({"user"}), joins=BOTH)
    alike = (Turn("user", "Hi", "Ann"), Turn("user", "Ho", "Ann"))
    assert normalize(alike, traits) == [{"role": "user", "content": "Hi\n\nHo", "name": "Ann"}]
    others = (Turn("user", "Hi", "Ann"), Turn("user", "Ho", "Bo"), Turn("user", "Ha"))
    assert normalize(others, traits) == [{"role": "user", "content": "Ann: Hi\n\nBo: Ho\n\nHa"}]


def test_a_folded_instruction_keeps_its_name() -> None:
    """A name goes with what was said under it."""
    turns = (Turn("system", "Obey.", "Rules"), Turn("user", "Hi", "Ann"))
    traits = Traits(system="nowhere", names=BOTH)
    assert normalize(turns, traits) == [{"role": "user", "content": "Rules: Obey.\n\nAnn: Hi"}]


def test_reasoning_of_joined_turns() -> None:
    """Joined turns have been thought about together."""
    turns = (Turn("assistant", "1", reasoning="one"), Turn("assistant", "2"), Turn("assistant", "3", reasoning="three"))
    traits = Traits(joins=BOTH, reasoning="thinking")
    assert normalize(turns, traits) == [{"role": "assistant", "content": "1\n\n2\n\n3", "thinking": "one\n\nthree"}]


def test_results_beside_their_calls() -> None:
    """Where a template wants results in the message of the calls, they are there with the tool's name."""
    call = ToolCall("a", "add", "{}")
    turns = (Turn("assistant", tool_calls=(call,)), Turn("tool", "4", tool_call_id="a"), Turn("tool", "x"))
    first, second = normalize(turns, Traits(results="beside", strays=False))
    assert first["tool_responses"] == [{"name": "add", "response": "4"}]
    assert second == {"role": "user", "content": "Result:\nx"}


def test_normalising_is_pure() -> None:
    """The same turns give the same messages, and are not changed."""
    turns = build_history("S D U@ Q R T A U C F")
    before = repr(turns)
    assert normalize(turns, PLAIN) == normalize(turns, PLAIN)
    assert repr(turns) == before
