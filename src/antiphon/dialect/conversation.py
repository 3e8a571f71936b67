"""A conversation as the rest of the server sees it: wire shapes are behind, templates are ahead.

It says what was said, by whom, in the order of the request. What a template can write of it is not known here.
"""

from typing import Any, Literal

from msgspec import Struct

from antiphon.dialect.medium import Medium

Role = Literal["system", "developer", "user", "assistant", "tool"]
ToolKind = Literal["function", "custom"]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class ToolCall(Struct, frozen=True):
    """A call that the assistant made. arguments: what it wrote, which should be a JSON object for a
    function but may be anything, and is free text for a custom tool.
    """

    id: str
    name: str
    arguments: str
    kind: ToolKind = "function"


class Turn(Struct, frozen=True):
    """One message: who speaks, and the text. `name` tells participants of one role apart, and of a tool's
    turn which tool it was; `tool_call_id` says which call it answers; `reasoning` is what the assistant
    thought before it spoke. breakpoints: behind how many characters of the text a prefix ends that is to be kept.
    """

    role: Role
    text: str = ""
    name: str | None = None
    tool_call_id: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning: str | None = None
    breakpoints: tuple[int, ...] = ()


class Tool(Struct, frozen=True):
    """A tool that may be called. parameters: the JSON Schema of a function's arguments. strict: whether they must
    follow it exactly. grammar: (syntax, definition) of a custom tool's input, None for free text.
    place: where the request has the schema or the grammar.
    """

    name: str
    kind: ToolKind = "function"
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool = False
    grammar: tuple[Literal["lark", "regex"], str] | None = None
    place: str = ""


class JsonFormat(Struct, frozen=True):
    """That the answer must be JSON. schema: what it must follow, None for any object. description: what it is for.
    place: where the request has the schema. strict: whether the client asked for OpenAI's subset.
    """

    schema: dict[str, Any] | None = None
    name: str = ""
    description: str | None = None
    place: str = ""
    strict: bool = False


class ToolChoice(Struct, frozen=True):
    """Whether tools may or must be called. only: kinds and names of those allowed, None for all.
    parallel: whether more than one may be called in a turn.
    """

    mode: Literal["none", "auto", "required"] = "auto"
    only: frozenset[tuple[ToolKind, str]] | None = None
    parallel: bool = True

    def allows(self, tool: Tool) -> bool:
        """Whether this tool may be called."""
        return self.mode != "none" and (self.only is None or (tool.kind, tool.name) in self.only)


class Conversation(Struct, frozen=True):
    """Everything a prompt is made of, and what must come of it. effort: how much a model that reasons should.
    instruction: what the system prompt says last, whoever wrote the rest of it. format: what the answer must be
    where it is not a call. media: what is not text, in order, by the characters that stand for it in the turns' texts.
    """

    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolChoice()
    effort: Effort | None = None
    instruction: str | None = None
    format: JsonFormat | None = None
    media: dict[str, Medium] = {}

    @property
    def callable(self) -> tuple[Tool, ...]:
        """The tools that this turn may call."""
        return tuple(filter(self.tool_choice.allows, self.tools))
