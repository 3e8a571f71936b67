"""Whatever a grammar lets a model write is read as what was asked for: random walks, for every family."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import jsonschema_rs
import pytest
from llguidance import LLMatcher

from antiphon.dialect.conversation import Conversation, JsonFormat, Tool, ToolChoice, Turn
from antiphon.dialect.families import FORMS
from antiphon.dialect.families.gemma import QUOTE
from antiphon.dialect.form import Form, Thinking
from antiphon.dialect.grammar.grammar import write_grammar
from antiphon.dialect.grammar.harmony import HarmonyWriter
from antiphon.dialect.grammar.schema import string_parameters
from antiphon.dialect.grammar.turn import TurnWriter
from antiphon.dialect.prompt import ControlTokens
from antiphon.dialect.reading.harmony import SPELLINGS
from antiphon.dialect.reading.reader import Reading, texts_of
from antiphon.dialect.writing import write_call, write_custom
from tests.model.walks import Walker, load_walker, read_tokens
from tests.unit.dialect.reading.answers import MARK, Merged

SEED = 7
NUM_WALKS = 6
THINK = Thinking("<think>", "</think>")


def strict(**properties: Any) -> dict[str, Any]:
    """An object with exactly these."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


STRING, SHORT, DIGIT = (
    {"type": "string"},
    {"type": "string", "maxLength": 6},
    {"type": "integer", "minimum": 0, "maximum": 9},
)
NODE = {"$ref": "#/$defs/node"}
SCHEMAS: dict[str, dict[str, Any]] = {
    "weather": strict(
        city=SHORT,
        days={"type": "integer", "minimum": 1, "maximum": 9},
        unit={"type": "string", "enum": ["C", "F"]},
        flag={"type": "boolean"},
        deep=strict(x={"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 9}, "maxItems": 3}),
    ),
    "tree": {
        **strict(tree=NODE, again={"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
        "$defs": {"node": strict(v=DIGIT, kids={"type": "array", "items": NODE, "maxItems": 2})},
    },
    "words": strict(
        quotes={"type": "string", "enum": ["it's", 'say "hi"', "日本 🙂", "a\\b/c", "{}", "1 < 2", "\n", "null", " "]},
        marks={"type": "string", "enum": ["</parameter>", "\n</parameter>\n", "</arg_value>", '<|"|>', "<|im_end|>"]},
        maybe={"type": ["string", "null"], "maxLength": 6},
        either={"anyOf": [{"type": "string", "maxLength": 6}, {"type": "null"}]},
        nothing={"type": ["string", "null"], "enum": ["a", None]},
        mixed={"enum": ["x", 1, True, None, "é"]},
        one={"const": "the only"},
    ),
    "odd": strict(
        **{
            "my key": SHORT, "é日本": DIGIT, "a.b": {"type": "boolean"}, 'say "hi"': SHORT, "a>b<c": DIGIT, "": SHORT,
            "{x}": SHORT, "a:b, c=d": DIGIT, "[INST]": SHORT, "/~1%25": {"type": ["integer", "null"]}, "a\\nb\n": DIGIT,
        }
    ),
    "spaced": strict(**{"my key": SHORT, "it's": DIGIT, "a.b-c": {"type": "boolean"}, "日 本": SHORT, "from": DIGIT}),
    "texts": strict(
        code={"type": "string", "pattern": "^[A-Z]{2,3}$"},
        part={"type": "string", "pattern": "[0-9]", "maxLength": 5},
        path={"type": "string", "pattern": "^(/[a-z]{1,3}){1,2}$"},
        day={"type": "string", "format": "date"},
        at={"type": "string", "format": "date-time"},
        mail={"type": "string", "format": "email"},
        id={"type": "string", "format": "uuid"},
        ip={"type": ["string", "null"], "format": "ipv4"},
        size={"type": "string", "minLength": 2, "maxLength": 5},
        twice={"type": "string", "format": "date", "pattern": "^2"},
    ),
    "lists": strict(
        rows={"type": "array", "items": strict(a=SHORT, b={"type": ["boolean", "null"]}), "minItems": 1, "maxItems": 2},
        empty=strict(),
        union={"anyOf": [DIGIT, {"type": "array", "items": SHORT, "maxItems": 2}, strict(k=SHORT)]},
        step={"type": "number", "multipleOf": 0.5, "minimum": 0, "maximum": 3},
    ),
    "none": strict(),
}  # fmt: skip
LOOSE: dict[str, dict[str, Any] | None] = {
    "optional": {"type": "object", "properties": {"a": SHORT, "b": DIGIT, "c": {"type": "boolean"}}, "required": ["b"]},
    "open": {"type": "object", "properties": {"a": SHORT}, "additionalProperties": True},
    "free": {"type": "object"},
    "stop": None,
}
CALCULATOR = 'start: expr\nexpr: NUMBER | expr OP expr | "(" expr ")"\nNUMBER: /[0-9]{1,3}/\nOP: /[-+*]/\n'
DATE = r"\d{4}-\d{2}-\d{2}"

FUNCTIONS = (
    *(Tool(name, parameters=schema, strict=True, place=name) for name, schema in SCHEMAS.items()),
    *(Tool(name, parameters=schema, place=name) for name, schema in LOOSE.items()),
)
SOME = tuple(tool for tool in FUNCTIONS if tool.name in ("weather", "odd", "free"))
CUSTOMS = (
    Tool("calc", "custom", grammar=("lark", CALCULATOR), place="calc"),
    Tool("date", "custom", grammar=("regex", DATE), place="date"),
    Tool("sql", "custom", place="sql"),
)
RESPONSE = strict(z=DIGIT, words={"type": "array", "items": SHORT, "maxItems": 2})


class Mode(NamedTuple):
    """What is asked for."""

    name: str
    tools: tuple[Tool, ...]
    choice: ToolChoice
    format: JsonFormat | None = None
    thinking: Thinking | None = None
    thinks: bool = False


MODES = (
    Mode("required", FUNCTIONS, ToolChoice("required")),
    Mode("required, thinking", (*SOME, *CUSTOMS), ToolChoice("required"), thinking=THINK),
    Mode("customs", CUSTOMS, ToolChoice("required", parallel=False)),
    Mode("auto", (*SOME, *CUSTOMS), ToolChoice("auto"), thinking=THINK),
    Mode("auto, within a thought", SOME, ToolChoice("auto"), thinking=THINK, thinks=True),
    Mode("auto, with a format", SOME, ToolChoice("auto"), JsonFormat(RESPONSE)),
    Mode("a format, thinking", CUSTOMS, ToolChoice("auto"), JsonFormat(RESPONSE), THINK),
    Mode("none", (*SOME, *CUSTOMS), ToolChoice("none")),
    Mode("named", SOME, ToolChoice("required", frozenset({("function", "weather")}), parallel=False)),
    Mode("not parallel", (*SOME, *CUSTOMS), ToolChoice("auto", parallel=False)),
)


@pytest.fixture(scope="module")
def walker() -> Iterator[Walker]:
    """With the vocabulary, loaded once."""
    with load_walker() as walker:
        yield walker


def control_of(form: Form, walker: Walker) -> ControlTokens:
    """As if tokens of this vocabulary were the family's markers."""
    texts = [*texts_of(form), *texts_of(THINK), QUOTE, *(SPELLINGS if form.channels else ())]
    spellings = dict.fromkeys(mark for text in texts for mark in MARK.findall(text) if "function" not in mark)
    ends = walker.tokenizer.end_of_generation
    known = [token for token in walker.tokenizer.control.ids.values() if token not in ends]
    return ControlTokens(dict(zip(spellings, known[: len(spellings)], strict=True)))


def reading_of(form: Form, mode: Mode, tools: tuple[Tool, ...]) -> Reading:
    """How an answer is read where these may be called."""
    untold = form.tags is not None and form.tags.json_ends is None
    functions = [tool for tool in tools if tool.kind == "function"]
    strings = {
        tool.name: string_parameters(tool, form.tags.value_ends) if form.tags and untold else {} for tool in functions
    }
    return Reading(
        form=form.name,
        functions={name: tuple(given) for name, given in strings.items()},
        nullable={name: tuple(key for key in given if given[key]) for name, given in strings.items()},
        customs=tuple(tool.name for tool in tools if tool.kind == "custom"),
        thinking=None if form.channels else mode.thinking,
        thinks=mode.thinks and not form.channels,
    )


def nudges_of(form: Form, mode: Mode, walker: Walker, control: ControlTokens) -> list[list[int]]:
    """Markers as tokens, and calls that no schema allows, which may be taken where they are allowed."""
    ends = [form.ends, form.raw.ends, form.tags.value_ends if form.tags else ""]
    wrong = [write_call(form, "weather", {"city": "x"}), write_custom(form, "date", "x")]
    spaced = [call.replace('{"', '{ "', 1) for call in wrong]
    texts = [form.marker, *form.heads, form.raw.begins, *texts_of(mode.thinking), *ends, *wrong, *spaced, "null"]
    return [encode(text, walker, control) for text in texts if text]


def encode(text: str, walker: Walker, control: ControlTokens) -> list[int]:
    """A text with control tokens in it."""
    tokens: list[int] = []
    for number, piece in enumerate(control.pattern.split(text)):
        tokens += [control.ids[piece]] if number % 2 else walker.tokenizer.encode_text(piece)
    return tokens


Call = tuple[str, str, str]


def calls_of(said: Merged) -> list[Call]:
    """Kind, name and what it is called with."""
    following = [*said[1:], ("", "")]
    return [
        (kind, text, behind[1] if behind[0] == "arguments" else "")
        for (kind, text), behind in zip(said, following, strict=False)
        if kind in ("function", "custom")
    ]


def find_fault(call: Call, tools: tuple[Tool, ...], walker: Walker) -> str:
    """What is wrong with a call; nothing where nothing is."""
    kind, name, given = call
    tool = next((tool for tool in tools if (tool.kind, tool.name) == (kind, name)), None)
    if tool is None:
        return f"{name} may not be called"
    if kind == "custom":
        return "" if is_input(tool, given, walker) else f"{name} does not take {given!r}"
    try:
        arguments = json.loads(given)
    except ValueError:
        return f"{given!r} is no JSON"
    if not isinstance(arguments, dict):
        return f"{given!r} is no object"
    schema = (
        tool.parameters
        if tool.strict
        else {"type": "object", "properties": (tool.parameters or {}).get("properties", {})}
    )
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    return next((f"{name} {given!r}: {error.message}" for error in validator.iter_errors(arguments)), "")


def is_input(tool: Tool, given: str, walker: Walker) -> bool:
    """Whether a custom tool takes this."""
    if tool.grammar is None:
        return True
    syntax, definition = tool.grammar
    if syntax == "regex":
        return re.fullmatch(definition, given) is not None
    matcher = walker.begin(LLMatcher.grammar_from_lark(definition))
    return matcher.consume_tokens(walker.tokenizer.encode_text(given)) and matcher.is_accepting()


def judge(said: Merged, mode: Mode, form: Form, walker: Walker) -> Iterator[str]:
    """What an answer has that was not asked for."""
    calls = calls_of(said)
    tools = tuple(filter(mode.choice.allows, mode.tools))
    yield from filter(None, (find_fault(call, tools, walker) for call in calls))
    spoken = [kind for kind, _ in said if kind != "reasoning"]
    text = "".join(text for kind, text in said if kind == "text")
    if mode.choice.mode == "required" and not calls:
        yield "no call"
    if mode.choice.mode == "none" and calls:
        yield "a call"
    if (mode.choice.mode == "required" or mode.format) and calls and spoken[0] == "text":
        yield "text before a call"
    if not (mode.choice.parallel and form.many) and len(calls) > 1:
        yield "several calls"
    if mode.format and not calls and not (text[:1] == "{" and jsonschema_rs.is_valid(RESPONSE, json.loads(text))):
        yield f"{text!r} is not of the format"


WALKED = [(form, True) for form in FORMS.values()] + [(form, False) for form in FORMS.values() if not form.channels]
"""Each with its markers as control tokens and as text; Harmony's are tokens always."""


@pytest.mark.parametrize(
    ("form", "with_tokens"), WALKED, ids=[f"{form.name}-{'tokens' if tokens else 'text'}" for form, tokens in WALKED]
)
def test_what_a_grammar_allows_is_what_was_asked_for(form: Form, with_tokens: bool, walker: Walker) -> None:
    """Only tools that may be called, with arguments that follow their schemas; JSON where JSON was asked for."""
    walker.random.seed(SEED)
    control = control_of(form, walker) if with_tokens else ControlTokens({})
    num_ended = num_called = 0
    for mode in MODES:
        conversation = Conversation((Turn("user", "Hi"),), mode.tools, mode.choice, format=mode.format)
        make = HarmonyWriter if form.channels else TurnWriter
        thinking = None if form.channels else mode.thinking
        grammar = make(conversation, form, control, thinking, thinks=mode.thinks).write()
        assert grammar
        start = walker.begin(write_grammar(grammar.main, grammar.parts))
        may_call = mode.choice.mode != "none"
        reading = reading_of(form, mode, conversation.callable if may_call else mode.tools)
        nudges = nudges_of(form, mode, walker, control)
        for _ in range(NUM_WALKS):
            tokens, ended = walker.walk(start, nudges)
            said = read_tokens(walker.tokenizer, reading, control, tokens)
            num_ended += ended
            num_called += len(calls_of(said))
            if ended:
                assert list(judge(said, mode, form, walker)) == [], (mode.name, written(tokens, walker, control), said)
    assert num_ended > len(MODES) * NUM_WALKS / 2 and num_called > len(MODES)


def written(tokens: list[int], walker: Walker, control: ControlTokens) -> str:
    """An answer as it looks."""
    return b"".join(
        control.spellings[token].encode() if token in control.spellings else walker.tokenizer.piece(token)
        for token in tokens
    ).decode(errors="replace")
