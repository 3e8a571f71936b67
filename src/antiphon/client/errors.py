"""Every way a call can fail, as one tree.

AntiphonError
└── ClientError                   whatever a client raises on purpose
    ├── Misconfigured             an address or a key that cannot be one
    ├── ConnectionFailed          no answer came
    │   └── TimedOut              not in time
    ├── Unreadable                an answer that is not what the API says
    │   └── StreamEndedEarly      a stream that broke off
    └── ServerError               an answer that is an error object
        ├── StreamFailed          after the stream had begun
        ├── BadRequest            400
        ├── Unauthenticated       401
        ├── PermissionDenied      403
        ├── NotFound              404
        ├── Conflict              409
        ├── TooLarge              413
        ├── Unprocessable         422
        ├── RateLimited           429
        └── InternalError         5xx
"""

from typing import Any

import httpx
import msgspec

from antiphon.errors import AntiphonError


class ClientError(AntiphonError):
    """Root of what a client raises. May be copied, and sent to another process."""

    def __reduce__(self) -> Any:
        return rebuild, (type(self), str(self), self.__dict__)


def rebuild(kind: type[ClientError], message: str, fields: dict[str, Any]) -> ClientError:
    """One that is like another."""
    error = kind.__new__(kind)
    error.args = (message,)
    error.__dict__.update(fields)
    return error


class Misconfigured(ClientError, ValueError):
    """What a client was given cannot be used, whichever server there is."""


class ConnectionFailed(ClientError):
    """The server could not be reached, or went away before it answered."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"No answer from {url}: {reason.rstrip('.')}.")
        self.url = url


class TimedOut(ConnectionFailed):
    """It took longer than `timeout` allows."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "it took too long")


class Unreadable(ClientError):
    """The server sent something else than the API says. request_id: the server's, where it gave one."""

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id


class StreamEndedEarly(Unreadable):
    """A stream ended without saying so."""

    def __init__(self, strange: str = "", *, request_id: str | None = None) -> None:
        told = f" The server sent {strange} in place of one." if strange else ""
        super().__init__(f"The stream ended before the answer did.{told}", request_id=request_id)


class ServerError(ClientError):
    """What the server says was wrong. type, code, param: as in its error object, None where it has none. body: the
    whole answer, as JSON where it is some, else as text.
    """

    def __init__(self, status_code: int, body: Any, *, request_id: str | None = None) -> None:
        error = body.get("error", body) if isinstance(body, dict) else {}
        error = error if isinstance(error, dict) else {"message": error}
        super().__init__(str(error.get("message") or f"The server answered with status {status_code}."))
        self.status_code = status_code
        self.type: str | None = error.get("type")
        self.code: str | None = error.get("code")
        self.param: str | None = error.get("param")
        self.body = body
        self.request_id = request_id


class StreamFailed(ServerError):
    """An error frame in a stream: the answer that had begun is not to be used."""


class BadRequest(ServerError):
    """400: the request cannot be answered as it is."""


class Unauthenticated(ServerError):
    """401: the key is missing or unknown."""


class PermissionDenied(ServerError):
    """403: the key may not do this."""


class NotFound(ServerError):
    """404: there is no such thing."""


class Conflict(ServerError):
    """409: something else was in the way."""


class TooLarge(ServerError):
    """413: the request is too large."""


class Unprocessable(ServerError):
    """422: understood, and not possible."""


class RateLimited(ServerError):
    """429: too much at once."""


class InternalError(ServerError):
    """5xx: the server's own fault."""


BY_STATUS: dict[int, type[ServerError]] = {
    400: BadRequest,
    401: Unauthenticated,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Unprocessable,
    429: RateLimited,
}


def error_of(response: httpx.Response) -> ServerError:
    """The error that a response, whose body has been read, stands for."""
    kind = BY_STATUS.get(response.status_code, InternalError if response.is_server_error else ServerError)
    return kind(response.status_code, body_of(response), request_id=request_id_of(response))


def body_of(response: httpx.Response) -> Any:
    """JSON where it is some, else text."""
    try:
        return msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return response.text


def render_address(address: httpx.URL) -> str:
    """Without what is secret in it."""
    return str(address.copy_with(userinfo=b""))


def request_id_of(response: httpx.Response) -> str | None:
    """What the server calls the request."""
    request_id: str | None = response.headers.get("x-request-id")
    return request_id
