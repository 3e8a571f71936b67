"""The life of a call, without I/O: what to send, how long to wait, and when to give up. A client carries it out."""

import random
import re
import time
import uuid
from collections.abc import Callable, Generator
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx

from antiphon.client.errors import (
    ClientError,
    ConnectionFailed,
    TimedOut,
    Unreadable,
    error_of,
    render_address,
)

WORTH_RETRYING = {408, 409, 429}
NOT_WORTH_RETRYING = (
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.DecodingError,
    httpx.TooManyRedirects,
)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0
LONGEST_ASKED_S = 60.0
"""A server that wants more time than that is not waited for."""
ERRNO = re.compile(r"^\[Errno -?\d+\] ")


class Send(NamedTuple):
    """Send this, and come back with the response or the fault."""

    request: httpx.Request


class Pause(NamedTuple):
    """Wait so long."""

    seconds: float


Step = Send | Pause
Outcome = httpx.Response | httpx.RequestError | None
Attempts = Generator[Step, Outcome, httpx.Response]


def attempt(build: Callable[[dict[str, str]], httpx.Request], max_retries: int) -> Attempts:
    """A good response. build: makes the request with these headers more. Raises `ConnectionFailed` and `ServerError`.

    All attempts have the same `Idempotency-Key`, so that a server may know them for one.
    """
    key = str(uuid.uuid4())
    number = 0
    while True:
        headers = {"idempotency-key": key, **({"x-retry-count": str(number)} if number else {})}
        request = build(headers)
        outcome = yield Send(request)
        assert outcome is not None
        if isinstance(outcome, httpx.Response) and not outcome.is_error:
            return outcome
        pause = pause_after(outcome, number) if number < max_retries else None
        if pause is not None:
            yield Pause(pause)
            number += 1
        elif isinstance(outcome, httpx.Response):
            raise error_of(outcome)
        else:
            raise failure_of(outcome, request.url) from outcome


def failure_of(fault: httpx.RequestError, address: httpx.URL) -> ClientError:
    """In our words."""
    url = render_address(address)
    if isinstance(fault, httpx.DecodingError):
        return Unreadable(f"What {url} sent cannot be decoded: {fault}.")
    if isinstance(fault, httpx.TimeoutException):
        return TimedOut(url)
    return ConnectionFailed(url, ERRNO.sub("", str(fault)) or type(fault).__name__)


def pause_after(outcome: httpx.Response | httpx.RequestError, number: int) -> float | None:
    """Seconds until the next attempt; None where it is not worth one. number: of the attempt, from 0."""
    asked: float | None = None
    if isinstance(outcome, NOT_WORTH_RETRYING):
        return None
    if isinstance(outcome, httpx.Response):
        wish = outcome.headers.get("x-should-retry")
        worth = outcome.status_code in WORTH_RETRYING or outcome.is_server_error
        if wish == "false" or (not worth and wish != "true"):
            return None
        asked = asked_pause(outcome.headers)
        if asked is not None and asked > LONGEST_ASKED_S:
            return None
    backoff = min(FIRST_PAUSE_S * 2**number, LONGEST_PAUSE_S) * (1 - random.random() / 4)  # noqa: S311 (no secret)
    return backoff if asked is None else asked


def asked_pause(headers: httpx.Headers) -> float | None:
    """What `Retry-After` says, in seconds: a number, or a date."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit_s)
        except (KeyError, ValueError):
            continue
    try:
        return max(0.0, parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time())
    except (KeyError, ValueError):
        return None
