"""What stands before every route, in this order: a body of bearable size, a host that is ours, a server
that stays, a key that is right. Deny by default: what is open is named here.
"""

from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from antiphon.errors import ApiError, BodyTooLarge, FileTooLarge, HostNotAllowed, ServerDraining
from antiphon.server.auth import ANYBODY, CALLER, Caller, Keyring
from antiphon.server.errors import build_response
from antiphon.server.traffic import Traffic

OPEN_PATHS = frozenset({"/health"})
UPLOADS = frozenset({("POST", "/v1/files")})
FORM_BYTES = 64 * 1024
"""What may stand around the file of an upload."""
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Limit(NamedTuple):
    """How large a body may be, and what is said of a larger one."""

    num_bytes: int
    error: ApiError


class Gate:
    """keyring: who may come in. Where nobody is asked for a key, only local hosts are served. max_body_bytes: of all
    bodies but uploads, which hold a file of `max_file_bytes`.
    """

    def __init__(
        self, app: ASGIApp, *, keyring: Keyring, max_body_bytes: int, max_file_bytes: int, traffic: Traffic
    ) -> None:
        self.app = app
        self.keyring = keyring
        self.max_body_bytes = max_body_bytes
        self.max_file_bytes = max_file_bytes
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        await self.keyring.refresh()
        limit = self._limit(scope)
        try:
            scope[CALLER] = self._check(scope["path"], Headers(scope=scope), limit)
        except ApiError as error:
            return await build_response(error)(scope, receive, send)
        await self.app(scope, self._limited(receive, limit), send)

    def _limit(self, scope: Scope) -> Limit:
        if (scope["method"], scope["path"]) in UPLOADS:
            return Limit(self.max_file_bytes + FORM_BYTES, FileTooLarge(self.max_file_bytes))
        return Limit(self.max_body_bytes, BodyTooLarge(self.max_body_bytes))

    def _check(self, path: str, headers: Headers, limit: Limit) -> Caller:
        """Whose request this is. Raises an `ApiError`."""
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit.num_bytes:
            raise limit.error
        if not self.keyring.asks and host_name(headers.get("host", "")) not in LOCAL_HOSTS:
            raise HostNotAllowed
        if path in OPEN_PATHS:
            return ANYBODY
        if self.traffic.draining:
            raise ServerDraining
        return self.keyring.find(headers.get("authorization", ""))

    def _limited(self, receive: Receive, limit: Limit) -> Receive:
        """A body without a Content-Length is counted as it comes."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit.num_bytes:
                raise limit.error
            return message

        return counted


def host_name(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host
