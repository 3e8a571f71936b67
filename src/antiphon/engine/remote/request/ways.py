"""The ways of `planning.py`, each from a conversation to a plan. Pure."""

from msgspec.structs import replace

from antiphon.constraint.gbnf import NotExpressible, write_gbnf
from antiphon.dialect.conversation import Conversation, Tool
from antiphon.dialect.families import ARRAY, GENERIC
from antiphon.dialect.grammar.turn import TurnWriter
from antiphon.dialect.reading.reading import Reading
from antiphon.dialect.teaching import build_lesson, tell_custom
from antiphon.dialect.traits import Traits
from antiphon.engine.remote.answer.manner import NO_TOKENS, Manner
from antiphon.engine.remote.answer.unwrapping import SCHEMA
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.kinds import Kind
from antiphon.engine.remote.request.grammars import write_lark
from antiphon.engine.remote.request.messages import (
    NATIVE,
    PLAINER,
    TAUGHT,
    Message,
    rename,
    write_messages,
    write_verbatim,
)
from antiphon.engine.remote.request.plan import Body, Plan
from antiphon.engine.remote.request.spelling import build_schema
from antiphon.engine.remote.request.tools import choose_names, write_tools
from antiphon.errors import InvalidGrammar


def plan_as_it_is(body: Body, kind: Kind, conversation: Conversation) -> Plan:
    """OpenAI's API, or a server that has all of it."""
    body["messages"] = list(write_verbatim(conversation.turns, conversation.instruction or ""))
    body |= write_tools(conversation, kind, {}) | write_format(conversation, as_asked=True)
    return Plan(body, Manner())


def plan_native(body: Body, kind: Kind, conversation: Conversation) -> Plan:
    """The upstream's template and parser."""
    names = choose_names(conversation.tools)
    lesson = build_lesson(replace(conversation, tools=()), GENERIC, knows_functions=True)
    turns = rename(conversation.turns, names)
    body["messages"] = write_messages(turns, lesson, traits_for(kind, NATIVE))
    body |= write_tools(conversation, kind, names) | write_format(conversation)
    manner = Manner(wrapped={name: custom for custom, name in names.items()})
    return Plan(body, manner, plainer_than(body, conversation, lesson))


def plan_taught(body: Body, found: Found, conversation: Conversation) -> Plan:
    """Our form of calls, in text."""
    kind, lesson = found.kind, build_lesson(conversation, GENERIC, knows_functions=False)
    body["messages"] = write_messages(conversation.turns, lesson, traits_for(kind, TAUGHT))
    manner = Manner(taught=build_reading(conversation))
    plainer = plainer_than(body, conversation, lesson)
    grammar = TurnWriter(conversation, GENERIC, NO_TOKENS, None, thinks=False).write() if found.takes_lark else None
    if grammar is None:
        return Plan(body | write_format(conversation), manner, plainer)
    return Plan(body | write_grammar(found, write_lark(grammar)), manner, plainer, grammar.suspect)


def write_grammar(found: Found, grammar: str) -> Body:
    """In the field that takes it."""
    if found.kind.grammars == "structured_outputs":
        return {"structured_outputs": {"grammar": grammar}}
    assert found.kind.grammars, "else it has none"
    return {found.kind.grammars: grammar}


def plan_spelled(body: Body, kind: Kind, conversation: Conversation) -> Plan:
    """Calls as JSON that follows a schema."""
    names = choose_names(conversation.tools)
    told = [
        replace(tool, name=names[tool.name], kind="function", parameters=SCHEMA) if tool.kind == "custom" else tool
        for tool in conversation.callable
    ]
    lesson = build_lesson(replace(conversation, tools=tuple(told), format=None), ARRAY, knows_functions=False)
    body["messages"] = write_messages(conversation.turns, lesson, traits_for(kind, TAUGHT))
    parallel = conversation.tool_choice.parallel
    schema = build_schema(conversation.callable, names, parallel=parallel)
    body["response_format"] = {
        "type": "json_schema",
        "json_schema": {"name": "calls", "schema": schema, "strict": True},
    }
    reading = Reading(form=ARRAY.name, functions={tool.name: () for tool in told}, must_call=True)
    wrapped = {name: custom for custom, name in names.items()}
    manner = Manner(taught=reading, wrapped=wrapped)
    return Plan(body, manner, plainer_than(body, conversation, lesson))


def plan_bare(body: Body, found: Found, tool: Tool, conversation: Conversation) -> Plan:
    """The answer is the tool's input and nothing else."""
    assert tool.grammar
    try:
        body |= write_grammar(found, write_gbnf(*tool.grammar))
    except NotExpressible as error:
        raise InvalidGrammar(tool.place, f"in the notation of the engine behind this model: {error}") from None
    told = "\n".join(tell_custom(tool)).removeprefix("- ")
    lesson = "\n\n".join(
        filter(None, (f"Write the input for this tool, as it is, and nothing else:\n{told}", conversation.instruction))
    )
    body["messages"] = write_messages(conversation.turns, lesson, traits_for(found.kind, TAUGHT))
    return Plan(body, Manner(bare=tool.name), plainer_than(body, conversation, lesson), tool.place)


def traits_for(kind: Kind, traits: Traits) -> Traits:
    """What its messages may have, and may not end with."""
    if "reasoning_content" in kind.capabilities:
        traits = replace(traits, reasoning="reasoning_content")
    return replace(traits, closes=frozenset({"assistant"})) if kind.goes_on else traits


def plainer_than(body: Body, conversation: Conversation, lesson: str) -> list[Message] | None:
    """Messages that nearly every template takes; None where those of the body are these."""
    plainer = write_messages(conversation.turns, lesson, PLAINER)
    return None if plainer == body["messages"] else plainer


def build_reading(conversation: Conversation) -> Reading | None:
    """How calls are told from text; None where there are none."""
    called = conversation.callable
    if not called:
        return None
    return Reading(
        form=GENERIC.name,
        functions={tool.name: () for tool in called if tool.kind == "function"},
        customs=tuple(tool.name for tool in called if tool.kind == "custom"),
        must_call=conversation.tool_choice.mode == "required",
    )


def write_format(conversation: Conversation, *, as_asked: bool = False) -> Body:
    """The response format as a field. as_asked: whether it is strict only where the client said so."""
    wanted = conversation.format
    if wanted is None:
        return {}
    if wanted.schema is None and not wanted.name:
        return {"response_format": {"type": "json_object"}}
    told = {"type": "object"} if wanted.schema is None else wanted.schema
    schema: Body = {"name": wanted.name or "answer", "schema": told}
    schema["strict"] = wanted.strict or not as_asked
    if wanted.description is not None:
        schema["description"] = wanted.description
    return {"response_format": {"type": "json_schema", "json_schema": schema}}
