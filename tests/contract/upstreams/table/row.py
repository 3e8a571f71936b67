"""A row of the table of faults: what an upstream does, and what must become of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.contract.upstreams.chunks import role, said
from tests.contract.upstreams.faults import Ending, Stream
from tests.contract.upstreams.wire import Behaviour

Code = Literal[
    "upstream_error",
    "upstream_timeout",
    "upstream_busy",
    "upstream_refused",
    "context_length_exceeded",
    "constraint_broken",
]
STATUSES: dict[Code, tuple[int, str]] = {
    "upstream_error": (502, "server_error"),
    "upstream_timeout": (504, "server_error"),
    "upstream_busy": (429, "rate_limit_error"),
    "upstream_refused": (400, "invalid_request_error"),
    "context_length_exceeded": (400, "invalid_request_error"),
    "constraint_broken": (502, "server_error"),
}
"""Status and type of each code."""
HEL = (role(), said("Hel"))
"""How a stream begins that has said something."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """code: of the error. counted: as which kind of fault. again: whether another upstream is tried. said: the text
    that had come before; None where nothing had. fields: of the request. hasty: whether silence is part of it, so that
    a server is asked that does not wait long.
    """

    behaviour: Behaviour
    code: Code = "upstream_error"
    counted: str = "malformed"
    again: bool = True
    said: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    hasty: bool = False


def both(
    name: str, *pieces: Any, counted: str = "malformed", code: Code = "upstream_error", again: bool = True,
    ending: Ending = "done",
) -> Iterable[tuple[str, Row]]:  # fmt: skip
    """Two rows: these pieces come first, and they come after something was said."""
    yield (
        f"{name}, at once",
        Row(behaviour=Stream(role(), *pieces, ending=ending), counted=counted, code=code, again=again),
    )
    yield (
        f"{name}, later",
        Row(behaviour=Stream(*HEL, *pieces, ending=ending), counted=counted, code=code, again=False, said="Hel"),
    )
