"""Calls that an upstream tells from text itself, in all the ways in which servers stream them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine.events import Arguments, Finish, Said, Text, ToolCall
from antiphon.engine.remote.answer.calls import LONGEST_ID, MOST_CALLS
from antiphon.engine.remote.answer.malformed import Malformed, TooMuch
from antiphon.engine.remote.answer.manner import Manner
from tests.unit.engine.remote.answer.deltas import CUT, STOP, Fields, call, cut, merge, say, text

WRAPPED = Manner(wrapped={"sql": "sql", "day_in": "day"})
FG = [ToolCall("f", id="1"), Arguments('{"a": 1}'), ToolCall("g", id="2"), Arguments("{}")]
FORMS = {
    "as OpenAI": [
        call("", index=0, id="1", name="f"), call('{"a"', index=0), call(": 1}", index=0),
        call("", index=1, id="2", name="g"), call("{}", index=1),
    ],
    "whole": [call('{"a": 1}', index=0, id="1", name="f"), call("{}", index=1, id="2", name="g")],
    "no index": [call(id="1", name="f"), call('{"a"'), call(": 1}"), call(id="2", name="g"), call("{}")],
    "whole, no index": [call('{"a": 1}', id="1", name="f"), call("{}", id="2", name="g")],
    "name again": [
        call("", index=0, id="1", name="f"), call('{"a": 1}', index=0, id="1", name="f"),
        call("{}", index=1, id="2", name="g"),
    ],
    "empty names and ids": [
        call(index=0, id="1", name="f"), call('{"a": 1}', index=0, id="", name=""),
        call(index=1, id="2", name="g"), call("{}", index=1, id=None, name=None),
    ],
    "from one": [call('{"a": 1}', index=1, id="1", name="f"), call("{}", index=2, id="2", name="g")],
    "with types": [
        call('{"a": 1}', index=0, id="1", name="f", type="function"), call("{}", index=1, id="2", name="g", type=None),
    ],
}  # fmt: skip


@pytest.mark.parametrize("deltas", FORMS.values(), ids=FORMS.keys())
def test_the_same_calls(deltas: list[Fields]) -> None:
    """However they are numbered, and whatever is said again."""
    assert merge(say(*deltas, STOP)) == [*FG, Finish()]


def test_several_in_one_delta() -> None:
    """In their order."""
    both = [delta["delta"]["tool_calls"][0] for delta in FORMS["whole"]]
    assert merge(say({"delta": {"tool_calls": both}}, STOP)) == [*FG, Finish()]


def test_beside_text() -> None:
    """What is said before stays before."""
    assert say(text("Hm."), *FORMS["whole"], STOP) == [Text("Hm."), *FG, Finish()]


def test_arguments_are_as_they_are() -> None:
    """Never repaired, never closed, and none where there are none."""
    assert say(call(index=0, name="f"), STOP) == [ToolCall("f"), Finish()]
    assert merge(say(call('{"a', index=0, name="f"), call("}}", index=0), STOP))[1] == Arguments('{"a}}')


def test_an_id() -> None:
    """Its own, of a length that can be borne; the first that is said."""
    assert say(call(index=0, id="x" * 1000, name="f"))[0] == ToolCall("f", id="x" * LONGEST_ID)
    assert say(call(index=0, name="f"), call("{}", index=0, id="late")) == [ToolCall("f"), Arguments("{}")]


def test_custom_tools_as_they_are() -> None:
    """From an upstream that knows them."""
    begin = {"delta": {"tool_calls": [{"index": 0, "id": "1", "custom": {"name": "sql", "input": ""}}]}}
    more = {"delta": {"tool_calls": [{"index": 0, "custom": {"input": "SELECT"}}]}}
    assert say(begin, more, STOP) == [ToolCall("sql", "custom", "1"), Arguments("SELECT"), Finish()]


@pytest.mark.parametrize(("deltas", "reason"), [
    ([call("{}")], "began a call without a name"),
    ([call("{}", index=0)], "began a call without a name"),
    ([call("{}", index=0, name="")], "began a call without a name"),
    ([call("{}", index=0, id="1")], "began a call without a name"),
    ([call("{}", index=0, name="f"), call("{}", index=1)], "began a call without a name"),
    ([{"delta": {"tool_calls": [{"index": 0, "id": "1"}]}}], "began a call without a name"),
    ([*FORMS["whole"], call("}", index=0, name="f")], "mixed up its calls"),
    ([call(index=-1, name="f")], "mixed up its calls"),
])  # fmt: skip
def test_malformed(deltas: list[Fields], reason: str) -> None:
    """Without a name, jumping back, or with a number that is none."""
    with pytest.raises(Malformed, match=reason):
        say(*deltas, STOP)


def test_jumping_back_without_a_name() -> None:
    """What belongs to a call that another has followed is not given to the wrong one."""
    with pytest.raises(Malformed):
        say(*FORMS["whole"], call("}", index=0))


def test_endless() -> None:
    """Not more calls than the API allows tools."""
    calls = [call("{}", index=index, name="f") for index in range(MOST_CALLS)]
    assert len(say(*calls)) == 2 * MOST_CALLS
    with pytest.raises(TooMuch):
        say(*calls, call("{}", index=MOST_CALLS, name="f"))
    with pytest.raises(TooMuch):
        say(*[call("{}", name="f")] * (MOST_CALLS + 1))


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.booleans(), st.data())
def test_a_function_that_stands_for_a_custom_tool(said: str, in_ascii: bool, data: st.DataObject) -> None:
    """The input comes out, however its JSON is cut."""
    whole = json.dumps({"input": said}, ensure_ascii=in_ascii)
    pieces = cut(whole, data.draw(st.lists(st.integers(0, len(whole)))))
    deltas = [call(index=0, name="day_in", id="1"), *(call(piece, index=0) for piece in pieces), STOP]
    inputs: list[Said] = [Arguments(said)] if said else []
    assert merge(say(*deltas, manner=WRAPPED)) == [ToolCall("day", "custom", "1"), *inputs, Finish()]


def test_functions_beside_it() -> None:
    """Are what they are."""
    deltas = [call('{"input": "a"}', index=0, name="sql"), call('{"input": "a"}', index=1, name="day"), STOP]
    custom, function = [ToolCall("sql", "custom"), Arguments("a")], [ToolCall("day"), Arguments('{"input": "a"}')]
    assert merge(say(*deltas, manner=WRAPPED)) == [*custom, *function, Finish()]


@pytest.mark.parametrize("arguments", ["SELECT 1", "{}", '{"query": "a"}', '{"input": 1}', '{"input": "a"} b'])
def test_not_wrapped(arguments: str) -> None:
    """Something else than a text for a custom tool."""
    with pytest.raises(Malformed, match="gave a custom tool something else than a text"):
        say(call(arguments, index=0, name="sql"), STOP, manner=WRAPPED)


@pytest.mark.parametrize("arguments", ["", '{"input": "a', '{"input": "a"'])
def test_unfinished(arguments: str) -> None:
    """An end in the middle of it is none, before another call too; where a limit cut it, it is as far as it goes."""
    begun = call(arguments, index=0, name="sql")
    for more in (STOP, call("{}", index=1, name="f")):
        with pytest.raises(Malformed, match="left a custom tool's input unfinished"):
            say(begun, more, manner=WRAPPED)
    inputs: list[Said] = [Arguments("a")] if "a" in arguments else []
    assert merge(say(begun, CUT, manner=WRAPPED)) == [ToolCall("sql", "custom"), *inputs, Finish("length")]
