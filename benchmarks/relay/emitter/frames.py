"""The bytes of a stream as vLLM sends it: an event for each token, each of them a chunk of HTTP's chunked encoding.

All of it is made once; a stream is a choice among these. Texts repeat after a hundred tokens, not before: the LiteLLM
proxy ends a stream whose chunks are all the same.
"""

import json
from typing import Any

from relay.emitter.script import MODEL

NUM_TEXTS = 100
TEXTS = tuple(f" tok{number:02}" for number in range(NUM_TEXTS))
PROMPT_TOKENS = 170

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
)
END = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"


def build_text(num_tokens: int) -> str:
    """The whole text of a stream."""
    return "".join(TEXTS[number % NUM_TEXTS] for number in range(num_tokens))


def build_ending(num_tokens: int, *, include_usage: bool) -> bytes:
    """What comes after the last token."""
    usage = {"prompt_tokens": PROMPT_TOKENS, "total_tokens": PROMPT_TOKENS + num_tokens}
    told = {"choices": [], "usage": {**usage, "completion_tokens": num_tokens}}
    return LAST + (_frame(told) if include_usage else b"") + END


def _choice(delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {"choices": [choice if reason is None else {**choice, "stop_reason": None}]}


def _frame(fields: dict[str, Any]) -> bytes:
    about = {"id": "chatcmpl-5f1c9d2be0a84f67", "object": "chat.completion.chunk", "created": 1795882941}
    event = f"data: {json.dumps({**about, 'model': MODEL, **fields}, separators=(',', ':'))}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(event), event)


ROLE = _frame(_choice({"role": "assistant", "content": ""}))
TOKENS = tuple(_frame(_choice({"content": text})) for text in TEXTS)
LAST = _frame(_choice({"content": ""}, "length"))
