"""Tools and their choice as an upstream gets them."""

from typing import Any

import pytest

from antiphon.dialect.conversation import Tool, ToolChoice
from antiphon.engine.remote.answer.unwrapping import SCHEMA as WRAPPED
from antiphon.engine.remote.kinds import GENERIC, KINDS, LLAMA_SERVER, OPENAI, SGLANG, VLLM, Kind
from antiphon.engine.remote.request.tools import choose_names, write_tool, write_tools
from tests.unit.engine.remote.request.asking import ADD, DAY, EXACT, NONE, NOW, REQUIRED, SCHEMA, SQL, ask, ending, only

LONG = "a" * 64
END_S = 1


def custom(name: str) -> Tool:
    """A custom tool."""
    return Tool(name, "custom")


@pytest.mark.parametrize(("tools", "names"), [
    ([], {}),
    ([ADD, NOW], {}),
    ([ADD, SQL], {"sql": "sql"}),
    ([Tool("x"), custom("x")], {"x": "x_in"}),
    ([custom("x"), Tool("x")], {"x": "x_in"}),
    ([Tool("x"), custom("x"), custom("y")], {"x": "x_in", "y": "y"}),
], ids=range(6))  # fmt: skip
def test_which_function_stands_for_a_custom_tool(tools: list[Tool], names: dict[str, str]) -> None:
    """One of its name, unless a function has it."""
    assert choose_names(tools) == names


@pytest.mark.parametrize("functions", [
    [LONG], [LONG, LONG[:60] + "_in"], [LONG, LONG[:60] + "_in", LONG[:58] + "_in_in"],
    ["x" + "_in" * times for times in range(22)], [LONG[:60], LONG[:60] + "_in"],
], ids=range(5))  # fmt: skip
def test_names_that_leave_little_room(functions: list[str]) -> None:
    """There is a name for every tool, of a length that is allowed, and no two have the same."""
    tools = [*map(Tool, functions), custom(functions[0]), custom("x_in")]
    with ending(END_S):
        names = choose_names(tools)
    assert not set(names.values()) & set(functions) and len(set(names.values())) == len(names)
    assert all(len(name) <= 64 for name in names.values())


def test_two_long_custom_tools() -> None:
    """Whose names begin alike are two functions."""
    tools = [Tool(LONG), Tool(LONG[:63] + "b"), custom(LONG), custom(LONG[:63] + "b")]
    with ending(END_S):
        names = choose_names(tools)
    assert len(set(names.values())) == 2


FUNCTION = {"name": "add", "description": "Adds.", "parameters": SCHEMA}


@pytest.mark.parametrize(("tool", "kind", "written"), [
    (ADD, VLLM, FUNCTION),
    (ADD, OPENAI, FUNCTION),
    (NOW, GENERIC, {"name": "now", "parameters": {"type": "object", "properties": {}}}),
    (EXACT, OPENAI, {"name": "exact", "parameters": SCHEMA, "strict": True}),
    (EXACT, VLLM, {"name": "exact", "parameters": SCHEMA, "strict": True}),
    (EXACT, SGLANG, {"name": "exact", "parameters": SCHEMA, "strict": True}),
    (EXACT, LLAMA_SERVER, {"name": "exact", "parameters": SCHEMA}),
    (SQL, GENERIC, {"name": "sql_in", "description": "Asks the database.", "parameters": WRAPPED}),
    (custom("sql"), GENERIC, {"name": "sql_in", "description": "", "parameters": WRAPPED}),
    (Tool("sql", "custom", "D", grammar=("regex", "a+")), VLLM, {
        "name": "sql_in", "description": "D\n  Its input matches this regular expression:\na+", "parameters": WRAPPED,
    }),
], ids=range(10))  # fmt: skip
def test_a_function(tool: Tool, kind: Kind, written: dict[str, Any]) -> None:
    """With what is known of it; a custom tool as one that takes a text, and is told what that must be."""
    assert write_tool(tool, kind, {"sql": "sql_in"}) == {"type": "function", "function": written}


@pytest.mark.parametrize(("tool", "written"), [
    (custom("sql"), {"name": "sql"}),
    (SQL, {"name": "sql", "description": "Asks the database."}),
    (DAY, {"name": "day", "format": {"type": "grammar", "grammar": {"syntax": "regex", "definition": r"\d{4}"}}}),
])  # fmt: skip
def test_a_custom_tool_as_openai_has_it(tool: Tool, written: dict[str, Any]) -> None:
    """As it is."""
    assert write_tool(tool, OPENAI, {}) == {"type": "custom", "custom": written}


def named(kind: str, name: str) -> dict[str, Any]:
    """The choice of one."""
    return {"type": kind, kind: {"name": name}}


CHOICES: list[tuple[ToolChoice, Kind, list[str], dict[str, Any]]] = [
    (ToolChoice(), VLLM, ["add", "sql"], {"tool_choice": "auto", "parallel_tool_calls": True}),
    (ToolChoice(parallel=False), VLLM, ["add", "sql"], {"tool_choice": "auto", "parallel_tool_calls": False}),
    (REQUIRED, GENERIC, ["add", "sql"], {"tool_choice": "required", "parallel_tool_calls": True}),
    (NONE, VLLM, ["add", "sql"], {"tool_choice": "none"}),
    (only(ADD), VLLM, ["add"], {"tool_choice": named("function", "add")}),
    (only(SQL), VLLM, ["sql"], {"tool_choice": named("function", "sql")}),
    (only(SQL), OPENAI, ["sql"], {"tool_choice": named("custom", "sql")}),
    (only(ADD), LLAMA_SERVER, ["add"], {"tool_choice": "required", "parallel_tool_calls": False}),
    (only(ADD, must=False), VLLM, ["add"], {"tool_choice": "auto", "parallel_tool_calls": False}),
    (ToolChoice("required", frozenset({("custom", "sql")})), VLLM, ["sql"],
     {"tool_choice": "required", "parallel_tool_calls": True}),
]  # fmt: skip


@pytest.mark.parametrize(("choice", "kind", "told", "fields"), CHOICES, ids=range(len(CHOICES)))
def test_the_choice(choice: ToolChoice, kind: Kind, told: list[str], fields: dict[str, Any]) -> None:
    """Only what may be called is told; by name where that is known and one must be called once."""
    written = write_tools(ask(ADD, SQL, choice=choice), kind, {"sql": "sql"})
    assert [tool[tool["type"]]["name"] for tool in written.pop("tools")] == told
    assert written == fields


def test_a_custom_tool_is_chosen_by_the_name_that_stands_for_it() -> None:
    """Not by that of a function, which is another tool."""
    written = write_tools(ask(Tool("x"), custom("x"), choice=only(custom("x"))), VLLM, {"x": "x_in"})
    assert written["tool_choice"] == named("function", "x_in")
    written = write_tools(ask(Tool("x"), custom("x"), choice=only(Tool("x"))), VLLM, {"x": "x_in"})
    assert written["tool_choice"] == named("function", "x")


def test_nothing_of_tools_where_there_are_none() -> None:
    """Some servers refuse an empty list, or a choice without tools."""
    for kind in KINDS.values():
        assert write_tools(ask(), kind, {}) == {}
