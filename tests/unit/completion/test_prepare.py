"""From a request to a conversation and the way of decoding."""

import json
from typing import Any

import pytest

from antiphon.completion.prepare import build_conversation, build_decoding
from antiphon.dialect.conversation import Turn
from antiphon.engine.base import Decoding
from antiphon.schema.parse import parse_create
from antiphon.schema.request import CreateChatCompletion


def request(*messages: dict[str, Any], **fields: Any) -> CreateChatCompletion:
    """A validated request."""
    given = messages or ({"role": "user", "content": "Hi"},)
    return parse_create(json.dumps({"model": "m", "messages": given, **fields}).encode())


def text(value: str) -> dict[str, str]:
    """A text part."""
    return {"type": "text", "text": value}


TURNS: list[tuple[dict[str, Any], Turn]] = [
    ({"role": "system", "content": "s"}, Turn("system", "s")),
    ({"role": "developer", "content": "d"}, Turn("system", "d")),
    ({"role": "user", "content": "u", "name": "Ann"}, Turn("user", "u", "Ann")),
    ({"role": "user", "content": ""}, Turn("user", "")),
    ({"role": "user", "content": [text("a"), text("b")]}, Turn("user", "a\nb")),
    ({"role": "assistant", "content": "a"}, Turn("assistant", "a")),
    ({"role": "assistant"}, Turn("assistant", "")),
    ({"role": "assistant", "content": None, "refusal": "No."}, Turn("assistant", "No.")),
    ({"role": "assistant", "content": "Well.", "refusal": "No."}, Turn("assistant", "Well.\nNo.")),
    ({"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}, Turn("assistant", "No.")),
    ({"role": "tool", "content": "4", "tool_call_id": "c"}, Turn("tool", "4", None, "c")),
    ({"role": "function", "content": "4", "name": "f"}, Turn("tool", "4", "f")),
    ({"role": "function", "content": None, "name": "f"}, Turn("tool", "", "f")),
]


@pytest.mark.parametrize(("message", "turn"), TURNS)
def test_turns(message: dict[str, Any], turn: Turn) -> None:
    """Each message of the wire is one turn, without the wire's variety."""
    assert build_conversation(request(message).messages) == (turn,)


DECODINGS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"temperature": None, "top_p": None, "n": None, "stop": None, "logit_bias": None, "logprobs": None}, {}),
    ({"temperature": 0}, {"temperature": 0.0}),
    ({"top_p": 0}, {"top_p": 0.0}),
    ({"max_tokens": 3}, {"max_tokens": 3}),
    ({"max_completion_tokens": 3, "max_tokens": 3}, {"max_tokens": 3}),
    ({"stop": "a"}, {"stop": ("a",)}),
    ({"stop": ["a", "b"]}, {"stop": ("a", "b")}),
    ({"top_k": -1}, {"top_k": 0}),
    ({"top_k": 40, "min_p": 0.1}, {"top_k": 40, "min_p": 0.1}),
    ({"logit_bias": {"7": 1}}, {"logit_bias": {7: 1.0}}),
    ({"presence_penalty": 1, "frequency_penalty": -1}, {"presence_penalty": 1.0, "frequency_penalty": -1.0}),
    ({"logprobs": False}, {"logprobs": None}),
    ({"logprobs": True}, {"logprobs": 0}),
    ({"logprobs": True, "top_logprobs": 5}, {"logprobs": 5}),
    ({"n": 3}, {"n": 3}),
]


@pytest.mark.parametrize(("fields", "decoding"), DECODINGS)
def test_decodings(fields: dict[str, Any], decoding: dict[str, Any]) -> None:
    """What was asked for is kept, and the API's defaults fill in the rest: temperature 1, top_p 1, one choice."""
    assert build_decoding(request(seed=7, **fields)) == Decoding(seed=7, **decoding)


def test_without_a_seed_every_request_has_its_own() -> None:
    """Where no seed was asked for, answers vary; where one was, also 0, it is kept."""
    assert len({build_decoding(request()).seed for _ in range(10)}) == 10
    assert build_decoding(request(seed=0)).seed == 0
