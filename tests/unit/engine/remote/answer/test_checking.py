"""What is passed on keeps to what was asked for; where it does not, the answer ends with an error."""

import json
from pathlib import Path
from typing import Any

import pytest

from antiphon.constraint.schema import check_schema
from antiphon.dialect.conversation import Conversation, JsonFormat, Tool, ToolChoice, Turn
from antiphon.engine.events import Arguments, Event, Finish, Reasoning, Text, ToolCall
from antiphon.engine.remote.answer.checking import Broken, Check, follows, matches

INTEGER: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
ADD, LOOSE = Tool("add", parameters=INTEGER, strict=True), Tool("loose", parameters=INTEGER)
SQL, DAY = Tool("sql", "custom"), Tool("day", "custom", grammar=("regex", r"\d{4}"))
CALC = Tool("calc", "custom", grammar=("lark", 'start: sum\nsum: NUMBER ("+" NUMBER)*\nNUMBER: /[0-9]+/'))
TOOLS = (ADD, LOOSE, SQL, DAY, CALC)
REQUIRED, ONE, NONE = ToolChoice("required"), ToolChoice(parallel=False), ToolChoice("none")
ONLY_ADD = ToolChoice("auto", frozenset({("function", "add")}))
ANYTHING = JsonFormat()
FORMAT = JsonFormat(INTEGER)


def check(
    *events: Event,
    choice: ToolChoice | None = None,
    format: JsonFormat | None = None,  # noqa: A002 - the conversation's name for it
    tools: tuple[Tool, ...] = TOOLS,
) -> str | None:
    """Why these cannot be passed on; None where they can."""
    checking = Check(Conversation((Turn("user", "Hi"),), tools, choice or ToolChoice(), format=format))
    try:
        for event in events:
            checking.look(event)
    except Broken as broken:
        return str(broken)
    return None


def called(tool: Tool, *given: str) -> list[Event]:
    """A call, in as many pieces."""
    return [ToolCall(tool.name, tool.kind), *map(Arguments, given)]


GOOD: list[list[Event]] = [
    [Text("a"), Finish()],
    [*called(ADD, '{"a"', ": 1}"), Finish()],
    [*called(ADD, '{"a": 1}'), *called(ADD, '{"a": 2}'), Finish()],
    [*called(LOOSE, '{"a": "x"}'), Finish()],
    [*called(LOOSE), *called(LOOSE, "nonsense"), Finish()],
    [*called(SQL, "SELECT"), *called(SQL), Finish()],
    [*called(DAY, "20", "24"), Finish()],
    [*called(CALC, "1", "+", "22"), Text("behind"), Finish()],
    [Text("{"), Reasoning("b"), Finish("length")],
]


@pytest.mark.parametrize("events", GOOD, ids=range(len(GOOD)))
def test_what_is_passed_on(events: list[Event]) -> None:
    """Arguments are put together again; what is not strict may be anything."""
    assert check(*events) is None


BAD: list[tuple[list[Event], str]] = [
    (called(Tool("other")), "it called 'other', which it may not"),
    (called(Tool("sql")), "it called 'sql', which it may not"),
    (called(Tool("add", "custom")), "it called 'add', which it may not"),
    ([*called(ADD, '{"a": "x"}'), Finish()], "the arguments for 'add' do not follow their schema"),
    ([*called(ADD, '{"a": 1'), Finish()], "the arguments for 'add' do not follow their schema"),
    ([*called(ADD, '{"a": 1} x'), Finish()], "the arguments for 'add' do not follow their schema"),
    ([*called(ADD), Finish()], "the arguments for 'add' do not follow their schema"),
    ([*called(ADD, "{}"), *called(ADD)], "the arguments for 'add' do not follow their schema"),
    ([*called(ADD, '{"a": 1}'), *called(ADD, "{}"), Finish()], "the arguments for 'add' do not follow their schema"),
    ([*called(DAY, "202"), Finish()], "the input for 'day' does not match its grammar"),
    ([*called(DAY, "20244"), Finish()], "the input for 'day' does not match its grammar"),
    ([*called(DAY, " 2024"), Finish()], "the input for 'day' does not match its grammar"),
    ([*called(DAY), Finish()], "the input for 'day' does not match its grammar"),
    ([*called(CALC, "1+"), *called(SQL)], "the input for 'calc' does not match its grammar"),
    ([*called(CALC, "1+2)"), Finish()], "the input for 'calc' does not match its grammar"),
]


@pytest.mark.parametrize(("events", "reason"), BAD, ids=range(len(BAD)))
def test_what_is_not(events: list[Event], reason: str) -> None:
    """A tool that there is not, and what its tool does not take: told when the call has ended."""
    assert check(*events) == reason
    assert check(*events[:-1]) is None or len(events) == 1


def test_a_name_that_is_long() -> None:
    """Is told in part."""
    assert len(check(ToolCall("x" * 1000)) or "") < 120


@pytest.mark.parametrize(("choice", "events", "reason"), [
    (NONE, [Text("a"), Finish()], None),
    (NONE, called(ADD, '{"a": 1}'), "it called 'add', which it may not"),
    (ONLY_ADD, called(ADD, '{"a": 1}'), None),
    (ONLY_ADD, called(LOOSE, "{}"), "it called 'loose', which it may not"),
    (ONE, [*called(SQL), Finish()], None),
    (ONE, [*called(SQL), *called(SQL)], "it called more than one tool"),
    (ToolChoice(), [*called(SQL), *called(SQL), Finish()], None),
    (REQUIRED, [*called(SQL), Finish()], None),
    (REQUIRED, [Text("I will not."), Finish()], "it called no tool"),
    (REQUIRED, [Finish()], "it called no tool"),
    (REQUIRED, [Finish("length")], None),
    (REQUIRED, [Finish("content_filter")], None),
])  # fmt: skip
def test_the_choice(choice: ToolChoice, events: list[Event], reason: str | None) -> None:
    """Which tools, whether any, and how many."""
    assert check(*events, choice=choice) == reason


BROKEN = "its answer is not the JSON that was asked for"


@pytest.mark.parametrize(("wanted", "said", "reason"), [
    (FORMAT, '{"a": 1}', None),
    (FORMAT, ' {"a": 1, "b": 2}\n', None),
    (FORMAT, '{"a": "1"}', BROKEN),
    (FORMAT, "{}", BROKEN),
    (FORMAT, "", BROKEN),
    (FORMAT, '{"a": 1} {"a": 2}', BROKEN),
    (FORMAT, '```json\n{"a": 1}\n```', BROKEN),
    (FORMAT, '{"a": 1}\x00', BROKEN),
    (FORMAT, '{"a": 1, "b": "\ud800"}', BROKEN),
    (ANYTHING, "{}", None),
    (ANYTHING, "[]", BROKEN),
    (ANYTHING, "1", BROKEN),
    (JsonFormat({}, "any"), "[1]", None),
    (JsonFormat({"type": "string", "pattern": "^a+$"}), '"aaa"', None),
    (JsonFormat({"type": "string", "pattern": "^a+$"}), '"aab"', BROKEN),
    (FORMAT, "[" * 100_000, BROKEN),
], ids=range(16))  # fmt: skip
def test_the_format(wanted: JsonFormat, said: str, reason: str | None) -> None:
    """As a whole, in as many pieces as it comes; a schema that asks for nothing lets all JSON pass."""
    half = len(said) // 2
    assert check(Text(said[:half]), Text(said[half:]), Finish(), format=wanted, tools=()) == reason


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_what_a_limit_cut(reason: Any) -> None:
    """Is not looked at: it cannot be whole."""
    assert check(Text('{"a"'), Finish(reason), format=FORMAT) is None
    assert check(*called(ADD, '{"a"'), Finish(reason)) is None
    assert check(*called(CALC, "1+"), Finish(reason)) is None


def test_a_call_takes_the_place_of_the_format() -> None:
    """Whatever is said beside it."""
    assert check(Text("so:"), *called(SQL, "a"), Finish(), format=FORMAT) is None
    assert check(Text("so:"), Finish(), format=FORMAT) == BROKEN


@pytest.mark.parametrize("content", ["{}", '{"type": "string"}', "false"])
def test_nothing_is_fetched_for_a_schema(content: str, tmp_path: Path) -> None:
    """What it refers to elsewhere says nothing, whatever it is: it is as if there were nothing there."""
    there, nowhere = tmp_path / "schema.json", tmp_path / "nothing.json"
    there.write_text(content)
    assert outcome({"$ref": there.as_uri()}) == outcome({"$ref": nowhere.as_uri()})


def outcome(schema: dict[str, Any]) -> bool | None:
    """Whether an empty object follows it; None where nobody can tell."""
    try:
        return follows("{}", schema)
    except ValueError:
        return None


@pytest.mark.parametrize(("schema", "good", "bad"), [
    ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}}, 1, "x"),
    ({"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": False}, {"next": {}}, {"a": 1}),
    ({"anyOf": [{"type": "null"}, {"type": "array", "maxItems": 1}]}, [1], [1, 2]),
    ({"type": "integer", "maximum": 2**40}, 2**40, 2**40 + 1),
    ({"const": 1.0}, 1, 2),
    ({"type": "string", "maxLength": 2}, "🙂🙂", "abc"),
], ids=["definition", "recursion", "options", "large", "number", "letters"])  # fmt: skip
def test_schemas(schema: dict[str, Any], good: Any, bad: Any) -> None:
    """Judged by a validator that knows all of JSON Schema."""
    assert follows(json.dumps(good), schema) and not follows(json.dumps(bad), schema)


TAKEN: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "pattern": ({"type": "string", "pattern": r"^[\w-.]+$"}, "a-b.c", "a b"),
    "format": ({"type": "string", "format": "date"}, "2024-01-31", "x"),
    "OpenAPI's null": ({"type": "integer", "nullable": True}, None, "x"),
    "items one by one": ({"type": "array", "items": [{"type": "integer"}]}, [1], ["x"]),
    "another dialect": ({"$schema": "https://example.com/dialect", "type": "integer"}, 1, "x"),
    "an id that is none": ({"$id": "my schema", "type": "integer"}, 1, "x"),
    "an anchor that is none": ({"$anchor": "my schema", "type": "integer"}, 1, "x"),
    "a description that is none": ({"type": "integer", "description": 5}, 1, "x"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_schemas_that_a_request_may_have(name: str) -> None:
    """What is taken from a client is judged as it is enforced, though it be no schema by the letter."""
    schema, good, bad = TAKEN[name]
    check_schema(schema, param="response_format", strict=False)
    assert follows(json.dumps(good), schema) and not follows(json.dumps(bad), schema)


@pytest.mark.parametrize(("grammar", "good", "bad"), [
    (("regex", r"^\d+$"), "12", "1a"),
    (("regex", "a|b"), "b", "ab"),
    (("regex", "a.b"), "axb", "a\nb"),
    (("regex", "a/b"), "a/b", "a\\/b"),
    (("regex", "[日月]+"), "日月", "火"),
    (("regex", "a*"), "", "b"),
    (("lark", 'start: "a" start | "b"'), "aab", "aa"),
    (("lark", 'start: "日"'), "日", "\ufffd"),
], ids=range(8))  # fmt: skip
def test_grammars(grammar: Any, good: str, bad: str) -> None:
    """A whole input, not a part of it."""
    tool = Tool("c", "custom", grammar=grammar)
    assert matches(tool, good) and not matches(tool, bad)


def test_a_grammar_that_is_none() -> None:
    """Lets nothing pass."""
    assert not matches(Tool("c", "custom", grammar=("lark", "start: other")), "")
