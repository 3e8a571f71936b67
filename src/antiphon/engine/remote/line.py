"""HTTP to one upstream: requests out, answers in, with what must never happen on the way ruled out.

No redirect is followed, no proxy of the environment is used, no cookie kept, nothing decompressed; heads and waiting
times are bounded. Knows no kind of upstream.
"""

import asyncio
import io
from typing import Any

import aiohttp
import msgspec

from antiphon.engine.remote.address import Address
from antiphon.engine.remote.fault import Fault
from antiphon.errors import UpstreamError, UpstreamTimeout, UpstreamUnavailable
from antiphon.upstreams import UpstreamSettings

LONGEST_BODY = 1 << 20
"""Bytes of an answer that is no stream."""
KEPT_OPEN_S = 30.0
NO_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
FORESEEN = (aiohttp.ClientError, aiohttp.http.HttpProcessingError, ValueError, OSError)
CUT_OFF = (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, aiohttp.ClientOSError, ConnectionError)


class Line:
    """model: for messages. Must be made within the event loop."""

    def __init__(self, model: str, address: Address, settings: UpstreamSettings) -> None:
        self.model = model
        self.address = address
        self.timeout_s = settings.timeout
        self.secrets = tuple(
            secret.get_secret_value() for secret in (settings.key, *settings.headers.values()) if secret
        )
        headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
        if settings.key:
            headers["Authorization"] = f"Bearer {settings.key.get_secret_value()}"
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_OPEN_S),
            headers={**headers, "Accept-Encoding": "identity", "User-Agent": "antiphon"},
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=settings.connect_timeout, sock_read=settings.timeout
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    async def get(self, url: str, *, limit_s: float) -> tuple[int, bytes]:
        """Status and body, for what is asked beside requests. Raises `Fault`."""
        return await self._ask("GET", url, None, limit_s=limit_s)

    async def post(self, url: str, body: Any, *, limit_s: float) -> tuple[int, bytes]:
        """The same with a body of JSON."""
        return await self._ask("POST", url, body, limit_s=limit_s)

    async def _ask(self, method: str, url: str, body: Any, *, limit_s: float) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(limit_s):
                response = await self.open(method, url, body)
                return response.status, await self.read(response)
        except TimeoutError:
            raise Fault("timeout", UpstreamTimeout(self.model, limit_s)) from None

    async def open(self, method: str, url: str, body: Any) -> aiohttp.ClientResponse:
        """An answer whose head has come; who takes it closes it. Raises `Fault`."""
        data = None if body is None else encode(body)
        headers = {"Content-Type": "application/json"} if data else {}
        try:
            return await self.session.request(
                method, url, data=data and io.BytesIO(data), headers=headers, allow_redirects=False
            )
        except FORESEEN as error:
            raise self.fault_of(error) from None

    async def receive(self, content: aiohttp.StreamReader) -> bytes:
        """More of an answer; empty at its end. Raises `Fault`."""
        try:
            return await content.readany()
        except FORESEEN as error:
            raise self.fault_of(error) from None

    async def read(self, response: aiohttp.ClientResponse) -> bytes:
        """All of an answer. Raises `Fault`, also where it is too long."""
        body = b""
        try:
            while piece := await self.receive(response.content):
                body += piece
                if len(body) > LONGEST_BODY:
                    raise Fault("too_much", UpstreamError(self.model, "answered with more than anybody asks for"))
        finally:
            response.close()  # which gives the connection back where the answer has been read to its end
        return body

    def fault_of(self, error: Exception) -> Fault:
        """What an exception of the library's means."""
        if isinstance(error, NO_CONNECTION):
            return Fault("refused", UpstreamUnavailable(self.model, describe(error)), again=True)
        if isinstance(error, aiohttp.SocketTimeoutError):
            return Fault("timeout", UpstreamTimeout(self.model, self.timeout_s))
        if isinstance(error, CUT_OFF):
            reason = "closed the connection before its answer was complete"
            return Fault("closed", UpstreamError(self.model, reason), again=True)
        reason = f"answered what is no HTTP ({type(error).__name__})"
        return Fault("malformed", UpstreamError(self.model, reason), again=True)

    async def close(self) -> None:
        """Hang up."""
        await self.session.close()


def encode(body: Any) -> bytes:
    """JSON. Half a surrogate pair, which JSON can carry and UTF-8 cannot, becomes a question mark."""
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        return msgspec.json.encode(mend(body))


def mend(value: Any) -> Any:
    """With texts that are Unicode."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [mend(inner) for inner in value]
    return {mend(key): mend(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def describe(error: Exception) -> str:
    """Why there is no connection, without saying where to."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "it does not take the connection"
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name cannot be looked up"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "its certificate is not trusted, or it does not speak TLS"
    return "it refuses the connection" if isinstance(cause, ConnectionRefusedError) else "there is no way to it"
