"""What stands before every route, in this order: a body of bearable size, a host that is ours, a server
that stays, a key that is right. Deny by default: what is open is named here.
"""

import hashlib
import hmac
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from antiphon.errors import ApiError, BodyTooLarge, HostNotAllowed, InvalidApiKey, ServerDraining
from antiphon.server.errors import build_response
from antiphon.server.traffic import Traffic

OPEN_PATHS = frozenset({"/health"})
ANYBODY = ""
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Gate:
    """keys: what clients may send; none means that nobody is asked, and that only local hosts are served."""

    def __init__(self, app: ASGIApp, *, keys: Iterable[str], max_body_bytes: int, traffic: Traffic) -> None:
        self.app = app
        self.digests = [digest(key) for key in keys]
        self.max_body_bytes = max_body_bytes
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        try:
            scope["antiphon.tenant"] = self._check(scope["path"], Headers(scope=scope))
        except ApiError as error:
            return await build_response(error)(scope, receive, send)
        await self.app(scope, self._limited(receive), send)

    def _check(self, path: str, headers: Headers) -> str:
        """Whose request this is: a tenant is who has a key. Raises an `ApiError`."""
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.max_body_bytes:
            raise BodyTooLarge(self.max_body_bytes)
        if not self.digests and host_name(headers.get("host", "")) not in LOCAL_HOSTS:
            raise HostNotAllowed
        if path in OPEN_PATHS:
            return ANYBODY
        if self.traffic.draining:
            raise ServerDraining
        return self._check_key(headers.get("authorization", "")) if self.digests else ANYBODY

    def _check_key(self, authorization: str) -> str:
        scheme, _, key = authorization.partition(" ")
        given = digest(key.strip()) if scheme.lower() == "bearer" else b""
        # All are compared, in constant time, so that timing tells nothing.
        matches = [hmac.compare_digest(given, known) for known in self.digests]
        if not any(matches):
            raise InvalidApiKey(given=bool(authorization))
        return given.hex()

    def _limited(self, receive: Receive) -> Receive:
        """A body without a Content-Length is counted as it comes."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_body_bytes:
                raise BodyTooLarge(self.max_body_bytes)
            return message

        return counted


def digest(key: str) -> bytes:
    """Keys are compared by hash: same length, and none stays in memory."""
    return hashlib.sha256(key.encode()).digest()


def host_name(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host
