"""What Schemathesis makes out of `/openapi.json`, good and bad: the answer is always one that is described there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from antiphon.schema.request.agreement import MOST_BREAKPOINTS
from tests.contract.able import serve_able
from tests.contract.live import frames
from tests.contract.test_answers import CHUNK

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance]
COMPLETIONS, MODELS, MODEL, HEALTH = "/v1/chat/completions", "/v1/models", "/v1/models/{model}", "/health"
TEXT = {"type": "text", "text": "Hello"}
VOICE = {"voice": "alloy", "format": "wav"}
bounded = settings(max_examples=120, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def schema() -> Iterator[Any]:
    """The description of a running server, read from it."""
    with serve_able() as url:
        yield schemathesis.openapi.from_url(f"{url}/openapi.json")


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection for all."""
    with requests.Session() as session:
        yield session


STORED, FILES = "/v1/chat/completions/{completion_id}", "/v1/files"
OPERATIONS = [
    (COMPLETIONS, "GET", GenerationMode.POSITIVE),
    (COMPLETIONS, "GET", GenerationMode.NEGATIVE),
    (STORED, "GET", GenerationMode.POSITIVE),
    (STORED, "DELETE", GenerationMode.POSITIVE),
    (STORED, "POST", GenerationMode.POSITIVE),
    (STORED, "POST", GenerationMode.NEGATIVE),
    (f"{STORED}/messages", "GET", GenerationMode.POSITIVE),
    (f"{STORED}/messages", "GET", GenerationMode.NEGATIVE),
    (COMPLETIONS, "POST", GenerationMode.POSITIVE),
    (COMPLETIONS, "POST", GenerationMode.NEGATIVE),
    (FILES, "GET", GenerationMode.POSITIVE),
    (FILES, "GET", GenerationMode.NEGATIVE),
    (FILES, "POST", GenerationMode.POSITIVE),
    (f"{FILES}/{{file_id}}", "GET", GenerationMode.POSITIVE),
    (f"{FILES}/{{file_id}}", "DELETE", GenerationMode.POSITIVE),
    (f"{FILES}/{{file_id}}/content", "GET", GenerationMode.POSITIVE),
    (MODEL, "GET", GenerationMode.POSITIVE),
    (MODELS, "GET", GenerationMode.POSITIVE),
    (HEALTH, "GET", GenerationMode.POSITIVE),
]


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_every_answer_is_described(
    schema: Any, session: requests.Session, path: str, method: str, mode: GenerationMode
) -> None:
    """Whatever is sent: no 5xx, and status, content type, headers and body are as the description says.

    What is bad by the description is refused.
    """

    @bounded
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        bad = mode is GenerationMode.NEGATIVE and not is_good_as_text(case)
        checks = [*CHECKS, negative_data_rejection] if bad else CHECKS
        answer = case.call(session=session)
        if answer.headers["content-type"][0].startswith("text/event-stream"):
            check_stream(answer.text)
            case.validate_response(answer, checks=checks)
        else:
            case.validate_response(answer, checks=[*checks, response_schema_conformance])

    send()


def is_good_as_text(case: schemathesis.Case) -> bool:
    """Whether what is bad may be good as it is sent: in a query, what was no text becomes one, or several pairs."""
    return any(name.startswith("metadata[") for name in case.query or {})


def check_stream(text: str) -> None:
    """Each event is as the description says. Schemathesis would hold the event itself against it, not its data."""
    *chunks, done = frames(text)
    assert done == "[DONE]"
    assert all(CHUNK.is_valid(json.loads(chunk)) for chunk in chunks)


def test_what_is_described_and_agrees_is_answered(schema: Any, session: requests.Session) -> None:
    """A request that is good by the description, and whose fields agree, is answered."""

    @bounded
    @given(case=schema[COMPLETIONS]["POST"].as_strategy())
    def send(case: schemathesis.Case) -> None:
        case.body = agreeing(case.body)
        answer = case.call(session=session)
        assert answer.status_code == 200, (answer.text, case.body)

    send()


def without_media(message: dict[str, Any]) -> dict[str, Any]:
    """What is in a picture, a recording or a file, and which there are, no schema could tell."""
    kept = {name: value for name, value in message.items() if name != "audio"}
    if message["role"] == "assistant" and message.get("audio"):
        kept["content"] = kept.get("content") or "Hello"
    if isinstance(message.get("content"), list):
        kept["content"] = [part if "text" in part or "refusal" in part else TEXT for part in message["content"]]
    return kept


def agreeing(request: dict[str, Any]) -> dict[str, Any]:
    """A request without what does not agree, which no schema could tell, and without what a script cannot follow."""
    kept = {name: value for name, value in request.items() if value is not None}
    kept.pop("max_tokens", None)
    kept.pop("response_format", None)
    if not kept.get("logprobs"):
        kept.pop("top_logprobs", None)
    if not kept.get("stream"):
        kept.pop("stream_options", None)
    kept["messages"] = list(map(without_media, kept["messages"]))
    kept.pop("audio", None)
    if "audio" in kept.get("modalities", ()):
        kept["audio"] = VOICE
    for field in ("functions", "tool_choice", "parallel_tool_calls") if kept.get("tools") else ("tools", "tool_choice"):
        kept.pop(field, None)
    if not kept.get("tools"):
        kept.pop("parallel_tool_calls", None)
    for field in ("tools", "functions"):
        if kept.get(field):
            kept[field] = list({name_of(tool): tool for tool in kept[field]}.values())
    if kept.pop("function_call", None) and kept.get("functions"):
        kept["function_call"] = "auto"
    kept["messages"] = [message for message in map(agreeing_message, kept["messages"]) if message["role"] != "tool"]
    parts = [
        part for message in kept["messages"] if isinstance(message["content"], list) for part in message["content"]
    ]
    for part in [part for part in parts if part.get("prompt_cache_breakpoint")][MOST_BREAKPOINTS:]:
        part.pop("prompt_cache_breakpoint", None)
    return kept | {"messages": kept["messages"] or [{"role": "user", "content": "Hi"}], "n": 2}


def name_of(tool: dict[str, Any]) -> tuple[str, str]:
    """What no two tools, or functions, may share."""
    kind = tool.get("type", "")
    return kind, tool.get(kind, tool)["name"]


def agreeing_message(message: dict[str, Any]) -> dict[str, Any]:
    """A message that has content and one chain of thoughts. Without a participant's name, because regular expressions
    of JSON and of Rust do not mean the same by white space.
    """
    kept = {name: value for name, value in message.items() if name != "reasoning"}
    if kept["role"] != "function":
        kept.pop("name", None)
    if kept.get("content") is None and kept["role"] != "function":
        kept["content"] = ""
    return kept
