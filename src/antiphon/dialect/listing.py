"""Functions as a template takes them."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from antiphon.dialect.conversation import Tool
from antiphon.dialect.message import rewrite_arguments
from antiphon.dialect.traits import Traits

NO_PARAMETERS = {"type": "object", "properties": {}}


def list_tools(tools: Sequence[Tool], traits: Traits) -> dict[str, Any]:
    """The variable with them; none where the template takes none."""
    if not traits.tools or not tools:
        return {}
    functions = [describe(tool) for tool in tools]
    match traits.listed:
        case "wrapped":
            return {traits.tools: [{"type": "function", "function": function} for function in functions]}
        case "bare":
            return {traits.tools: functions}
        case "text":
            return {traits.tools: json.dumps(functions, ensure_ascii=False, indent=4)}


def guard_tools(listed: dict[str, Any], guard: Callable[[str], str]) -> dict[str, Any]:
    """The same with every text of the request guarded, keys too."""
    return {name: rewrite_arguments(tools, guard) for name, tools in listed.items()}


def describe(tool: Tool) -> dict[str, Any]:
    """A function in OpenAI's words. Templates look at descriptions and parameters without asking whether there are."""
    return {
        "name": tool.name,
        "description": tool.description or "",
        "parameters": NO_PARAMETERS if tool.parameters is None else tool.parameters,
    }
