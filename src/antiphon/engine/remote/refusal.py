"""What an upstream's status means for the client, and for who is asked next."""

import email.utils
import re
import time
from collections.abc import Mapping
from typing import Any

from antiphon.engine.remote.fault import Fault, FaultKind
from antiphon.engine.remote.line import Line
from antiphon.engine.remote.saying import Said, read_error
from antiphon.errors import (
    ApiError,
    ContextLengthExceeded,
    InvalidGrammar,
    UpstreamBusy,
    UpstreamError,
    UpstreamRefused,
)

OF_REQUEST = (400, 413, 422)
FAILED = 500
TELLING = frozenset({"grammar", "schema", "regex", "structured"})
"""Words of those who refuse a grammar."""
LONGEST_WAIT_S = 3600


def build_fault(line: Line, status: int, headers: Mapping[str, str], body: bytes, suspect: str | None) -> Fault:
    """Of an answer that is none. Where it is about us, the client is not told in the upstream's words."""
    if status in OF_REQUEST:
        return Fault("request", build_refusal(line.model, read_error(body, secrets=line.secrets), suspect))
    if status == 429:
        wait_s = read_wait(headers.get("retry-after", ""))
        return Fault("busy", UpstreamBusy(line.model, retry_after_s=wait_s), again=True)
    if 300 <= status < 400:
        return Fault("redirect", UpstreamError(line.model, f"redirects ({status}), which is not followed"), again=True)
    reasons = {
        401: "does not accept the key that it is given (401)",
        403: "does not let us in (403)",
        404: "does not have its model, or no chat completions (404)",
    }
    reason = reasons.get(status, f"failed ({status})")
    kind: FaultKind = "failed" if status == FAILED else "status"
    return Fault(kind, UpstreamError(line.model, reason), again=True)


def build_report(line: Line, told: Any, suspect: str | None) -> Fault:
    """Of an error that came in a stream. Some say there what others say by a status."""
    code = told.get("code") if isinstance(told, dict) else None
    said = read_error(told, secrets=line.secrets)
    if code in OF_REQUEST or said.too_long:
        return Fault("request", build_refusal(line.model, said, suspect))
    return Fault("failed", UpstreamError(line.model, f"failed while it answered: {said.message}"), again=True)


def build_refusal(model: str, said: Said, suspect: str | None) -> ApiError:
    """Of a request that is at fault itself."""
    if said.overflow:
        told = said.overflow
        return ContextLengthExceeded(told.context, told.prompt, at_least=told.at_least, ours=False)
    if said.too_long:
        return UpstreamRefused(model, said.message, param="messages", code=ContextLengthExceeded.code)
    if suspect and TELLING & set(re.findall("[a-z]+", said.message.lower())):
        return InvalidGrammar(suspect, said.message)
    return UpstreamRefused(model, said.message, param=said.param)


def read_wait(text: str) -> int:
    """Seconds, out of a number or a date; one where it is neither."""
    if text.strip().isdecimal() and len(text.strip()) < 10:
        return max(1, min(LONGEST_WAIT_S, int(text)))
    try:
        until = email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 1
    return max(1, min(LONGEST_WAIT_S, round(until - time.time())))
