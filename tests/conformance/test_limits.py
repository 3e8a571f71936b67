"""Limits of an answer and of the context: exact, and refused with both numbers where they cannot be kept."""

import re
from typing import Any

import httpx
import pytest

from tests.conformance.asker import Asker
from tests.model.ask import MODEL

SEA = "Tell me about the sea."
LONG = "one two three " * 1000


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize("limit", [1, 2, 17])
def test_limit(ask: Asker, field: str, limit: int) -> None:
    """An answer that meets its limit has exactly that many tokens and ends for `length`."""
    answer = ask.both(SEA, temperature=0, logprobs=True, **{field: limit})
    assert answer.usage["completion_tokens"] == limit == len(answer.only.tokens)
    assert answer.only.finish == "length"


def test_both_limits(ask: Asker) -> None:
    """The two fields may say the same, and nothing else."""
    assert ask.whole(SEA, max_tokens=2, max_completion_tokens=2, seed=1).usage["completion_tokens"] == 2
    error = ask.refused(SEA, max_tokens=2, max_completion_tokens=3)
    assert (error.status_code, error.type) == (400, "invalid_request_error")


def context_of(http: httpx.Client) -> int:
    """What the server says of its model."""
    length: int = http.get(f"/v1/models/{MODEL}").json()["context_length"]
    return length


def test_long_prompt(ask: Asker, http: httpx.Client) -> None:
    """A prompt beyond the context is 400 with both numbers, before a stream begins, and the next one is answered."""
    error = ask.refused(LONG, max_tokens=4)
    assert (error.status_code, error.code, error.param) == (400, "context_length_exceeded", "messages")
    assert f"maximum context length is {context_of(http)} tokens" in error.message
    [resulted] = re.findall(r"resulted in (?:at least )?([0-9]+) tokens|you requested ([0-9]+) tokens", error.message)
    assert int(max(resulted)) > context_of(http)
    assert ask.whole("hi", max_tokens=1).usage["completion_tokens"] == 1


def test_long_answer(ask: Asker, http: httpx.Client) -> None:
    """A prompt that fits alone, but not with the tokens asked for, is refused with all numbers. Upstreams do not count
    before they begin: there an answer ends with the context at the latest.
    """
    context, prompt = context_of(http), ask.whole("hi", max_tokens=1).usage["prompt_tokens"]
    if ask.target.upstream:
        assert ask.whole("hi", temperature=0, max_tokens=context).usage["total_tokens"] <= context
        return
    error = ask.refused("hi", max_tokens=context)
    assert error.code == "context_length_exceeded"
    for number in (context, prompt, prompt + context):
        assert re.search(rf"\b{number}\b", error.message)


FIELDS: dict[str, Any] = {"max_tokens": 4, "temperature": 0}


def test_fits(ask: Asker, http: httpx.Client) -> None:
    """A prompt that leaves just room for what is asked for is answered."""
    text = " sea" * (context_of(http) // 8)
    assert ask.whole(text, **FIELDS).usage["prompt_tokens"] > context_of(http) // 8
