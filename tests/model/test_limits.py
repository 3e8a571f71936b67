"""What does not fit is refused with the numbers that say why, and hurts nobody else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.model.ask import MODEL
from tests.model.plain import NEVER_END, Vocabulary
from tests.model.processes import serve

COMPLETIONS = "/v1/chat/completions"
CONTEXT = 256
LONG = "one two three " * 200


@pytest.fixture(scope="module")
def small(folder: Path) -> Iterator[httpx.Client]:
    """A server with a context of 256 tokens."""
    with (
        serve(folder, "--parallel", "2", "--context", str(CONTEXT)) as server,
        httpx.Client(base_url=server.url, timeout=60) as http,
    ):
        yield http
        assert http.get("/health").status_code == 200


def body(text: str, **fields: Any) -> dict[str, Any]:
    """A request with one user message."""
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **fields}


def refusal(http: httpx.Client, text: str, **fields: Any) -> dict[str, Any]:
    """The error of a request that must be answered 400; the next one must be answered."""
    response = http.post(COMPLETIONS, json=body(text, **fields))
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/json"
    assert http.post(COMPLETIONS, json=body("hi", max_tokens=1)).status_code == 200
    error: dict[str, Any] = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    return error


@pytest.mark.parametrize("stream", [False, True])
def test_prompt(small: httpx.Client, vocabulary: Vocabulary, stream: bool) -> None:
    """A prompt beyond the context is refused with both numbers, before a stream begins."""
    error = refusal(small, LONG, stream=stream)
    assert (error["code"], error["param"]) == ("context_length_exceeded", "messages")
    num_tokens = len(vocabulary.prompt(("user", LONG)))
    assert f"maximum context length is {CONTEXT} tokens" in error["message"]
    assert f"your messages resulted in {num_tokens} tokens" in error["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_prompt_and_limit(small: httpx.Client, vocabulary: Vocabulary, stream: bool) -> None:
    """A prompt that fits alone, but not with the tokens asked for, is refused with all numbers."""
    error = refusal(small, "hi", stream=stream, max_tokens=CONTEXT)
    assert error["code"] == "context_length_exceeded"
    prompt = len(vocabulary.prompt(("user", "hi")))
    assert f"maximum context length is {CONTEXT} tokens" in error["message"]
    assert f"{prompt + CONTEXT} tokens ({prompt} in the messages, {CONTEXT} in the completion)" in error["message"]


def test_exact_fit(small: httpx.Client, vocabulary: Vocabulary) -> None:
    """Prompt and answer may fill the context to the last token, and one token more is refused."""
    room = CONTEXT - len(vocabulary.prompt(("user", "hi")))
    answer = small.post(COMPLETIONS, json=body("hi", max_tokens=room, logit_bias=NEVER_END)).json()
    assert answer["usage"]["total_tokens"] == CONTEXT
    assert answer["choices"][0]["finish_reason"] == "length"
    assert refusal(small, "hi", max_tokens=room + 1)["code"] == "context_length_exceeded"


def test_no_limit(small: httpx.Client) -> None:
    """Without a limit an answer goes on to the end of the context, and ends there for `length`."""
    answer = small.post(COMPLETIONS, json=body("hi", logit_bias=NEVER_END)).json()
    assert (answer["usage"]["total_tokens"], answer["choices"][0]["finish_reason"]) == (CONTEXT, "length")


@pytest.mark.parametrize("prompt_tokens", [CONTEXT - 1, CONTEXT])
def test_full_prompt(small: httpx.Client, vocabulary: Vocabulary, prompt_tokens: int) -> None:
    """A prompt that leaves room for one token is answered with one; one that leaves none is refused."""
    frame = len(vocabulary.prompt(("user", "")))
    text = next(text for n in range(CONTEXT) if len(vocabulary.prompt(("user", text := " sea" * n))) == prompt_tokens)
    assert prompt_tokens > frame
    response = small.post(COMPLETIONS, json=body(text))
    if prompt_tokens < CONTEXT:
        assert response.json()["usage"]["total_tokens"] <= CONTEXT
    else:
        assert response.json()["error"]["code"] == "context_length_exceeded"


def test_many_choices(small: httpx.Client) -> None:
    """More choices than are computed together wait for each other, and all are answered."""
    answer = small.post(COMPLETIONS, json=body("hi", n=9, max_tokens=3, logit_bias=NEVER_END)).json()
    assert [choice["index"] for choice in answer["choices"]] == list(range(9))
    assert answer["usage"]["completion_tokens"] == 27


@pytest.mark.parametrize("token", ["49152", "9999999999"])
def test_unknown_token(small: httpx.Client, token: str) -> None:
    """A token id that the model does not have is refused by its name."""
    error = refusal(small, "hi", logit_bias={"0": 1, token: 1})
    assert error["param"] == f"logit_bias.{token}"
    assert "49151" in error["message"]


@pytest.mark.parametrize("text", ["sea " * 1_000_000, "a" * 5_000_000, "<|im_end|>" * 400_000, "漢" * 1_000_000])
def test_huge_prompt(http: httpx.Client, text: str) -> None:
    """Megabytes of prompt are refused while a stream beside them runs on."""
    running = body("hi", max_tokens=4000, logit_bias=NEVER_END, stream=True)
    with http.stream("POST", COMPLETIONS, json=running) as stream:
        frames = (line for line in stream.iter_lines() if line)
        for _ in range(3):
            next(frames)
        assert refusal(http, text)["code"] == "context_length_exceeded"
        # Far fewer tokens than are still to come can have been on their way meanwhile.
        later = [json.loads(next(frames).removeprefix("data: ")) for _ in range(5)]
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in later)
