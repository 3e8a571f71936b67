"""Fields of a request over HTTP: honoured, refused by status, code and JSON path, or named as ignored."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from antiphon.engine.scripted import CAPABILITIES
from tests.contract.live import COMPLETIONS, body, error_of
from tests.unit.completion.cases import HINTS, NEUTRAL, REFUSED
from tests.unit.schema.request.cases import BAD_FIELDS, GOOD_FIELDS, OPTIONAL

ENGINE_HAS_NOT = [(fields, param) for fields, needs, param in REFUSED if needs not in CAPABILITIES]
LARGE = 90_000
REFUSED_HERE = (
    *("unsupported_parameter", "invalid_json_schema", "invalid_image", "invalid_audio", "invalid_file"),
    *("file_not_found", "audio_not_found", "voice_not_found"),
)
"""What is well formed, and is not to be had, or cannot be read."""


@pytest.fixture(autouse=True)
def lives(http: httpx.Client) -> Iterator[None]:
    """After whatever a test sent, the same connection answers a good request."""
    yield
    assert http.post(COMPLETIONS, json=body("still here")).status_code == 200


def ask(http: httpx.Client, fields: dict[str, Any], *, stream: bool = False) -> httpx.Response:
    """A good request with fields laid over it."""
    mode = {} if "stream_options" in fields else {"stream": stream}
    content = json.dumps(body() | mode | fields)
    return http.post(COMPLETIONS, content=content, headers={"content-type": "application/json"})


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("fields", "code", "param"), [case for case in BAD_FIELDS if len(str(case)) < LARGE])
def test_a_bad_field_is_400(http: httpx.Client, fields: dict[str, Any], code: str, param: str, stream: bool) -> None:
    """Over HTTP a bad field is the same 400, whether an answer or a stream was asked for."""
    answer = ask(http, fields, stream=stream)
    assert answer.status_code == 400
    error = error_of(answer)
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)


@pytest.mark.parametrize("fields", [fields for fields in GOOD_FIELDS if len(str(fields)) < LARGE])
def test_a_good_field_is_never_silent(http: httpx.Client, fields: dict[str, Any]) -> None:
    """A good field is honoured, refused as not available here with its place, or named in a header."""
    answer = ask(http, fields)
    if answer.status_code == 200:
        return
    error = error_of(answer)
    if answer.status_code == 404:
        assert "model" in fields and error["code"] == "model_not_found"
    elif error["code"] in REFUSED_HERE:
        assert error["param"].split(".")[0].split("[")[0] in fields
    else:
        words = ("requires a tool call", "asks for JSON")
        assert error["message"].startswith(tuple(f"The request {word}" for word in words)), "only the script may refuse"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("fields", "param"), ENGINE_HAS_NOT)
def test_what_the_engine_has_not_is_refused(
    http: httpx.Client, fields: dict[str, Any], param: str, stream: bool
) -> None:
    """What would change the answer and cannot be honoured is 400 `unsupported_parameter`, with what to do instead."""
    answer = ask(http, fields, stream=stream)
    assert answer.status_code == 400
    error = error_of(answer)
    assert (error["code"], error["param"]) == ("unsupported_parameter", param)
    assert error["message"].startswith(f"Unsupported parameter: '{param}'. ") and len(error["message"]) > 50


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("fields", "needs", "rows"), HINTS)
def test_a_hint_is_named(http: httpx.Client, fields: dict[str, Any], needs: str, rows: list[str], stream: bool) -> None:
    """A hint that means nothing here is accepted, and told in the header `antiphon-ignored`, also of a stream."""
    answer = ask(http, fields, stream=stream)
    assert answer.status_code == 200
    assert answer.headers["antiphon-ignored"].split(", ") == rows


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fields", [*NEUTRAL, *({field: None} for field in OPTIONAL)])
def test_what_asks_for_nothing_is_taken(http: httpx.Client, fields: dict[str, Any], stream: bool) -> None:
    """A property at its neutral value, or null, changes nothing, is accepted, and there is no header about it."""
    answer = ask(http, fields, stream=stream)
    assert answer.status_code == 200, answer.text
    assert "antiphon-ignored" not in answer.headers
