"""The content of a file as an answer, chunk by chunk, as bytes that no browser takes for anything else."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from antiphon.errors import ApiError
from antiphon.server.disconnect import ClientGone, while_connected
from antiphon.server.stream import STREAM

log = logging.getLogger(__name__)

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-")


class Download(Response):
    """size: of all chunks together. first: the first of them, so that what could be refused has been."""

    media_type = "application/octet-stream"

    def __init__(self, first: bytes, rest: AsyncGenerator[bytes, None], *, name: str, size: int) -> None:
        headers = {
            "content-length": str(size),
            "content-disposition": render_disposition(name),
            "x-content-type-options": "nosniff",
        }
        super().__init__(headers=headers)
        self.first: bytes | None = first
        self.rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave it to `Streams`."""
        scope[STREAM] = self

    async def send_all(self, receive: Receive, send: Send) -> None:
        """Send it, unless the client leaves. What cannot be sent to its end ends the connection, which is how a client
        learns of it.
        """
        try:
            await while_connected(receive, self._send_all(send))
        except ClientGone:
            log.info("client left in mid-download")
        except ApiError as error:
            log.warning("a download was cut off: %s", error.message)

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        first, self.first = self.first, None
        await send({"type": "http.response.body", "body": first, "more_body": True})
        del first
        async with aclosing(self.rest):
            async for chunk in self.rest:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def render_disposition(name: str) -> str:
    """To be saved under this name, which may have any letters: for old programs in ASCII, for others as it is."""
    plain = "".join(character if character in PLAIN else "_" for character in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
