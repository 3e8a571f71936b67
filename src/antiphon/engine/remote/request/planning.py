"""Which way a conversation goes to an upstream, by what it can do and what is asked. Pure.

*As it is*: OpenAI's own API takes everything. *Native*: the upstream tells calls from text, which goes where that is
enough. *Taught*: calls are told of in the system prompt, enforced by a grammar of ours where the upstream takes one,
and read out of its text here. *Spelled*: calls are JSON that follows a schema, where they must come and there is no
grammar. *Bare*: the answer is a custom tool's input.
"""

from msgspec.structs import replace

from antiphon.dialect.conversation import Conversation, Tool
from antiphon.dialect.medium import Picture, Recording
from antiphon.engine.base import Decoding, Service
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.request.parts import with_media
from antiphon.engine.remote.request.plan import Body, Plan
from antiphon.engine.remote.request.sampling import write_sampling
from antiphon.engine.remote.request.ways import plan_as_it_is, plan_bare, plan_native, plan_spelled, plan_taught
from antiphon.errors import InvalidRequest, UnsupportedParameter


def build_plan(found: Found, conversation: Conversation, decoding: Decoding, service: Service) -> Plan:
    """May take a while with grammars and media. Raises an `InvalidRequest` for what cannot be had of this upstream."""
    check_tokens(found, decoding)
    check_senses(found, conversation)
    body: Body = {
        "model": found.model,
        "stream": True,
        "stream_options": {"include_usage": True},
        **write_sampling(found, decoding, service),
    }
    if conversation.effort and "reasoning_effort" in found.capabilities:
        body["reasoning_effort"] = conversation.effort
    stops: tuple[str, ...] = ()
    if conversation.callable and not found.kind.native:  # an upstream would look for them in calls too
        body.pop("stop", None)
        stops = () if is_forced(conversation) else decoding.stop
    plan = with_media(choose_way(body, found, conversation), conversation.media, found.kind)
    manner = replace(
        plan.manner,
        num_top=decoding.logprobs,
        stops=stops,
        usage_each=found.kind.usage_each,
        trims=found.kind.trims,
        stops_there="stop" in body,
    )
    return replace(plan, manner=manner)


def choose_way(body: Body, found: Found, conversation: Conversation) -> Plan:
    """Raises as `build_plan` does."""
    if found.kind.native:
        return plan_as_it_is(body, found.kind, conversation)
    if tool := bare_tool(found, conversation):
        return plan_bare(body, found, tool, conversation)
    if found.takes_lark and (conversation.format or needs_grammar(conversation)):
        return plan_taught(body, found, conversation)
    check_possible(found, conversation)
    if is_forced(conversation) and not (found.parses_tools and found.kind.holds_calls):
        return plan_spelled(body, found.kind, conversation)
    if conversation.tools and not found.parses_tools:
        return plan_taught(body, found, conversation)
    if is_forced(conversation):
        conversation = replace(conversation, format=None)
    return plan_native(body, found.kind, conversation)


def check_tokens(found: Found, decoding: Decoding) -> None:
    """Raises `InvalidRequest` for a token that there is not: some upstreams pass over it."""
    for token in decoding.logit_bias:
        if found.num_vocab is not None and token >= found.num_vocab:
            reason = f"Invalid 'logit_bias.{token}': this model's token ids end at {found.num_vocab - 1}."
            raise InvalidRequest(reason, param=f"logit_bias.{token}", code="invalid_value")


def check_senses(found: Found, conversation: Conversation) -> None:
    """Raises `UnsupportedParameter` for a medium that this upstream does not take, though others of the model did."""
    for medium in conversation.media.values():
        if isinstance(medium, Picture) and not found.sees:
            raise UnsupportedParameter(medium.place, "The engine behind this model does not see.")
        if isinstance(medium, Recording) and not found.hears:
            raise UnsupportedParameter(medium.place, "The engine behind this model does not hear.")


def needs_grammar(conversation: Conversation) -> bool:
    """Whether calls must be held to more than parsers of upstreams do."""
    called, choice = conversation.callable, conversation.tool_choice
    if not called:
        return False
    return (
        is_forced(conversation) or not choice.parallel or any(tool.kind == "custom" or tool.strict for tool in called)
    )


def is_forced(conversation: Conversation) -> bool:
    """Whether the answer must be calls and nothing else."""
    return bool(conversation.callable) and conversation.tool_choice.mode == "required"


def check_possible(found: Found, conversation: Conversation) -> None:
    """Raises `UnsupportedParameter`."""
    for tool in conversation.callable:
        if tool.kind == "custom" and tool.grammar:
            advice = "The engine behind this model takes no grammar for a tool among others."
            if found.kind.grammars:
                advice = "The engine behind this model takes it only where 'tool_choice' names this tool."
            raise UnsupportedParameter(tool.place, advice)
    is_open = conversation.format and conversation.callable and not is_forced(conversation)
    if is_open and not (found.parses_tools and found.kind.formats_beside_tools):
        raise UnsupportedParameter(
            "response_format", "The engine behind this model cannot have it beside 'tools': leave one of them out."
        )


def bare_tool(found: Found, conversation: Conversation) -> Tool | None:
    """The custom tool with a grammar that is the only one to be called, and must be, once: then the answer is its
    input, which llama-server can hold to a grammar.
    """
    choice, tools = conversation.tool_choice, conversation.callable
    alone = len(tools) == 1 and choice.mode == "required" and not choice.parallel
    is_it = alone and tools[0].kind == "custom" and tools[0].grammar and found.kind.grammars and not found.takes_lark
    return tools[0] if is_it else None
