"""The one form of every error."""

from antiphon.schema.outgoing import Outgoing


class Error(Outgoing, frozen=True, kw_only=True):
    """What was wrong, where, and what to do."""

    message: str
    """A sentence for people."""
    type: str
    """The family: `invalid_request_error`, `rate_limit_error` or `server_error`."""
    param: str | None
    """The field at fault, as a JSON path; null where it is not one field."""
    code: str | None
    """A word for programs."""


class ErrorResponse(Outgoing, frozen=True, kw_only=True):
    """An error as an answer."""

    error: Error
    """The error."""
