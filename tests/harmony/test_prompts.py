"""Our prompts for gpt-oss are those of the official package, token for token."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai_harmony import (
    Author,
    DeveloperContent,
    Message,
    ReasoningEffort,
    RenderConversationConfig,
    Role,
    SystemContent,
    ToolDescription,
)
from openai_harmony import Conversation as TheirConversation

from antiphon.dialect.conversation import Conversation, Tool, ToolCall, Turn
from antiphon.dialect.dialect import Dialect
from antiphon.dialect.template import Template
from tests.harmony.package import call, load_control, load_encoding, needs_vocabulary, say
from tests.unit.dialect.families import FOLDER
from tests.unit.dialect.strategies import arguments, texts

pytestmark = needs_vocabulary
DATE = "2025-06-28"
NAMES = ("weather", "get_note-2")


@cache
def load_dialect() -> Dialect:
    """Our template with the tokens of gpt-oss."""
    source = (FOLDER / "harmony.jinja").read_text()
    return Dialect(Template(source, bos_token="", eos_token="", date_string=DATE), load_control(), bos=None)


def render(conversation: Conversation) -> list[int]:
    """Our prompt in the package's tokens."""
    encoding = load_encoding()
    pieces = load_dialect().render(conversation)
    return [
        token
        for piece in pieces
        for token in ([piece] if isinstance(piece, int) else encoding.encode(piece, disallowed_special=()))
    ]


def render_theirs(conversation: Conversation, *, drop: bool = False) -> list[int]:
    """The package's prompt. drop: it says itself which reasoning it leaves out."""
    system = SystemContent.new().with_conversation_start_date(DATE)
    system.reasoning_effort = ReasoningEffort((conversation.effort or "medium").capitalize())
    messages = [Message.from_role_and_content(Role.SYSTEM, system)]
    developer, turns = DeveloperContent.new(), list(conversation.turns)
    if turns[0].role in ("system", "developer"):
        developer = developer.with_instructions(turns.pop(0).text)
    if conversation.tools:
        described = [
            ToolDescription.new(tool.name, tool.description or "", tool.parameters) for tool in conversation.tools
        ]
        developer = developer.with_function_tools(described)
    if conversation.tools or developer.instructions is not None:
        messages.append(Message.from_role_and_content(Role.DEVELOPER, developer))
    last = max((number for number, turn in enumerate(turns) if is_final(turn)), default=-1)
    messages += [message for number, turn in enumerate(turns) for message in tell(turn, thinks=drop or number > last)]
    config = RenderConversationConfig(auto_drop_analysis=drop)
    prompt = TheirConversation.from_messages(messages)
    return load_encoding().render_conversation_for_completion(prompt, Role.ASSISTANT, config)


def is_final(turn: Turn) -> bool:
    """Whether the assistant answers, and calls nothing."""
    return turn.role == "assistant" and not turn.tool_calls


def tell(turn: Turn, *, thinks: bool) -> Iterator[Message]:
    """A turn in the package's messages."""
    match turn.role:
        case "tool":
            result = Message.from_author_and_content(Author.new(Role.TOOL, f"functions.{turn.name}"), turn.text)
            yield result.with_recipient("assistant").with_channel("commentary")
        case "user":
            yield say(turn.text, role=Role.USER)
        case "assistant":
            if thinks and turn.reasoning:
                yield say(turn.reasoning, "analysis")
            if turn.text or not turn.tool_calls:
                yield say(turn.text, "commentary" if turn.tool_calls else "final")
            yield from (call(made.name, made.arguments, "commentary", "json") for made in turn.tool_calls)


def build_round(
    name: str, arguments: str = "{}", result: str = "Done", text: str = "", reasoning: str | None = "Hm."
) -> tuple[Turn, ...]:
    """A call and what came of it."""
    called = Turn("assistant", text, tool_calls=(ToolCall("c", name, arguments),), reasoning=reasoning)
    return called, Turn("tool", result, name, "c")


written = arguments.filter(str.strip)
users = st.builds(Turn, st.just("user"), texts).map(lambda turn: (turn,))
finals = st.builds(Turn, st.just("assistant"), texts).map(lambda turn: (turn,))
rounds = st.builds(build_round, st.sampled_from(NAMES), written, texts, texts, st.none() | texts)
instructions = st.sampled_from(["system", "developer"]).flatmap(lambda role: st.builds(Turn, st.just(role), texts))
histories = st.lists(users | finals | rounds, min_size=1, max_size=6).map(lambda groups: sum(groups, ()))
conversations = st.builds(
    lambda first, turns, effort: Conversation((*first, *turns), effort=effort),
    st.lists(instructions, max_size=1), histories, st.sampled_from([None, "low", "medium", "high"]),
)  # fmt: skip

words = st.text("ab é日.,{}\n", min_size=1, max_size=6)
names = st.from_regex(r"[a-z_]{1,4}", fullmatch=True)
defaults = st.integers(-9, 9) | st.booleans() | words.map(lambda text: text.replace("\n", ""))
remarks = {"description": words, "title": words, "default": defaults}
choices = st.lists(st.text("abé ", min_size=1), min_size=1, max_size=3)


def described(schema: dict[str, st.SearchStrategy[Any]], **options: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A schema with anything said of it."""
    return st.fixed_dictionaries(schema, optional={**remarks, **options})


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas that have others within."""
    properties = st.dictionaries(names, inner, min_size=1, max_size=3)
    required = st.lists(names, max_size=2)
    return (
        described({"type": st.just("array")}, items=inner)
        | described({"type": st.just("object")}, properties=properties, required=required)
        | described({"oneOf": st.lists(inner, min_size=1, max_size=3)})
    )


scalars = (
    described({"type": st.just("string")}, enum=choices, examples=choices, nullable=st.booleans())
    | described({"type": st.sampled_from(["integer", "number", "boolean"])})
    | described({"type": st.lists(st.sampled_from(["string", "integer", "null"]), min_size=1, max_size=2, unique=True)})
    | described({})
)
schemas = st.recursive(scalars, containers, max_leaves=6)
parameters = described(
    {"type": st.just("object"), "properties": st.dictionaries(names, schemas, min_size=1, max_size=3)},
    required=st.lists(names, max_size=2),
)
tools = st.builds(
    lambda name, text, parameters: Tool(name, description=text, parameters=parameters),
    names, st.none() | words, st.none() | st.just({}) | st.just({"type": "object"}) | parameters,
)  # fmt: skip


def decode(tokens: list[int]) -> str:
    """As text, in which a difference can be seen."""
    return load_encoding().decode_utf8(tokens)


@settings(max_examples=60)
@given(conversations)
def test_prompts_are_those_of_the_package(conversation: Conversation) -> None:
    """Instructions, effort, users, answers, preambles, calls, and what came of them."""
    assert render(conversation) == render_theirs(conversation)


def test_past_reasoning_is_left_out_where_the_package_leaves_it_out() -> None:
    """Up to an answer, if that was the last thing said."""
    turns = (Turn("user", "Hi"), *build_round("weather"), Turn("assistant", "Sun."), Turn("user", "And now?"))
    assert render(Conversation(turns)) == render_theirs(Conversation(turns), drop=True)
    assert "Hm." not in decode(render(Conversation(turns)))


def test_past_reasoning_is_left_out_further_on() -> None:
    """And if another call follows: the package then takes it in again, against what it says in docs/format.md. We
    do as the template that is published with the model does.
    """
    turns = (Turn("user", "Hi"), *build_round("weather"), Turn("assistant", "Sun."), *build_round("note"))
    ours, theirs = render(Conversation(turns)), render_theirs(Conversation(turns), drop=True)
    assert decode(theirs).replace("<|start|>assistant<|channel|>analysis<|message|>Hm.<|end|>", "", 1) == decode(ours)


@settings(max_examples=60)
@given(st.lists(tools, min_size=1, max_size=2), st.booleans())
def test_tools_are_told_as_the_package_tells_them(tools: list[Tool], instructed: bool) -> None:
    """With objects, arrays, enums, unions, defaults and descriptions in one another."""
    turns = (Turn("system", "Be brief."), Turn("user", "Hi")) if instructed else (Turn("user", "Hi"),)
    ours, theirs = (make(Conversation(turns, tools=tuple(tools))) for make in (render, render_theirs))
    assert decode(ours) == decode(theirs)
    assert ours == theirs


RICHER = [
    # A string is told as it must be written, with its quotation marks escaped.
    ({"enum": ['a"b'], "type": "string"}, '"a"b"', r'"a\"b"'),
    ({"default": 'a"b', "type": "string"}, 'string, // default: "a"b"', r'string, // default: "a\"b"'),
    # What may be null, or what else, or which values there are: the package has no word for it.
    ({"type": "null"}, "any", "null"),
    ({"enum": [1, 2], "type": "integer"}, "number", "1 | 2"),
    ({"enum": ["a", None], "type": ["string", "null"]}, "string | null", '"a" | null'),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "any", "string | null"),
    # What an object or an array holds that may be null.
    ({"type": ["array", "null"], "items": {"type": "string"}}, "array | null", "string[] | null"),
    (
        {"type": ["object", "null"], "properties": {"a": {"type": "string"}}},
        "object | null",
        "{\n    a?: string,\n    } | null",
    ),
    # The package asks whether a type has the word in it anywhere, as a property may.
    (
        {"type": "object", "nullable": True, "properties": {"a": {"type": ["string", "null"]}}},
        "{\n    a?: string | null,\n    }",
        "{\n    a?: string | null,\n    } | null",
    ),
]


@pytest.mark.parametrize(("schema", "theirs", "ours"), RICHER)
def test_schemas_of_which_we_tell_more_on_purpose(schema: dict[str, Any], theirs: str, ours: str) -> None:
    """A model that is not told what it may write writes something else, and the grammar would force it into that."""
    tool = Tool("f", parameters={"type": "object", "properties": {"a": schema}})
    conversation = Conversation((Turn("user", "Hi"),), tools=(tool,))
    prompts = decode(render_theirs(conversation)), decode(render(conversation))
    assert all(f"a?: {told}" in prompt for told, prompt in zip((theirs, ours), prompts, strict=True))
    assert prompts[0].replace(f"a?: {theirs}", f"a?: {ours}") == prompts[1]


def test_a_function_of_no_parameters_has_no_object() -> None:
    """An empty object is what clients send for none. docs/format.md wants `() => any` then, which the package writes
    only where there are no parameters at all.
    """
    empty, none = ({"type": "object", "properties": {}}, None)
    prompts = [Conversation((Turn("user", "Hi"),), tools=(Tool("f", parameters=given),)) for given in (empty, none)]
    assert decode(render_theirs(prompts[0])).replace("(_: {\n})", "()") == decode(render(prompts[0]))
    assert render_theirs(prompts[1]) == render(prompts[1]) == render(prompts[0])
