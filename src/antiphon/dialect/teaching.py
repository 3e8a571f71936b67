"""What the system prompt says of tools that the template has no place for, and of the format of the answer.

The form of a call that is taught is the one that the grammar then enforces.
"""

import json
from collections.abc import Iterator
from typing import Any

from antiphon.dialect.conversation import Conversation, JsonFormat, Tool
from antiphon.dialect.form import Form
from antiphon.dialect.wording import paragraphs
from antiphon.dialect.writing import write_call, write_custom

EXAMPLE = {"ARGUMENT": "VALUE"}


def build_lesson(conversation: Conversation, form: Form, *, knows_functions: bool) -> str:
    """All of it. knows_functions: whether the template tells of functions."""
    functions = [] if knows_functions else [tool for tool in conversation.tools if tool.kind == "function"]
    customs = [tool for tool in conversation.tools if tool.kind == "custom"]
    return paragraphs(
        (
            tell_functions(functions, form) if functions else None,
            tell_customs(customs, form) if customs else None,
            conversation.instruction,
            tell_format(conversation.format) if conversation.format else None,
        )
    )


def tell_functions(tools: list[Tool], form: Form) -> str:
    """The functions, and how one is called."""
    listed = "\n".join(json.dumps(describe(tool), ensure_ascii=False) for tool in tools)
    call = write_call(form, "NAME", EXAMPLE)
    return (
        "You can call functions. These are they, each with the JSON Schema of its arguments:\n"
        f"<tools>\n{listed}\n</tools>\n"
        f"To call one, write exactly this, with its name and its arguments:\n{call}"
    )


def describe(tool: Tool) -> dict[str, Any]:
    """A function as models are used to see it."""
    described = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {key: value for key, value in described.items() if value is not None}


def tell_customs(tools: list[Tool], form: Form) -> str:
    """The custom tools, and how one is called."""
    listed = "\n".join(line for tool in tools for line in tell_custom(tool))
    call = write_custom(form, "NAME", "INPUT")
    return (
        f"You can call tools that take text, which is not JSON:\n{listed}\n"
        f"To call one, write exactly this, with its name and its input as it is:\n{call}"
    )


def tell_custom(tool: Tool) -> Iterator[str]:
    """A tool, and what its input must look like."""
    yield f"- {tool.name}{f': {tool.description}' if tool.description else ''}"
    if tool.grammar:
        syntax, definition = tool.grammar
        word = "matches this regular expression" if syntax == "regex" else "follows this Lark grammar"
        yield f"  Its input {word}:\n{definition}"


def tell_format(wanted: JsonFormat) -> str:
    """What the answer must be."""
    if wanted.schema is None:
        return "Answer with a JSON object and nothing else."
    purpose = f" ({wanted.description})" if wanted.description else ""
    schema = json.dumps(wanted.schema, ensure_ascii=False)
    return f"Answer with JSON{purpose} that follows this schema, and nothing else:\n{schema}"
