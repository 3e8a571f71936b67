"""When a call is tried again, after which pause, and how it ends."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from antiphon.client.attempts import Outcome, Pause, Send, attempt
from antiphon.client.errors import BadRequest, ConnectionFailed, InternalError, RateLimited, ServerError, TimedOut

URL = "http://server/v1/chat/completions"


def answer(status: int, headers: dict[str, str] | None = None, **body: object) -> httpx.Response:
    return httpx.Response(status, headers=headers, json=body)


def carry_out(*outcomes: Outcome, max_retries: int = 2) -> tuple[httpx.Response, list[float], list[httpx.Headers]]:
    """The response, the pauses, and the headers of each attempt."""
    steps = attempt(lambda headers: httpx.Request("POST", URL, headers=headers), max_retries)
    rest, pauses, sent, outcome = list(outcomes), [], [], None
    while True:
        try:
            step = steps.send(outcome)
        except StopIteration as done:
            assert not rest
            return done.value, pauses, sent
        if isinstance(step, Pause):
            pauses.append(step.seconds)
            outcome = None
        else:
            assert isinstance(step, Send)
            sent.append(step.request.headers)
            outcome = rest.pop(0)


@pytest.mark.parametrize("fault", [
    answer(408), answer(409), answer(429), answer(500), answer(503), httpx.ConnectError("refused"),
    httpx.ReadTimeout("slow"), answer(400, {"x-should-retry": "true"}),
])  # fmt: skip
def test_what_is_worth_it(fault: Outcome) -> None:
    """It is sent again with the same key, saying which attempt it is, after pauses that grow."""
    response, pauses, sent = carry_out(fault, fault, answer(200))
    assert response.status_code == 200
    assert 0.375 <= pauses[0] <= 0.5 and 0.75 <= pauses[1] <= 1.0
    assert len({headers["idempotency-key"] for headers in sent}) == 1
    assert [headers.get("x-retry-count") for headers in sent] == [None, "1", "2"]


@pytest.mark.parametrize(("fault", "error"), [
    (answer(400), BadRequest),
    (answer(418), ServerError),
    (answer(500, {"x-should-retry": "false"}), InternalError),
    (answer(429, {"retry-after": "3600"}), RateLimited),
])  # fmt: skip
def test_what_is_not(fault: httpx.Response, error: type[ServerError]) -> None:
    """It fails at once: it would fail again, the server says so, or wants to be left alone for an hour."""
    with pytest.raises(error):
        carry_out(fault)


def test_patience_ends() -> None:
    """After so many attempts the last fault is told; with none allowed, the first."""
    with pytest.raises(RateLimited):
        carry_out(answer(500), answer(500), answer(429))
    with pytest.raises(TimedOut):
        carry_out(httpx.ReadTimeout("slow"), max_retries=0)
    with pytest.raises(ConnectionFailed, match=f"No answer from {URL}: refused."):
        carry_out(httpx.ConnectError("refused"), max_retries=0)


@pytest.mark.parametrize(("headers", "seconds"), [
    ({"retry-after": "7"}, 7.0),
    ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
    ({"retry-after": "-5"}, 0.0),
    ({"retry-after": format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)}, 0.0),
])  # fmt: skip
def test_the_server_says_when(headers: dict[str, str], seconds: float) -> None:
    """In seconds, in milliseconds, or by a date."""
    _, pauses, _ = carry_out(answer(429, headers), answer(200))
    assert pauses == [seconds]


def test_a_date_to_come() -> None:
    """Is waited for; what is no date is not believed."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < carry_out(answer(503, {"retry-after": soon}), answer(200))[1][0] <= 30
    assert carry_out(answer(503, {"retry-after": "soon"}), answer(200))[1][0] <= 0.5


def test_what_an_error_tells() -> None:
    """Status, type, code, parameter, and which request it was; also where it is no error object."""
    error = {"message": "Too hot.", "type": "invalid_request_error", "param": "temperature", "code": "too_hot"}
    with pytest.raises(BadRequest, match=r"Too hot\.") as caught:
        carry_out(answer(400, {"x-request-id": "req_1"}, error=error))
    told = caught.value
    assert (told.status_code, told.type, told.param, told.code) == (
        400,
        "invalid_request_error",
        "temperature",
        "too_hot",
    )
    assert told.request_id == "req_1"
    with pytest.raises(InternalError, match="status 502") as caught_page:
        carry_out(httpx.Response(502, text="<html>"), max_retries=0)
    assert caught_page.value.body == "<html>"
