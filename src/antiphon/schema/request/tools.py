"""Tools that may be called, how their choice is made, and calls that were made; tools, and the deprecated functions."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field

from antiphon.schema.base import FunctionName, Incoming, JsonObject

MAX_GRAMMAR_CHARS = 65_536
ToolKind = Literal["function", "custom"]


class Function(Incoming):
    """A function as the deprecated `functions` has it."""

    name: FunctionName
    """Of a-z, A-Z, 0-9, underscores and dashes, at most 64."""
    description: str | None = None
    """What it does; the model chooses by it."""
    parameters: JsonObject | None = None
    """JSON Schema of its arguments; none without it."""


class FunctionDefinition(Function):
    """A function as a tool has it."""

    strict: bool | None = None
    """Whether arguments must follow the schema exactly."""


class FunctionTool(Incoming):
    """A function that may be called with JSON."""

    type: Literal["function"]
    """Always `function`."""
    function: FunctionDefinition
    """The function."""


class TextFormat(Incoming):
    """Input of a custom tool that is free text."""

    type: Literal["text"]
    """Always `text`."""


Syntax = Literal["lark", "regex"]


class Grammar(Incoming):
    """What the input of a custom tool must match."""

    definition: str = Field(min_length=1, max_length=MAX_GRAMMAR_CHARS)
    """The grammar."""
    syntax: Syntax
    """The language the grammar is written in."""


class GrammarFormat(Incoming):
    """Input of a custom tool that follows a grammar."""

    type: Literal["grammar"]
    """Always `grammar`."""
    grammar: Grammar
    """The grammar."""


class CustomDefinition(Incoming):
    """A tool that takes text."""

    name: FunctionName
    """Of a-z, A-Z, 0-9, underscores and dashes, at most 64."""
    description: str | None = None
    """What it does; the model chooses by it."""
    format: Annotated[TextFormat | GrammarFormat, Discriminator("type")] | None = None
    """What its input must look like; free text without it."""


class CustomTool(Incoming):
    """A tool that may be called with text."""

    type: Literal["custom"]
    """Always `custom`."""
    custom: CustomDefinition
    """The tool."""


Tool = Annotated[FunctionTool | CustomTool, Discriminator("type")]


class NamedTool(Incoming):
    """A tool by its name."""

    name: str = Field(min_length=1, max_length=64)
    """The name."""


class NamedFunctionChoice(Incoming):
    """This function must be called."""

    type: Literal["function"]
    """Always `function`."""
    function: NamedTool
    """The function."""


class NamedCustomChoice(Incoming):
    """This custom tool must be called."""

    type: Literal["custom"]
    """Always `custom`."""
    custom: NamedTool
    """The tool."""


class AllowedTools(Incoming):
    """Some of the tools, and whether one of them must be called."""

    mode: Literal["auto", "required"]
    """`auto`: one may be called; `required`: one must be."""
    tools: list[Tool] = Field(min_length=1, max_length=128)
    """The tools, each by its type and name; the rest of a definition may stand there too."""


class AllowedToolsChoice(Incoming):
    """Only some of the tools, while the prompt, and so its cache, stays the same."""

    type: Literal["allowed_tools"]
    """Always `allowed_tools`."""
    allowed_tools: AllowedTools
    """The tools allowed."""


ToolChoice = (
    Literal["none", "auto", "required"]
    | Annotated[AllowedToolsChoice | NamedFunctionChoice | NamedCustomChoice, Discriminator("type")]
)
FunctionChoice = Literal["none", "auto"] | NamedTool


class PastFunction(Incoming):
    """A function and what it was called with, before."""

    name: FunctionName
    """The function's name."""
    arguments: str
    """What the model wrote: JSON, as a rule."""
    parsed_arguments: Any = None
    """The official packages put this here. Not looked at."""


class PastFunctionCall(Incoming):
    """A call of a function, made before."""

    id: str
    """By which the result says what it answers."""
    type: Literal["function"]
    """Always `function`."""
    function: PastFunction
    """What was called."""
    index: int | None = None
    """The official packages leave this here from a stream. Not looked at."""


class PastCustom(Incoming):
    """A custom tool and what it was called with, before."""

    name: FunctionName
    """The tool's name."""
    input: str
    """What the model wrote."""


class PastCustomCall(Incoming):
    """A call of a custom tool, made before."""

    id: str
    """By which the result says what it answers."""
    type: Literal["custom"]
    """Always `custom`."""
    custom: PastCustom
    """What was called."""
    index: int | None = None
    """The official packages leave this here from a stream. Not looked at."""


PastCall = Annotated[PastFunctionCall | PastCustomCall, Discriminator("type")]


def kind_and_name(tool: FunctionTool | CustomTool | NamedFunctionChoice | NamedCustomChoice) -> tuple[ToolKind, str]:
    """What a tool is known by; a function and a custom tool may share a name."""
    match tool:
        case FunctionTool() | NamedFunctionChoice():
            return "function", tool.function.name
        case CustomTool() | NamedCustomChoice():
            return "custom", tool.custom.name
