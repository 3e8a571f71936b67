"""What an upstream is to play, told in the prompt: so it passes through any gateway, and each stream has its own.

It knows the shape of a request and nothing of connections.
"""

import json
from typing import Any

import msgspec

from antiphon.bench.prompts import WORDS

MODEL = "m"
# As long as a short system prompt is, because a gateway reads it too.
INSTRUCTIONS = " ".join(WORDS[:150])


class Script(msgspec.Struct, frozen=True):
    """per_second: None is as fast as they are taken. held_after: so many tokens, then it waits until it is released."""

    tokens: int
    per_second: float | None = None
    held_after: int | None = None


class Asked(msgspec.Struct, frozen=True):
    """What a request is for."""

    script: Script
    include_usage: bool


def build_body(script: Script, *, obfuscate: bool) -> bytes:
    """A request that any gateway takes. obfuscate: False switches padding off, which only ours has."""
    options = {"include_usage": True} if obfuscate else {"include_usage": True, "include_obfuscation": False}
    messages = [
        {"role": "system", "content": INSTRUCTIONS},
        {"role": "user", "content": msgspec.json.encode(script).decode()},
    ]
    limits = {"max_tokens": script.tokens, "temperature": 0.5}
    return json.dumps(
        {"model": MODEL, "messages": messages, **limits, "stream": True, "stream_options": options}
    ).encode()


def parse_body(body: bytes) -> Asked:
    """What a request asks for. Raises `ValueError` for one without a script."""
    try:
        request: dict[str, Any] = msgspec.json.decode(body)
        content = request["messages"][-1]["content"]
        text = content if isinstance(content, str) else "".join(part["text"] for part in content)
        usage = bool((request.get("stream_options") or {}).get("include_usage"))
        return Asked(msgspec.json.decode(text, type=Script), usage)
    except (LookupError, TypeError, AttributeError, msgspec.MsgspecError) as error:
        raise ValueError(f"the last message is no script: {error}") from error
