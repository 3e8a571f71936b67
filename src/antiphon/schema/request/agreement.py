"""Fields of a request that must agree with each other. Each is well formed by itself already.

A rule looks at one thing and raises `InvalidRequest` at the field that is to be changed.
"""

from collections.abc import Iterable, Iterator
from typing import NoReturn

from antiphon.errors import InvalidRequest
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.messages import AssistantMessage, Message, ToolMessage
from antiphon.schema.request.parts import FilePart, InputFile, ends_prefix
from antiphon.schema.request.tools import (
    AllowedToolsChoice,
    CustomTool,
    FunctionTool,
    NamedCustomChoice,
    NamedFunctionChoice,
    NamedTool,
    ToolKind,
    kind_and_name,
)
from antiphon.schema.request.words import shorten

MOST_BREAKPOINTS = 4
NamesATool = FunctionTool | CustomTool | NamedFunctionChoice | NamedCustomChoice


def check_agreement(request: CreateChatCompletion) -> None:
    """Raises `InvalidRequest` for the first rule that is broken."""
    for rule in RULES:
        rule(request)


def _limits(request: CreateChatCompletion) -> None:
    if len({request.max_tokens, request.max_completion_tokens} - {None}) > 1:
        refuse("max_tokens", "'max_tokens' and 'max_completion_tokens' are twins and must not differ.")


def _logprobs(request: CreateChatCompletion) -> None:
    if request.top_logprobs is not None and not request.logprobs:
        refuse("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true.")


def _stream(request: CreateChatCompletion) -> None:
    if request.stream_options is not None and not request.stream:
        refuse("stream_options", "'stream_options' is only allowed when 'stream' is true.")


def _audio(request: CreateChatCompletion) -> None:
    spoken = "audio" in (request.modalities or ())
    if request.audio is not None and not spoken:
        refuse("audio", "'audio' is only allowed when 'modalities' has 'audio'.")
    if spoken and request.audio is None:
        refuse("audio", "'audio' is required when 'modalities' has 'audio'.", code="missing_required_parameter")


def _files(request: CreateChatCompletion) -> None:
    for place, file in find_files(request.messages):
        if (file.file_id is None) == (file.file_data is None):
            told = "is required, or 'file_id'" if file.file_id is None else "and 'file_id' exclude each other"
            code = "missing_required_parameter" if file.file_id is None else "invalid_value"
            refuse(f"{place}.file_data", f"'file_data' {told}.", code=code)
        if file.file_data is not None and not file.filename:
            refuse(f"{place}.filename", "'filename' is required beside 'file_data'.", code="missing_required_parameter")


def find_files(messages: Iterable[Message]) -> Iterator[tuple[str, InputFile]]:
    """The files that users send, with where they are."""
    for index, message in enumerate(messages):
        for number, part in enumerate(message.content if isinstance(message.content, list) else ()):
            if isinstance(part, FilePart):
                yield f"messages[{index}].content[{number}].file", part.file


def _tools(request: CreateChatCompletion) -> None:
    if request.tools:
        _check_names((f"tools[{i}].{tool.type}.name", kind_and_name(tool)) for i, tool in enumerate(request.tools))
        _check_choice(request)
        return
    for field in ("tool_choice", "parallel_tool_calls"):
        if getattr(request, field) is not None:
            refuse(field, f"'{field}' is only allowed when 'tools' are specified.")


def _check_names(tools: Iterable[tuple[str, tuple[ToolKind, str]]]) -> None:
    """Nobody could tell which of two was called."""
    seen: set[tuple[ToolKind, str]] = set()
    for path, (kind, name) in tools:
        if (kind, name) in seen:
            refuse(path, f"A tool of type '{kind}' with the name '{name}' is there already: names must differ.")
        seen.add((kind, name))


def _check_choice(request: CreateChatCompletion) -> None:
    known = {kind_and_name(tool) for tool in request.tools or ()}
    for path, named in _choices(request):
        if kind_and_name(named) not in known:
            kind, name = kind_and_name(named)
            refuse(path, f"No tool of type '{kind}' with the name '{name}' is in 'tools'.")


def _choices(request: CreateChatCompletion) -> Iterator[tuple[str, NamesATool]]:
    match request.tool_choice:
        case NamedFunctionChoice() | NamedCustomChoice() as choice:
            yield f"tool_choice.{choice.type}.name", choice
        case AllowedToolsChoice() as choice:
            for index, tool in enumerate(choice.allowed_tools.tools):
                yield f"tool_choice.allowed_tools.tools[{index}]", tool


def _functions(request: CreateChatCompletion) -> None:
    if request.functions and request.tools:
        refuse("functions", "'functions' is the deprecated form of 'tools' and is not allowed beside it.")
    _check_names((f"functions[{i}].name", ("function", one.name)) for i, one in enumerate(request.functions or ()))
    choice = request.function_call
    if choice is not None and not request.functions:
        refuse("function_call", "'function_call' is only allowed when 'functions' are specified.")
    if isinstance(choice, NamedTool) and choice.name not in {function.name for function in request.functions or ()}:
        refuse("function_call.name", f"No function with the name '{choice.name}' is in 'functions'.")


def _messages(request: CreateChatCompletion) -> None:
    calls: set[str] = set()
    for index, message in enumerate(request.messages):
        if isinstance(message, AssistantMessage):
            _check_assistant(message, f"messages[{index}]")
            calls.update(call.id for call in message.tool_calls or ())
        elif isinstance(message, ToolMessage) and message.tool_call_id not in calls:
            refuse(
                f"messages[{index}].tool_call_id",
                "Messages with role 'tool' must be a response to a preceding message with 'tool_calls';"
                f" no call before has the id '{shorten(message.tool_call_id)}'.",
            )


def _check_assistant(message: AssistantMessage, path: str) -> None:
    said = (message.refusal, message.tool_calls or None, message.function_call, message.audio)
    if message.content is None and all(thing is None for thing in said):
        refuse(
            f"{path}.content",
            f"Missing required parameter: '{path}.content'. Only beside calls, a refusal or audio may it be absent.",
            code="missing_required_parameter",
        )
    thoughts = {message.reasoning_content, message.reasoning} - {None, ""}
    if len(thoughts) > 1:
        refuse(f"{path}.reasoning", "'reasoning' and 'reasoning_content' are twins and must not differ.")


def _breakpoints(request: CreateChatCompletion) -> None:
    paths = list(_find_breakpoints(request))
    if len(paths) > MOST_BREAKPOINTS:
        refuse(
            paths[MOST_BREAKPOINTS],
            f"A request has at most {MOST_BREAKPOINTS} cache breakpoints, and this one has {len(paths)}."
            f" Leave out the earliest {len(paths) - MOST_BREAKPOINTS}: what they end is part of what the others do.",
        )


def _find_breakpoints(request: CreateChatCompletion) -> Iterator[str]:
    for index, message in enumerate(request.messages):
        for number, part in enumerate(message.content if isinstance(message.content, list) else ()):
            if ends_prefix(part):
                yield f"messages[{index}].content[{number}].prompt_cache_breakpoint"


def refuse(param: str, sentence: str, *, code: str = "invalid_value") -> NoReturn:
    """End the request at this field."""
    raise InvalidRequest(sentence, param=param, code=code)


RULES = (_limits, _logprobs, _stream, _audio, _files, _tools, _functions, _messages, _breakpoints)
