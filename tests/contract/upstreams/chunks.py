"""Chunks of a stream as vLLM writes them, one for each token, and their frames."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
NAME = "upstream-model"
DONE = b"data: [DONE]\n\n"


def frame(value: Any) -> bytes:
    """A server-sent event with this JSON; bytes are frames already."""
    return value if isinstance(value, bytes) else f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def chunk(choices: Any, **fields: Any) -> Json:
    """A chunk with these choices."""
    return {
        "id": "chatcmpl-8a1",
        "object": "chat.completion.chunk",
        "created": 1795876733,
        "model": NAME,
        "choices": choices,
        **fields,
    }


def choice(delta: Any, number: Any = 0, **fields: Any) -> Json:
    """A chunk with one choice."""
    whole = {"index": number, "delta": delta, "logprobs": None, "finish_reason": None, **fields}
    return chunk([whole])


def role(number: int = 0) -> Json:
    """The first chunk of a choice."""
    return choice({"role": "assistant", "content": ""}, number)


def said(text: Any, number: Any = 0, *, logprobs: Any = None) -> Json:
    """A token of a choice."""
    return choice({"content": text}, number, logprobs=logprobs)


def thought(text: Any, number: int = 0, *, field: str = "reasoning") -> Json:
    """A token of a choice's reasoning."""
    return choice({field: text}, number)


def called(name: Any, arguments: Any = "", number: Any = 0, **fields: Any) -> Json:
    """A call begins."""
    call = {"index": number, "id": f"call_{number}", "type": "function"}
    return choice({"tool_calls": [{**call, "function": {"name": name, "arguments": arguments}, **fields}]})


def argued(text: Any, number: Any = 0) -> Json:
    """More of a call's arguments."""
    return choice({"tool_calls": [{"index": number, "function": {"arguments": text}}]})


def finished(reason: Any = "stop", number: int = 0) -> Json:
    """The last chunk of a choice."""
    return choice({"content": ""}, number, finish_reason=reason, stop_reason=None)


def counted(prompt: Any = 7, completion: Any = 2, **fields: Any) -> Json:
    """The chunk that tells the usage."""
    total = prompt + completion if isinstance(prompt, int) and isinstance(completion, int) else 0
    usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total, **fields}
    return chunk([], usage=usage)


def logprobs_of(token: str, top: int) -> Json:
    """What a choice has of one token."""
    entry: Json = {"token": token, "logprob": -0.25, "bytes": list(token.encode())}
    return {"content": [{**entry, "top_logprobs": [entry] * min(top, 1)}]}


def whole(message: Mapping[str, Any], *, finish_reason: str = "stop", usage: Any = None) -> Json:
    """A completion that is not streamed."""
    told = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9} if usage is None else usage
    said = {"index": 0, "message": dict(message), "logprobs": None, "finish_reason": finish_reason}
    return chunk([said], object="chat.completion", usage=told)


def render(pieces: Sequence[Any]) -> bytes:
    """All of them, one after the other."""
    return b"".join(frame(piece) for piece in pieces)
