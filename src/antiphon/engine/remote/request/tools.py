"""Tools and their choice as fields of a request to an upstream. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from antiphon.dialect.conversation import Conversation, Tool
from antiphon.dialect.teaching import tell_custom
from antiphon.engine.remote.answer.unwrapping import SCHEMA
from antiphon.engine.remote.kinds import Kind

Fields = dict[str, Any]
LONGEST = 64


def choose_names(tools: Sequence[Tool]) -> dict[str, str]:
    """For each custom tool the function that stands for it: of its name, unless a function has it."""
    taken = {tool.name for tool in tools if tool.kind == "function"}
    names: dict[str, str] = {}
    for tool in tools:
        if tool.kind == "custom":
            names[tool.name] = next(name for name in candidates(tool.name) if name not in taken)
            taken.add(names[tool.name])
    return names


def candidates(name: str) -> Iterator[str]:
    """Names that are like this one, and no longer than a name may be."""
    yield name
    for number in count(1):
        ending = f"_in{number}" if number > 1 else "_in"
        yield name[: LONGEST - len(ending)] + ending


def write_tools(conversation: Conversation, kind: Kind, names: Mapping[str, str]) -> Fields:
    """The fields of a request whose upstream tells calls from text. What may not be called is not told, so that no
    choice is needed for it; none at all may still have been told before.
    """
    if not conversation.tools:
        return {}
    choice = conversation.tool_choice
    told = conversation.callable or conversation.tools
    fields: Fields = {"tools": [write_tool(tool, kind, names) for tool in told]}
    if not conversation.callable:
        return {**fields, "tool_choice": "none"}
    named = choice.mode == "required" and len(told) == 1 and not choice.parallel and kind.names
    if named:
        return {**fields, "tool_choice": write_named(told[0], kind, names)}
    return {**fields, "tool_choice": choice.mode, "parallel_tool_calls": choice.parallel}


def write_tool(tool: Tool, kind: Kind, names: Mapping[str, str]) -> Fields:
    """A function, or a custom tool as one."""
    if tool.kind == "custom":
        if kind.native:
            return {"type": "custom", "custom": dict(describe_custom(tool))}
        told = "\n".join(tell_custom(tool)).removeprefix(f"- {tool.name}").removeprefix(": ")
        return {"type": "function", "function": {"name": names[tool.name], "description": told, "parameters": SCHEMA}}
    function: Fields = {"name": tool.name, "parameters": tool.parameters or {"type": "object", "properties": {}}}
    if tool.description is not None:
        function["description"] = tool.description
    if tool.strict and kind.strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def describe_custom(tool: Tool) -> Iterator[tuple[str, Any]]:
    """As OpenAI's API has it."""
    yield "name", tool.name
    if tool.description is not None:
        yield "description", tool.description
    if tool.grammar:
        syntax, definition = tool.grammar
        yield "format", {"type": "grammar", "grammar": {"syntax": syntax, "definition": definition}}


def write_named(tool: Tool, kind: Kind, names: Mapping[str, str]) -> Fields:
    """The choice of one tool."""
    if tool.kind == "custom" and kind.native:
        return {"type": "custom", "custom": {"name": tool.name}}
    name = names.get(tool.name, tool.name) if tool.kind == "custom" else tool.name
    return {"type": "function", "function": {"name": name}}
