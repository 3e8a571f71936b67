"""From a validated request to what an engine takes: a conversation, and how to decode."""

import secrets
from collections.abc import Sequence

from antiphon.dialect.conversation import Conversation, Turn
from antiphon.engine.base import Decoding
from antiphon.schema.messages import (
    AssistantMessage,
    DeveloperMessage,
    FunctionMessage,
    Message,
    RefusalPart,
    SystemMessage,
    TextPart,
    ToolMessage,
    UserMessage,
)
from antiphon.schema.request import CreateChatCompletion

INT63 = 2**63


def build_conversation(messages: Sequence[Message]) -> Conversation:
    """The turns of a request: one for each message."""
    return tuple(map(build_turn, messages))


def build_turn(message: Message) -> Turn:
    """A message without the wire's variety."""
    match message:
        case DeveloperMessage() | SystemMessage():
            return Turn("system", join(message.content), message.name)
        case UserMessage():
            return Turn("user", join(message.content), message.name)
        case AssistantMessage():
            said = filter(None, (join(message.content or ""), message.refusal))
            return Turn("assistant", "\n".join(said), message.name)
        case ToolMessage():
            return Turn("tool", join(message.content), tool_call_id=message.tool_call_id)
        case FunctionMessage():
            return Turn("tool", message.content or "", message.name)


def join(content: str | Sequence[TextPart | RefusalPart]) -> str:
    """Content as one text; parts stand on lines of their own, as in vLLM and llama-server."""
    if isinstance(content, str):
        return content
    return "\n".join(part.text if isinstance(part, TextPart) else part.refusal for part in content)


def build_decoding(request: CreateChatCompletion) -> Decoding:
    """The API's defaults filled in; a random seed where none was asked for."""
    return Decoding(
        max_tokens=request.max_completion_tokens or request.max_tokens,
        temperature=1.0 if request.temperature is None else request.temperature,
        top_p=1.0 if request.top_p is None else request.top_p,
        top_k=max(request.top_k or 0, 0),
        min_p=request.min_p or 0.0,
        presence_penalty=request.presence_penalty or 0.0,
        frequency_penalty=request.frequency_penalty or 0.0,
        logit_bias={int(token): bias for token, bias in (request.logit_bias or {}).items()},
        stop=(request.stop,) if isinstance(request.stop, str) else tuple(request.stop or ()),
        seed=secrets.randbelow(INT63) if request.seed is None else request.seed,
        n=request.n or 1,
        logprobs=(request.top_logprobs or 0) if request.logprobs else None,
    )
