"""What may follow what in an answer, for every tool choice and response format."""

import pytest

from antiphon.dialect.conversation import Conversation, JsonFormat, Tool, ToolChoice, Turn
from antiphon.dialect.families import FORMS
from antiphon.dialect.grammar.turn import TurnWriter
from antiphon.dialect.prompt import ControlTokens
from tests.unit.dialect.grammar.grammars import INTEGER, NONE, THINK, rules_of, strict, write

ADD, NOW = Tool("add", parameters=strict(a=INTEGER), place="tools[0]"), Tool("now", place="tools[1]")
SQL, DAY = Tool("sql", "custom", place="tools[2]"), Tool("day", "custom", grammar=("regex", "^a$"), place="tools[3]")
CALC = Tool("calc", "custom", grammar=("lark", 'start: "x"'), place="tools[4]")
ONLY_NOW = ToolChoice("required", frozenset({("function", "now")}), parallel=False)
HEAD = r'"<tool_call>\n{\"name\": \""'


def test_nothing_is_asked_of_an_answer_without_tools_and_format() -> None:
    """Then there is no grammar."""
    plain = Conversation((Turn("user", "Hi"),))
    assert TurnWriter(plain, FORMS["hermes"], NONE, THINK, thinks=False).write() is None


def test_a_tool_may_be_called() -> None:
    """Text up to a call, or text without one."""
    rules = rules_of(write("hermes", ADD, NOW))
    assert rules["start"] == r'((until "\n{\"name\": \"") functions | TEXT)'
    assert rules["until[lazy]"] == "/(?s:.*)<tool_call>/"
    assert rules["TEXT"] == "/(?s:.*)/ & ~/((?s:.*)<tool_call>)(?s:.*)/"
    assert rules["function"] == (
        r'("add\", \"arguments\": " @arguments0 | "now\", \"arguments\": " @arguments1) "}\n</tool_call>"'
    )


def test_a_tool_must_be_called() -> None:
    """Then no text stands before, and none instead."""
    rules = rules_of(write("hermes", ADD, choice=ToolChoice("required")))
    assert rules["start"] == f"(({HEAD}) functions )" and "TEXT" not in rules


def test_tools_that_may_not_be_called_are_not_in_the_grammar() -> None:
    """By name or from a list; parts are those of the others."""
    grammar = write("hermes", ADD, NOW, SQL, choice=ONLY_NOW)
    assert [part.place for part in grammar.parts] == ["tools[1]"]
    assert "add" not in grammar.main and "sql" not in grammar.main
    allowed = write("hermes", ADD, NOW, choice=ToolChoice("auto", frozenset({("function", "add")})))
    assert [part.place for part in allowed.parts] == ["tools[0]"]


@pytest.mark.parametrize("form", [form for form in FORMS.values() if not form.channels], ids=lambda form: form.name)
def test_none_keeps_markers_out(form: str) -> None:
    """A text in which no call begins, of whatever kind there are tools."""
    rules = rules_of(write(form.name, ADD, SQL, choice=ToolChoice("none")))
    assert rules["start"] == "(TEXT)" or form.speeches
    banned = rules["TEXT"].partition(" & ")[2]
    assert r'<tool_input name="' in banned
    first = form.head.split()[0] if form.first else form.marker
    assert "".join(letter for letter in first if letter.isalnum()) in "".join(filter(str.isalnum, banned))


def test_calls_of_one_answer() -> None:
    """One, or as many as a family can write and the request allows."""
    many, one = write("hermes", ADD), write("hermes", ADD, choice=ToolChoice(parallel=False))
    assert rules_of(many)["functions"] == rf'function ("\n{HEAD[1:-1]}" function){{0,31}}'
    assert rules_of(one)["functions"] == "function"
    assert rules_of(write("llama", ADD))["functions"] == "function"
    assert rules_of(write("granite", ADD))["functions"].endswith('){0,31} "]"')


def test_custom_tools() -> None:
    """Text, pattern or grammar up to the marker; a grammar may also end with the answer. Kinds may be mixed."""
    grammar = write("hermes", ADD, SQL, DAY, CALC)
    rules = rules_of(grammar)
    assert rules["custom"].split(" | ") == [
        r'"sql\">\n" closed', r'"day\">\n" closed1', r'"calc\">\n" @input2 "\n</tool_input>"',
    ]  # fmt: skip
    assert r'(custom more | "calc\">\n" @input2)' in rules["start"]
    assert rules["INPUT1"] == "/(a)/" and rules["WITHIN1"] == r"INPUT1 & ~/(?s:.*)\n<\/tool_input>(?s:.*)/"
    assert rules["more"] == rf'("\n" ("<tool_input name=\"" custom | {HEAD} functions)){{0,7}}'
    assert {(check.definition, check.place) for check in grammar.checks} == {
        ("start: /(a)/", "tools[3]"), ('start: "x"', "tools[4]"),
    }  # fmt: skip
    assert "more" not in rules_of(write("hermes", SQL, choice=ToolChoice("required", parallel=False)))


def test_reasoning_comes_first() -> None:
    """If the model opens a thought, or goes on with the one that the prompt has opened."""
    free = rules_of(write("hermes", ADD, thinking=THINK))
    assert free["start"].startswith('("<think>" until)? (')
    assert free["until[lazy]"] == r"/(?s:.*)<\/think>/"
    assert "<think>" in free["TEXT"] and "<think>" in free["until1[lazy]"]
    opened = rules_of(write("hermes", ADD, thinking=THINK, thinks=True))
    assert opened["start"].startswith("until (") and "<think>" not in opened["TEXT"]


FORMAT = JsonFormat(strict(z=INTEGER), place="response_format")


def test_json_is_asked_for() -> None:
    """Instead of text, beside calls that come at once."""
    grammar = write("hermes", ADD, format=FORMAT)
    assert rules_of(grammar)["start"] == f"(({HEAD}) functions | @response)"
    assert {part.name: part.place for part in grammar.parts} == {
        "arguments0": "tools[0]",
        "response": "response_format",
    }
    assert rules_of(write("hermes", format=FORMAT, thinking=THINK))["start"] == (
        r'("<think>" until (/[ \n]{1,4}/)?)? (@response)'
    )


def test_a_format_where_a_tool_must_be_called() -> None:
    """Then it says nothing."""
    assert "response" not in write("hermes", ADD, format=FORMAT, choice=ToolChoice("required")).main


def test_white_space_behind_a_thought() -> None:
    """Is the thought's where a call or JSON must come at once; without a thought there is none before them."""
    forced = rules_of(write("hermes", ADD, choice=ToolChoice("required"), thinking=THINK))
    assert forced["start"] == rf'("<think>" until (/[ \n]{{1,4}}/)?)? (({HEAD}) functions )'
    opened = rules_of(write("hermes", format=FORMAT, thinking=THINK, thinks=True))
    assert opened["start"] == r"until (/[ \n]{1,4}/)? (@response)"


def test_control_tokens_stand_in_the_grammar() -> None:
    """A call then begins with a token, which no text has."""
    control = ControlTokens({"[TOOL_CALLS]": 5, "[ARGS]": 6})
    rules = rules_of(write("mistral", NOW, control=control))
    assert rules["start"] == "((TEXT <[5]> ) functions | TEXT)" and rules["TEXT"] == "/(?s:.*)/"
    assert rules["function"] == '("now" <[6]> @arguments0)'


def test_ids_and_numbers_of_calls() -> None:
    """A model makes up the one and counts the other."""
    assert "/[a-zA-Z0-9]{9}/" in rules_of(write("mistral_v3", NOW))["function"]
    assert "/(0|[1-9][0-9]?)/" in rules_of(write("kimi", NOW))["function"]


def test_other_beginnings_that_models_are_used_to() -> None:
    """They may be written where no call is asked for, and are in no text."""
    rules = rules_of(write("qwen3_coder", NOW))
    assert rules["start"] == r'((until "\n<function=" | until1 ) functions | TEXT)'
    assert rules["until1[lazy]"] == "/(?s:.*)<function=/"
    assert rules["TEXT"] == "/(?s:.*)/ & ~/((?s:.*)<tool_call>|(?s:.*)<function=)(?s:.*)/"
    assert rules_of(write("qwen3_coder", NOW, choice=ToolChoice("required")))["start"].count("<function=") == 1


def test_a_call_that_is_the_whole_answer() -> None:
    """However it is spaced, as it would be read; a text does not begin like one."""
    rules = rules_of(write("llama", NOW))
    assert rules["start"] == "((HEAD | HEAD1 | HEAD2) functions | TEXT)"
    assert rules["HEAD"] == r'/[ \t\n\r]*\{[ \t\n\r]*"name"[ \t\n\r]*:[ \t\n\r]*"/'
    assert rules["TEXT"].startswith("/(?s:.*)/ & ~/([ ") and rules["HEAD"][1:-1] in rules["TEXT"]


def test_what_stands_around_an_answer() -> None:
    """Where a family has tokens for it, the answer may stand between them."""
    control = ControlTokens({"<|START_RESPONSE|>": 1, "<|END_RESPONSE|>": 2, "<|START_ACTION|>": 3})
    assert rules_of(write("command", NOW, control=control))["start"].endswith("| (<[1]>)? TEXT (<[2]>)?)")
    assert rules_of(write("command", format=FORMAT, control=control))["start"] == "((<[1]>)? @response (<[2]>)?)"
