"""What stands before every route, in this order: a body of bearable size, a host that is ours, a server
that stays, a key that is right. Deny by default: what is open is named here.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from antiphon.errors import ApiError, BodyTooLarge, HostNotAllowed, ServerDraining
from antiphon.server.auth import ANYBODY, CALLER, Caller, Keyring
from antiphon.server.errors import build_response
from antiphon.server.traffic import Traffic

OPEN_PATHS = frozenset({"/health"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Gate:
    """keyring: who may come in. Where nobody is asked for a key, only local hosts are served."""

    def __init__(self, app: ASGIApp, *, keyring: Keyring, max_body_bytes: int, traffic: Traffic) -> None:
        self.app = app
        self.keyring = keyring
        self.max_body_bytes = max_body_bytes
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        await self.keyring.refresh()
        try:
            scope[CALLER] = self._check(scope["path"], Headers(scope=scope))
        except ApiError as error:
            return await build_response(error)(scope, receive, send)
        await self.app(scope, self._limited(receive), send)

    def _check(self, path: str, headers: Headers) -> Caller:
        """Whose request this is. Raises an `ApiError`."""
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.max_body_bytes:
            raise BodyTooLarge(self.max_body_bytes)
        if not self.keyring.asks and host_name(headers.get("host", "")) not in LOCAL_HOSTS:
            raise HostNotAllowed
        if path in OPEN_PATHS:
            return ANYBODY
        if self.traffic.draining:
            raise ServerDraining
        return self.keyring.find(headers.get("authorization", ""))

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


def host_name(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host
