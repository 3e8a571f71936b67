"""From the wire's messages and tools to a conversation. Knows both, and nothing of templates or engines."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from antiphon.completion.placing import NOTHING_GATHERED, Gathered, Placing
from antiphon.dialect.arguments import parse_object
from antiphon.dialect.conversation import Conversation, JsonFormat, Tool, ToolCall, ToolChoice, Turn
from antiphon.schema.request import tools as wire
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.messages import (
    AssistantMessage,
    DeveloperMessage,
    FunctionMessage,
    Message,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from antiphon.schema.request.options import JsonObjectResponse, JsonSchemaResponse, ResponseFormat
from antiphon.schema.request.parts import RefusalPart, TextContent, UserPart, ends_prefix

VERBOSITY = {
    "low": "Keep your answer as short as it can be: a sentence or two, without introduction, repetition or summary.",
    "high": "Answer at length: explain every step, and give reasons, examples and details.",
}
"""What `verbosity` says to the model; `medium` says nothing."""


def build_conversation(request: CreateChatCompletion, gathered: Gathered = NOTHING_GATHERED) -> Conversation:
    """Everything a prompt is made of. gathered: what its parts come to that are not text."""
    placing = Placing(gathered)
    if placing.num_media:
        placing.choose_marks(find_texts(request, gathered))
    turns = tuple(build_turns(request.messages, placing))
    return Conversation(
        turns=turns,
        tools=tuple(build_tools(request)),
        tool_choice=build_tool_choice(request),
        effort=request.reasoning_effort,
        instruction=VERBOSITY.get(request.verbosity or "medium"),
        format=build_format(request.response_format),
        media=placing.media,
    )


def find_texts(request: CreateChatCompletion, gathered: Gathered) -> Iterator[str]:
    """All that the prompt may have of the request's."""
    for turn in build_turns(request.messages, Placing(NOTHING_GATHERED)):
        yield repr(turn)
        yield from filter(None, (turn.text, turn.reasoning, turn.name))
        for call in turn.tool_calls:
            yield call.arguments
            yield repr(parse_object(call.arguments))  # where signs may stand as JSON's escapes
    yield from (part for parts in gathered.values() for part in parts if isinstance(part, str))
    yield repr((request.tools, request.functions, request.response_format))


def build_turns(messages: Sequence[Message], placing: Placing) -> Iterator[Turn]:
    """One turn for each message. Results learn the name of the tool they come from."""
    names: dict[str, str] = {}
    latest: dict[str, str] = {}
    for index, message in enumerate(messages):
        turn = build_turn(message, index, placing)
        for call in turn.tool_calls:
            names[call.id] = call.name
            latest[call.name] = call.id
        match message:
            case ToolMessage():
                name = names.get(message.tool_call_id)
                yield replace(turn, name=name, tool_call_id=message.tool_call_id)
            case FunctionMessage():
                yield replace(turn, name=message.name, tool_call_id=latest.get(message.name))
            case _:
                yield turn


def build_turn(message: Message, index: int, placing: Placing) -> Turn:
    """A message without the wire's variety. index: its place, which makes the id of a call in the deprecated form."""
    content = message.content or ""
    texts = [] if isinstance(content, str) else list(placing.texts_of(content, f"messages[{index}].content"))
    text = content if isinstance(content, str) else "\n".join(text for text in texts if text is not None)
    breakpoints = () if isinstance(content, str) else tuple(find_breakpoints(content, texts))
    match message:
        case DeveloperMessage() | SystemMessage():
            return Turn(message.role, text, message.name, breakpoints=breakpoints)
        case UserMessage():
            return Turn("user", text, message.name, breakpoints=breakpoints)
        case AssistantMessage():
            spoken = (said for said in placing.spoken(f"messages[{index}].audio") if said != text)
            said = filter(None, (text, message.refusal, *spoken))
            return Turn(
                "assistant",
                "\n".join(said),
                message.name,
                tool_calls=tuple(build_calls(message, index)),
                reasoning=message.reasoning_content or message.reasoning,
                breakpoints=breakpoints,
            )
        case ToolMessage() | FunctionMessage():
            return Turn("tool", text, breakpoints=breakpoints)


def build_calls(message: AssistantMessage, index: int) -> Iterator[ToolCall]:
    """The calls of a message, in either form."""
    for call in message.tool_calls or ():
        match call:
            case wire.PastFunctionCall():
                yield ToolCall(call.id, call.function.name, call.function.arguments)
            case wire.PastCustomCall():
                yield ToolCall(call.id, call.custom.name, call.custom.input, "custom")
    if message.function_call:
        yield ToolCall(f"call_{index}", message.function_call.name, message.function_call.arguments)


def join(content: TextContent) -> str:
    """Content as one text; parts stand on lines of their own, as in vLLM and llama-server."""
    return content if isinstance(content, str) else "\n".join(part.text for part in content)


def find_breakpoints(content: Sequence[UserPart | RefusalPart], texts: Sequence[str | None]) -> Iterator[int]:
    """How much of the joined text stands up to the end of each part that ends a prefix. texts: what each says."""
    length: int | None = None
    for part, text in zip(content, texts, strict=True):
        if text is not None:
            length = len(text) if length is None else length + len("\n" + text)
        if ends_prefix(part):
            yield length or 0


def build_format(wanted: ResponseFormat | None) -> JsonFormat | None:
    """What the answer must be, if it must be JSON. A schema that is left out is that of any object."""
    match wanted:
        case JsonSchemaResponse(json_schema=given):
            return JsonFormat(
                given.schema_, given.name, given.description, "response_format.json_schema.schema", bool(given.strict)
            )
        case JsonObjectResponse():
            return JsonFormat(place="response_format")
    return None


def build_tools(request: CreateChatCompletion) -> Iterator[Tool]:
    """The tools of a request, in either form."""
    for index, function in enumerate(request.functions or ()):
        place = f"functions[{index}].parameters"
        yield Tool(function.name, description=function.description, parameters=function.parameters, place=place)
    for index, tool in enumerate(request.tools or ()):
        match tool:
            case wire.FunctionTool(function=function):
                yield Tool(
                    function.name,
                    description=function.description,
                    parameters=function.parameters,
                    strict=bool(function.strict),
                    place=f"tools[{index}].function.parameters",
                )
            case wire.CustomTool(custom=custom):
                place = f"tools[{index}].custom.format.grammar.definition"
                yield Tool(custom.name, "custom", custom.description, grammar=build_grammar(custom), place=place)


def build_grammar(custom: wire.CustomDefinition) -> tuple[wire.Syntax, str] | None:
    """What a custom tool's input must match, if anything."""
    if isinstance(custom.format, wire.GrammarFormat):
        return custom.format.grammar.syntax, custom.format.grammar.definition
    return None


def build_tool_choice(request: CreateChatCompletion) -> ToolChoice:
    """Either form in one. The deprecated one calls one function at a time."""
    parallel = request.parallel_tool_calls is not False and not request.functions
    match request.tool_choice or request.function_call:
        case "none" | "required" as mode:
            return ToolChoice(mode, parallel=parallel)
        case wire.NamedFunctionChoice(function=wire.NamedTool(name=name)) | wire.NamedTool(name=name):
            return ToolChoice("required", frozenset({("function", name)}), parallel=False)
        case wire.NamedCustomChoice(custom=wire.NamedTool(name=name)):
            return ToolChoice("required", frozenset({("custom", name)}), parallel=False)
        case wire.AllowedToolsChoice(allowed_tools=allowed):
            only = frozenset(wire.kind_and_name(tool) for tool in allowed.tools)
            return ToolChoice(allowed.mode, only, parallel=parallel)
    return ToolChoice(parallel=parallel)
