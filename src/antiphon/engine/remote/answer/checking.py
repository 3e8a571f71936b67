"""Whether an answer keeps to what was asked for, as it comes: an upstream enforces by its own means, or not at all.

Fails closed: what breaks a constraint ends the answer with an error.
"""

import logging
import re
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import llguidance
import msgspec

from antiphon.constraint.schema import build_schema
from antiphon.dialect.conversation import Conversation, Tool, ToolKind
from antiphon.dialect.grammar.customs import pattern_of
from antiphon.engine.events import Arguments, Event, Finish, Text, ToolCall
from antiphon.recent import Recent

log = logging.getLogger(__name__)

LIMITS = llguidance.LLParserLimits(max_lexer_states=50_000, step_lexer_fuel=100_000, verbose_errors=False)
NO_HURRY = '%llguidance {"no_forcing": true}\n'
"""What leaves no choice is not looked for: it may be without end."""
DASH = re.compile(r"(?<=\\[dwsDWS])-(?!\])|-(?=\\[dwsDWS])")
"""Beside a class of characters, where the validator takes it for a range."""
NO_MORE_THAN = 60
"""Characters of a name in a message."""
ANY_OBJECT = {"type": "object"}
validators: Recent[str, Callable[[Any], bool]] = Recent(256, most_weight=4 << 20)


class Broken(Exception):
    """What was not kept to."""


class Check:
    """One choice. Look at its events in their order. has_stops: whether a stop string may have ended it anywhere."""

    def __init__(self, conversation: Conversation, *, has_stops: bool = False) -> None:
        self.has_stops = has_stops
        self.format = conversation.format
        self.choice = conversation.tool_choice
        self.allowed = {(tool.kind, tool.name): tool for tool in conversation.callable}
        self.calls: list[tuple[ToolKind, str]] = []
        self.texts: list[str] = []
        self.given: list[str] = []

    def look(self, event: Event) -> None:
        """Raises `Broken`."""
        match event:
            case Text(text=text) if self.format:
                self.texts.append(text)
            case Arguments(text=text):
                self.given.append(text)
            case ToolCall():
                self._check_call()
                self._begin(event)
            case Finish(reason="stop"):
                self._check_call()
                self._check_end()

    def _begin(self, call: ToolCall) -> None:
        if (call.kind, call.name) not in self.allowed:
            raise Broken(f"it called '{call.name[:NO_MORE_THAN]}', which it may not")
        if self.calls and not self.choice.parallel:
            raise Broken("it called more than one tool")
        self.calls.append((call.kind, call.name))

    def _check_call(self) -> None:
        """The call that began last has ended."""
        if not self.calls:
            return
        tool, given = self.allowed[self.calls[-1]], "".join(self.given)
        self.given.clear()
        if tool.kind == "function":
            if tool.strict and not follows(given, tool.parameters or {}):
                raise Broken(f"the arguments for '{tool.name}' do not follow their schema")
        elif tool.grammar and not matches(tool, given):
            raise Broken(f"the input for '{tool.name}' does not match its grammar")

    def _check_end(self) -> None:
        if not self.calls and self.choice.mode == "required":
            raise Broken("it called no tool")
        if self.format and not self.calls and not self.has_stops:
            schema = ANY_OBJECT if self.format.schema is None else self.format.schema
            if not follows("".join(self.texts), schema):
                raise Broken("its answer is not the JSON that was asked for")


def follows(text: str, schema: dict[str, Any]) -> bool:
    """Whether a text is JSON that follows a schema."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    key = repr(schema)
    try:
        return validators.find_or_make(key, lambda: build_validator(schema), len(key))(value)
    except ValueError as error:  # what this validator cannot read, as far as there is such: not kept to, then
        log.warning("a schema cannot be checked: %s", error)
        return False


def build_validator(schema: dict[str, Any]) -> Callable[[Any], bool]:
    """Of what our own grammars enforce of a schema. Nothing is fetched for it, whatever it refers to."""
    built = plain(build_schema(schema, lenient=False))
    built.pop("x-guidance")
    validator = jsonschema_rs.Draft202012Validator(built, retriever=refuse, validate_formats=True)
    return validator.is_valid


def plain(value: Any) -> Any:
    """With dashes beside classes of characters escaped, as the validator's notation wants them."""
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: DASH.sub(r"\\-", inner) if key == "pattern" and isinstance(inner, str) else plain(inner)
        for key, inner in value.items()
    }


def refuse(uri: str) -> Any:
    """What a schema refers to is in it."""
    raise ValueError(uri)


def matches(tool: Tool, text: str) -> bool:
    """Whether an input is one of its tool's grammar, as a whole."""
    assert tool.grammar, "without one everything matches"
    syntax, definition = tool.grammar
    lark = NO_HURRY + (definition if syntax == "lark" else f"start: /{pattern_of(tool)}/")
    tokenizer = llguidance.LLTokenizer("byte")
    matcher = llguidance.LLMatcher(tokenizer, llguidance.grammar_from("lark", lark), log_level=0, limits=LIMITS)
    tokens = tokenizer.tokenize_str(text)
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()
