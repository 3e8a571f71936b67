"""Calls that stand in an upstream's text: as taught, as JSON that was spelled out, or bare."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.dialect.families import ARRAY, GENERIC
from antiphon.dialect.reading.reading import Reading
from antiphon.engine.events import Arguments, Finish, Reasoning, Said, Text, ToolCall
from antiphon.engine.remote.answer.malformed import Malformed
from antiphon.engine.remote.answer.manner import Manner
from tests.unit.engine.remote.answer.deltas import CUT, STOP, call, cut, merge, say, text

READING = Reading(form=GENERIC.name, functions={"add": (), "now": ()}, customs=("sql", "day"))
TAUGHT = Manner(taught=READING)
FORCED = Manner(taught=Reading(form=GENERIC.name, functions={"add": ()}, customs=("sql",), must_call=True))
SPELLED = Manner(
    taught=Reading(form=ARRAY.name, functions={"add": (), "sql_in": ()}, must_call=True), wrapped={"sql_in": "sql"}
)
BARE = Manner(bare="sql")
ADD = '<tool_call>\n{"name": "add", "arguments": {"a": [1, "}"]}}\n</tool_call>'
NOW = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'
SQL = '<tool_input name="sql">\nSELECT "<tool_call>"\n</tool_input>'
ADDED: list[Said] = [ToolCall("add"), Arguments('{"a": [1, "}"]}')]
CALLED_NOW: list[Said] = [ToolCall("now"), Arguments("{}")]
ASKED: list[Said] = [ToolCall("sql", "custom"), Arguments('SELECT "<tool_call>"')]
OTHER = '<tool_call>\n{"name": "other", "arguments": {}}\n</tool_call>'
SPELT = [{"name": "add", "arguments": {"a": 1}}, {"name": "sql_in", "arguments": {"input": 'a "é"\n'}}]

ROWS: list[tuple[Manner, str, list[Said]]] = [
    (TAUGHT, "Hi <there> {}", [Text("Hi <there> {}")]),
    (TAUGHT, ADD, ADDED),
    (TAUGHT, f"{ADD}\n{NOW}", [*ADDED, *CALLED_NOW]),
    (TAUGHT, f"Let me see. {ADD}", [Text("Let me see."), *ADDED]),
    (TAUGHT, SQL, ASKED),
    (TAUGHT, f"{SQL}\n{ADD}\n{SQL}", [*ASKED, *ADDED, *ASKED]),
    (TAUGHT, OTHER, [Text(OTHER)]),
    (FORCED, f"{ADD}\n{SQL}", [*ADDED, *ASKED]),
    (SPELLED, json.dumps(SPELT), [
        ToolCall("add"), Arguments('{"a": 1}'), ToolCall("sql", "custom"), Arguments('a "é"\n'),
    ]),
    (SPELLED, json.dumps(SPELT[1:], ensure_ascii=False), [ToolCall("sql", "custom"), Arguments('a "é"\n')]),
    (SPELLED, json.dumps(SPELT[:1], indent=2), [ToolCall("add"), Arguments('{\n      "a": 1\n    }')]),
    (SPELLED, json.dumps(SPELT[:1], separators=(",", ":")), [ToolCall("add"), Arguments('{"a":1}')]),
    (BARE, SQL, [ToolCall("sql", "custom"), Arguments(SQL)]),
    (BARE, "", [ToolCall("sql", "custom")]),
]  # fmt: skip
IDS = range(len(ROWS))


@pytest.mark.parametrize(("manner", "whole", "said"), ROWS, ids=IDS)
def test_letter_by_letter(manner: Manner, whole: str, said: list[Said]) -> None:
    """The calls that stand in the text, and the text around them."""
    assert merge(say(*map(text, whole), STOP, manner=manner)) == [*said, Finish()]
    assert merge(say(text(whole), STOP, manner=manner)) == [*said, Finish()]


@given(st.sampled_from(ROWS), st.data())
def test_however_it_is_cut(row: tuple[Manner, str, list[Said]], data: st.DataObject) -> None:
    """The same calls; and where a limit cut it, no more than there is of them."""
    manner, whole, said = row
    pieces = cut(whole, data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    assert merge(say(*map(text, pieces), STOP, manner=manner)) == [*said, Finish()]
    *begun, finish = merge(say(*map(text, pieces[:-1]), CUT, manner=manner))
    calls = calls_of(begun)
    assert calls == calls_of(said)[: len(calls)] and finish == Finish("length")


def calls_of(said: list[Said]) -> list[Said]:
    """Those that begin."""
    return [event for event in said if isinstance(event, ToolCall)]


def test_white_space_of_an_array_says_nothing() -> None:
    """However a server spaces its JSON."""
    said = merge(say(text(f" {json.dumps(SPELT, indent=1)} \n"), STOP, manner=SPELLED))
    assert [event.name for event in said if isinstance(event, ToolCall)] == ["add", "sql"]
    assert not any(isinstance(event, Text) for event in said)


@pytest.mark.parametrize("manner", [TAUGHT, FORCED, SPELLED])
def test_thoughts_are_no_text(manner: Manner) -> None:
    """What an upstream says it thought is not looked through for calls."""
    said = merge(say({"delta": {"reasoning": ADD}}, text(""), CUT, manner=manner))
    assert said == [Reasoning(ADD), Finish("length")]


@pytest.mark.parametrize("manner", [TAUGHT, FORCED, SPELLED])
def test_a_parser_that_was_not_asked_to(manner: Manner) -> None:
    """Its calls cannot be told from ours."""
    with pytest.raises(Malformed, match="which was not asked to"):
        say(call("{}", index=0, name="add"), manner=manner)


@pytest.mark.parametrize("arguments", ['"a"', "{}", '{"input": 1}', '{"input": "a", "b": 1}'])
def test_spelled_and_not_wrapped(arguments: str) -> None:
    """As where the upstream tells calls itself."""
    with pytest.raises(Malformed, match="custom tool"):
        say(text(f'[{{"name": "sql_in", "arguments": {arguments}}}]'), STOP, manner=SPELLED)
