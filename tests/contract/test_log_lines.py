"""The log line of a request: who it was for, as far as that was said, on one line."""

import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.live import COMPLETIONS, body, script, wait_for

FAIL = script({"event": "fail"})


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[str], str]:
    """The line with these words, once it is there."""
    caplog.set_level(logging.INFO, logger="antiphon.access")

    def find(words: str) -> str:
        wait_for(lambda: any(words in line for line in caplog.messages))
        return next(line for line in caplog.messages if words in line)

    return find


def notes(line: str) -> dict[str, Any]:
    """The JSON at the end of a line."""
    told: dict[str, Any] = json.loads(line[line.index("{") :])
    return told


@pytest.mark.parametrize("stream", [False, True])
def test_a_completion_is_logged_with_who_it_is_for(
    http: httpx.Client, logged: Callable[[str], str], stream: bool
) -> None:
    """`user`, `safety_identifier` and `metadata` stand in the line, with the completion's id and the model."""
    fields = {"user": "ann", "safety_identifier": "5e88", "metadata": {"team": "a"}}
    answer = http.post(COMPLETIONS, json=body("Hi", stream=stream, **fields) | {"model": "gpt-4o"})
    line = logged(answer.headers["x-request-id"])
    told = notes(line)
    assert line.startswith(f"POST {COMPLETIONS} 200 ")
    assert told.pop("completion") in answer.text
    assert told == {"model": "smollm2", **fields}


def test_what_was_not_said_is_not_logged(http: httpx.Client, logged: Callable[[str], str]) -> None:
    """Without them the line has only the completion and the model; and never what was asked or answered."""
    answer = http.post(COMPLETIONS, json=body("a secret question"))
    line = logged(answer.headers["x-request-id"])
    assert set(notes(line)) == {"completion", "model"}
    assert "secret" not in line


FORGED = "ann\r\nPOST /v1/chat/completions 200 0 ms req_0\x1b[2J\u2028\u0085"


def test_no_client_writes_lines_of_its_own(http: httpx.Client, logged: Callable[[str], str]) -> None:
    """Line ends and control characters are escaped, in names and values, so that a line stays a line."""
    fields = {"user": FORGED[:64], "safety_identifier": "\n", "metadata": {"k\n": FORGED}}
    answer = http.post(COMPLETIONS, json=body("Hi", **fields))
    line = logged(answer.headers["x-request-id"])
    assert line.isascii() and line.isprintable()
    assert {name: notes(line)[name] for name in fields} == fields


@pytest.mark.parametrize("path", ["/v1/%0aforged", "/%0d%0aforged", "/v1/models/%1b[2J", "/%e2%80%a8"])
def test_no_path_does_either(http: httpx.Client, logged: Callable[[str], str], path: str) -> None:
    """Nor does a path, which comes decoded."""
    answer = http.get(path)
    line = logged(answer.headers["x-request-id"])
    assert line.isprintable() and line.startswith("GET /")


@pytest.mark.parametrize(("content", "status"), [(FAIL, 500), ("Hi", 200)])
def test_a_request_that_failed_is_logged_with_its_notes(
    http: httpx.Client, logged: Callable[[str], str], content: str, status: int
) -> None:
    """Also where no answer came it is told whose it was."""
    answer = http.post(COMPLETIONS, json=body(content, user="ann"))
    line = logged(answer.headers["x-request-id"])
    assert f" {status} " in line and notes(line)["user"] == "ann"


def test_a_request_that_was_refused_is_one_line_without_notes(http: httpx.Client, logged: Callable[[str], str]) -> None:
    """What was no good request says nothing of itself."""
    answer = http.post(COMPLETIONS, json=body("Hi", user="ann", n=0))
    line = logged(answer.headers["x-request-id"])
    assert " 400 " in line and "ann" not in line
