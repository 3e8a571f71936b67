"""Streams as bytes: events, their end, usage and obfuscation, read without the official package."""

import json
from typing import Any

import httpx
import pytest

from tests.conformance.form import check_chunks
from tests.model.ask import MODEL

DONE = "[DONE]"


def stream(http: httpx.Client, **fields: Any) -> list[dict[str, Any]]:
    """The chunks of a stream whose events are well formed and whose end is told."""
    request: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "Tell me about the sea."}],
                               "stream": True, "temperature": 0, "max_tokens": 6, **fields}  # fmt: skip
    answer = http.post("/v1/chat/completions", json=request)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
    *events, last, nothing = answer.text.split("\n\n")
    assert (last, nothing) == (f"data: {DONE}", "")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    assert all(event.startswith("data: ") and "\n" not in event for event in events)
    check_chunks(chunks, request)
    return chunks


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}])
def test_no_usage(http: httpx.Client, options: dict[str, Any] | None) -> None:
    """Unless it is asked for, no chunk speaks of usage."""
    assert all("usage" not in chunk for chunk in stream(http, stream_options=options))


def test_usage(http: httpx.Client) -> None:
    """It comes in a last chunk of its own."""
    assert stream(http, stream_options={"include_usage": True})[-1]["usage"]["completion_tokens"] == 6


def test_obfuscation(http: httpx.Client) -> None:
    """Chunks are padded to like sizes, unless asked away; the padding is no part of the text."""
    padded = stream(http, stream_options={"include_usage": True})
    plain = stream(http, stream_options={"include_usage": True, "include_obfuscation": False})
    assert all("obfuscation" in chunk for chunk in padded) and not any("obfuscation" in chunk for chunk in plain)
    assert [chunk["choices"] for chunk in padded] == [chunk["choices"] for chunk in plain]


def test_a_chunk_for_each_token(http: httpx.Client) -> None:
    """Text comes as it is made, not in one piece."""
    texts = [choice["delta"].get("content") for chunk in stream(http) for choice in chunk["choices"]]
    assert len([text for text in texts if text]) >= 4


def test_kept_connections(http: httpx.Client) -> None:
    """One connection serves a stream, a whole answer and a refusal, one after the other."""
    body: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "max_tokens": 2}
    for _ in range(2):
        stream(http)
        assert http.post("/v1/chat/completions", json=body).status_code == 200
        assert http.post("/v1/chat/completions", json={**body, "max_tokens": 0}).status_code == 400
