"""Custom tools: text as it is, or what a regular expression or a Lark grammar has; and tools beside a format."""

import json

import openai
import pytest

from tests.conformance.asker import Asker
from tests.conformance.test_structured import ONLY, ONLY_TEXT, format_of, squeeze
from tests.conformance.tools import CALCULATE, DAY, NOTE, TIME, Fields, check, custom, name_of, one

ASKED = "What is 12 plus 30?"


@pytest.mark.needs("tools")
def test_free_text(ask: Asker) -> None:
    """An input without a format is any text, the same in both modes."""
    choice = ask.both(ASKED, tools=[TIME, NOTE], tool_choice=one(NOTE), seed=3, max_tokens=16).only
    check(choice, {"note"})
    [call] = choice.calls
    assert (call.kind, call.name) == ("custom", "note") and choice.finish in ("stop", "length")


@pytest.mark.needs("tools")
def test_choice_among_both_kinds(ask: Asker) -> None:
    """Where functions and custom tools are offered, each call is of the kind that its tool has."""
    answer = ask.whole(ASKED, tools=[TIME, NOTE], tool_choice="required", n=2, seed=5, max_tokens=24)
    for choice in answer.choices.values():
        check(choice, {"time", "note"})
        assert choice.calls and choice.text == ""


@pytest.mark.needs("tools")
@pytest.mark.parametrize("tool", [CALCULATE, DAY], ids=["lark", "regex"])
def test_grammars(ask: Asker, tool: Fields) -> None:
    """An input with a grammar is in its language, all of it, the same in both modes."""
    choice = ask.both(ASKED, tools=[tool], tool_choice=one(tool), seed=3, max_tokens=48).only
    check(choice, {name_of(tool)})
    assert choice.calls and choice.finish == "stop"


@pytest.mark.needs("tools")
@pytest.mark.parametrize("tool", [CALCULATE, DAY], ids=["lark", "regex"])
def test_grammars_among_other_tools(ask: Asker, tool: Fields) -> None:
    """Where the model chooses, so it is too; an engine that cannot have that refuses it by its place."""
    fields: Fields = {"tools": [TIME, tool], "tool_choice": "required", "parallel_tool_calls": False}
    if not ask.target.takes_lark:
        hold_unsupported(ask.refused(ASKED, **fields), "tools[1].custom.format")
        return
    answer = ask.whole(ASKED, **fields, n=2, seed=4, max_tokens=48)
    for choice in answer.choices.values():
        check(choice, {"time", name_of(tool)})
        assert choice.calls and choice.finish == "tool_calls"


@pytest.mark.needs("tools")
@pytest.mark.parametrize(("syntax", "definition"), [("regex", "(?=a)b"), ("lark", "start: missing")])
def test_what_is_no_grammar_is_refused(ask: Asker, syntax: str, definition: str) -> None:
    """400 before the first token, with its place, and with nothing that the client did not write."""
    tool = custom("odd", syntax, definition)
    error = ask.refused(ASKED, tools=[tool], tool_choice=one(tool), max_tokens=2)
    assert (error.status_code, error.code) == (400, "invalid_grammar")
    assert (error.param or "").startswith("tools[0].custom.format") and "%json" not in error.message


@pytest.mark.needs("tools", "structured_output")
def test_tools_beside_a_format(ask: Asker) -> None:
    """An answer is a call, or JSON of the format; a format does not keep calls away."""
    fields: Fields = {"tools": [TIME], "response_format": format_of(ONLY, strict=True), "max_tokens": 40, "seed": 1}
    text = ask.both(ASKED, **fields, tool_choice="none").only
    assert (squeeze(text.text), text.finish, text.calls) == (squeeze(ONLY_TEXT), "stop", [])
    called = ask.whole(ASKED, **fields, tool_choice=one(TIME)).only
    check(called, {"time"})
    assert called.calls and called.text == ""
    if not ask.target.takes_lark:
        hold_unsupported(ask.refused(ASKED, **fields), "response_format")
        return
    either = ask.whole(ASKED, **fields).only
    check(either, {"time"})
    assert either.calls or json.loads(either.text) == json.loads(ONLY_TEXT)


def hold_unsupported(error: openai.APIStatusError, place: str) -> None:
    """A refusal names the place, and says what to do."""
    assert (error.status_code, error.code) == (400, "unsupported_parameter")
    assert (error.param or "").startswith(place) and "tool" in error.message
