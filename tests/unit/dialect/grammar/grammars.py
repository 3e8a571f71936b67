"""Grammars as text, made without compiling them."""

from typing import Any

from antiphon.dialect.conversation import Conversation, JsonFormat, Tool, ToolChoice, Turn
from antiphon.dialect.families import FORMS
from antiphon.dialect.form import Thinking
from antiphon.dialect.grammar.arguments import write_arguments
from antiphon.dialect.grammar.grammar import Grammar
from antiphon.dialect.grammar.lark import Lark
from antiphon.dialect.grammar.turn import TurnWriter
from antiphon.dialect.prompt import ControlTokens

NONE = ControlTokens({})
AUTO = ToolChoice()
THINK = Thinking("<think>", "</think>")
STRING, INTEGER, BOOLEAN = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}


def strict(required: tuple[str, ...] | None = None, **properties: Any) -> dict[str, Any]:
    """An object with no others than these."""
    names = list(properties) if required is None else list(required)
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def write(
    form: str,
    *tools: Tool,
    choice: ToolChoice = AUTO,
    format: JsonFormat | None = None,  # noqa: A002 - the conversation's name for it
    control: ControlTokens = NONE,
    thinking: Thinking | None = None,
    thinks: bool = False,
) -> Grammar:
    """The grammar of an answer."""
    conversation = Conversation((Turn("user", "Hi"),), tools, choice, format=format)
    grammar = TurnWriter(conversation, FORMS[form], control, thinking, thinks=thinks).write()
    assert grammar
    return grammar


def rules_of(grammar: Grammar) -> dict[str, str]:
    """Its rules by their names, without more white space than must be."""
    lines = (line.partition(":") for line in grammar.main.splitlines()[1:])
    return {name: " ".join(rule.split()) for name, _, rule in lines}


def arguments_of(form: str, schema: dict[str, Any] | None, control: ControlTokens = NONE) -> tuple[str, Lark]:
    """The expression for a function's arguments, and what it refers to."""
    lark = Lark(control)
    tool = Tool("f", parameters=schema, strict=True, place="tools[0]")
    return write_arguments(lark, FORMS[form], tool, 0), lark
