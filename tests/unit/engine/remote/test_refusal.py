"""What each status of an upstream means: for the client, for the upstream, and for who is asked next."""

import json
import time
from collections.abc import AsyncIterator
from email.utils import formatdate
from typing import Any

import pytest
from multidict import CIMultiDict

from antiphon.engine.remote.address import parse_address
from antiphon.engine.remote.fault import Fault, FaultKind
from antiphon.engine.remote.line import Line
from antiphon.engine.remote.refusal import LONGEST_WAIT_S, build_fault, build_report, read_wait
from antiphon.errors import (
    ApiError,
    ContextLengthExceeded,
    InvalidGrammar,
    UpstreamBusy,
    UpstreamError,
    UpstreamRefused,
)
from antiphon.upstreams import UpstreamSettings

KEY = "sk-hidden"
SUSPECT = "tools[0].function.parameters"
PLACE = "http://gpu.internal:8000/v1#upstream-model"
TOLD = {"error": {"message": f"Nothing of this: {KEY}", "type": "BadRequestError", "param": "top_k", "code": 400}}
TOO_LONG = "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it"


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """One that nothing is sent along."""
    line = Line("big", parse_address(PLACE), UpstreamSettings.model_validate({"key": KEY}))
    yield line
    await line.close()


def fault_of(line: Line, status: int, told: Any = TOLD, suspect: str | None = None, **headers: str) -> Fault:
    """What becomes of an answer with this status."""
    given = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return build_fault(line, status, given, json.dumps(told).encode(), suspect)


def kind_of(status: int) -> FaultKind:
    """What a status is, as decided."""
    match status:
        case 400 | 413 | 422:
            return "request"
        case 429:
            return "busy"
        case 500:
            return "failed"
    return "redirect" if 300 <= status < 400 else "status"


STATUSES = [100, *range(201, 227), *range(300, 309), *range(400, 452), 499, *range(500, 512), 520, 599, 600, 999]
CLASSES: dict[str, type[ApiError]] = {"request": UpstreamRefused, "busy": UpstreamBusy}


@pytest.mark.parametrize("status", STATUSES)
async def test_every_status(line: Line, status: int) -> None:
    """Only what is about the request is told in the upstream's words, and ends the search for another."""
    fault = fault_of(line, status)
    assert fault.kind == kind_of(status) and fault.again is (fault.kind != "request")
    assert type(fault.error) is CLASSES.get(fault.kind, UpstreamError)
    message = fault.error.message
    assert KEY not in message and "gpu.internal" not in message and "'big'" in message
    assert ("Nothing of this" in message) is (fault.kind == "request")
    assert fault.kind in CLASSES or f"({status})" in message


@pytest.mark.parametrize(("kind", "status", "code"), [
    ("request", 400, "upstream_refused"), ("busy", 429, "upstream_busy"), ("redirect", 502, "upstream_error"),
    ("failed", 502, "upstream_error"), ("status", 502, "upstream_error"),
])  # fmt: skip
async def test_what_the_client_gets(line: Line, kind: FaultKind, status: int, code: str) -> None:
    """A status and a code for each kind."""
    asked = {"request": 400, "busy": 429, "redirect": 302, "failed": 500, "status": 401}[kind]
    error = fault_of(line, asked).error
    assert (error.status, error.code) == (status, code)


async def test_a_refusal_names_what_it_is_about(line: Line) -> None:
    """In the upstream's words, without the key."""
    error = fault_of(line, 400).error
    assert error.message == "The engine behind 'big' refused the request: Nothing of this: …"
    assert error.param == "top_k"


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_prompt_that_is_too_long(line: Line, status: int) -> None:
    """In OpenAI's words, with both counts, and without advice on a context that is not ours."""
    error = fault_of(line, status, {"error": {"message": TOO_LONG}}).error
    assert type(error) is ContextLengthExceeded and error.param == "messages"
    assert "4096 tokens" in error.message and "5000 tokens" in error.message and "--context" not in error.message


async def test_a_prompt_that_is_too_long_without_counts(line: Line) -> None:
    """The same code, so that clients know what it is."""
    error = fault_of(line, 400, {"error": {"message": "Too long.", "code": "context_length_exceeded"}}).error
    assert (type(error), error.code, error.param) == (UpstreamRefused, "context_length_exceeded", "messages")


@pytest.mark.parametrize("message", [
    "Failed to parse grammar", "Grammar error: unknown name", "Invalid grammar specification: a",
    "Failed to compile grammar: a", "The schema is too large.", "Invalid regex 'a'", "a (grammar) is none",
    'invalid "json_schema": bad', "structured_outputs is not supported", "Unsupported 'regex'",
])  # fmt: skip
async def test_a_grammar_that_is_refused(line: Line, message: str) -> None:
    """Is the fault of the field that has it, where one has been sent."""
    told = {"error": {"message": message}}
    error = fault_of(line, 400, told, SUSPECT).error
    assert type(error) is InvalidGrammar and error.param == SUSPECT
    assert type(fault_of(line, 400, told).error) is UpstreamRefused


@pytest.mark.parametrize("message", ["top_k must be -1", "grammatical", "schematic", "the programmer's fault"])
async def test_what_else_is_refused_beside_a_grammar(line: Line, message: str) -> None:
    """Is not."""
    assert type(fault_of(line, 400, {"error": {"message": message}}, SUSPECT).error) is UpstreamRefused


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[]"])
async def test_a_refusal_that_cannot_be_read(line: Line, body: bytes) -> None:
    """Is one all the same."""
    fault = build_fault(line, 400, CIMultiDict(), body, None)
    assert (fault.kind, fault.error.message.partition(": ")[2]) == ("request", "it said nothing that could be read.")


WAITS = {
    "": 1, "5": 5, " 5 ": 5, "0": 1, "-5": 1, "1.5": 1, "soon": 1, "3600": 3600, "3601": LONGEST_WAIT_S,
    "9" * 9: LONGEST_WAIT_S, "9" * 5000: 1, "Thu, 01 Jan 1970 00:00:00 GMT": 1, "Thu, 01 Jan 0001 00:00:00 -0000": 1,
    "Fri, 31 Dec 9999 23:59:59 GMT": LONGEST_WAIT_S, "Thu, 99 Jan 2099 00:00:00 GMT": 1, "\u0665": 5, "\u00b2": 1,
}  # fmt: skip


@pytest.mark.parametrize("text", WAITS)
def test_when_to_come_again(text: str) -> None:
    """In seconds, or as a date; at least one, and no longer than anybody waits."""
    assert read_wait(text) == WAITS[text]


def test_when_to_come_again_by_the_clock() -> None:
    """A date is counted from now."""
    assert 90 <= read_wait(formatdate(time.time() + 100, usegmt=True)) <= 100


async def test_a_busy_one_says_when(line: Line) -> None:
    """Whatever the case of the header."""
    assert fault_of(line, 429, Retry_After="7").error.retry_after_s == 7
    assert fault_of(line, 429, retry_after="8").error.retry_after_s == 8
    assert fault_of(line, 429).error.retry_after_s == 1


@pytest.mark.parametrize(("told", "kind", "words"), [
    ({"message": "out of memory", "code": 500}, "failed", "failed while it answered: out of memory"),
    ({"message": f"{KEY} at {PLACE}"}, "failed", "failed while it answered: … at …"),
    ("stopped", "failed", "failed while it answered: stopped"),
    (5, "failed", "it said nothing that could be read"),
    ({}, "failed", "it gave no reason"),
    ({"message": "top_k must be -1", "code": 400}, "request", "refused the request: top_k must be -1"),
    ({"message": "top_k must be -1", "code": "400"}, "failed", "top_k must be -1"),
    ({"message": "a", "code": [400]}, "failed", "a"),
    ({"message": TOO_LONG, "code": 500}, "request", "maximum context length is 4096"),
])  # fmt: skip
async def test_an_error_in_a_stream(line: Line, told: Any, kind: FaultKind, words: str) -> None:
    """Some say there what others say by a status."""
    fault = build_report(line, told, None)
    assert fault.kind == kind and fault.again is (kind == "failed")
    assert words in fault.error.message and KEY not in fault.error.message


async def test_a_grammar_that_is_refused_in_a_stream(line: Line) -> None:
    """As by a status."""
    fault = build_report(line, {"message": "Grammar error: a", "code": 400}, SUSPECT)
    assert type(fault.error) is InvalidGrammar
