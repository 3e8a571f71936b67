"""Replies as a benchmark reads them."""

from collections.abc import Sequence
from typing import Any

from antiphon.bench.reply import Reply


def build_reply(arrivals_s: Sequence[float], *, ended_s: float | None = None, **fields: Any) -> Reply:
    """One that began at 0 and brought text at these times."""
    return Reply(started_s=0.0, arrivals_s=[*arrivals_s], ended_s=ended_s or arrivals_s[-1], **fields)


FAILED = Reply(started_s=0.0, ended_s=1.0, error="HTTP 500: no")
REFUSED = Reply(started_s=0.0, ended_s=1.0, error="HTTP 400: no such field", status=400)
