"""What goes wrong with an upstream, as one kind of exception inside this room."""

from typing import Literal

from antiphon.errors import ApiError

FaultKind = Literal[
    "refused",  # no connection
    "timeout",  # silence
    "status",  # 5xx, or what says that we are set up wrongly
    "busy",  # 429
    "request",  # 4xx that is about the request
    "redirect",
    "not_a_stream",
    "closed",  # before the answer was whole
    "malformed",
    "too_much",
    "failed",  # 500, or an error in the stream: this request's, as far as anybody can tell
    "constraint",
]
BLAMELESS: frozenset[FaultKind] = frozenset({"busy", "request", "constraint", "failed"})
"""After these an upstream is as good as before: one client's requests must not close it to all others."""
PASSING: frozenset[FaultKind] = frozenset({"closed", "refused"})
"""After these even the same upstream may do better: its end of a kept connection may have been closed just then."""


class Fault(Exception):
    """kind: for the log, the metrics and the circuit breaker. error: what the client is told. again: whether another
    upstream may do better. here: whether the same may.
    """

    def __init__(self, kind: FaultKind, error: ApiError, *, again: bool = False, here: bool = False) -> None:
        super().__init__(error.message)
        self.kind = kind
        self.error = error
        self.again = again
        self.here = here

    @property
    def reason(self) -> str:
        """Without whose fault it is."""
        return str(getattr(self.error, "reason", self.error.message))
