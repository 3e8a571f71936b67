"""Streamed answers: sent when all that made them has returned, so that nothing of it waits for their end.

FastAPI's and Starlette's layers would each keep their frames, some kilobytes for every stream, and look at every chunk.
"""

import logging
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from antiphon.completion.generate import Chunks
from antiphon.errors import ApiError, InternalError
from antiphon.schema.response.chunk import Chunk
from antiphon.server.deadline import Deadline
from antiphon.server.disconnect import ClientGone, while_connected
from antiphon.server.sse import DONE, render_chunk, render_error

log = logging.getLogger(__name__)

STREAM = "antiphon.stream"
"""Where in a request's scope a stream stands that is to be sent."""


class Streams:
    """Sends them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; then send what has been left to be sent."""
        await self.app(scope, receive, send)
        if stream := scope.pop(STREAM, None):
            await stream.send_all(receive, send)


class EventStream(Response):
    """A stream whose first chunk is there already, so that what could be refused has been."""

    media_type = "text/event-stream"

    def __init__(self, first: Chunk, rest: Chunks, *, obfuscate: bool, deadline: Deadline) -> None:
        super().__init__(headers={"cache-control": "no-cache", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self.first: Chunk | None = first
        self.rest = rest
        self.obfuscate = obfuscate
        self.deadline = deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave it to `Streams`."""
        scope[STREAM] = self

    async def send_all(self, receive: Receive, send: Send) -> None:
        """Send it, unless the client leaves."""
        try:
            await while_connected(receive, self._send_all(send))
        except ClientGone:
            log.info("client left in mid-stream")
        finally:
            await self.rest.aclose()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async with self.deadline.watch(), aclosing(self.rest):
                first, self.first = self.first, None  # nothing is kept of what has been sent
                assert first
                await self._send_chunk(send, first)
                del first
                async for chunk in self.rest:
                    await self._send_chunk(send, chunk)
        except ApiError as error:
            await self._send(send, render_error(error))
        except Exception:
            log.exception("fault in mid-stream")
            await self._send(send, render_error(InternalError()))
        await send({"type": "http.response.body", "body": DONE, "more_body": False})

    async def _send_chunk(self, send: Send, chunk: Chunk) -> None:
        await self._send(send, render_chunk(chunk, obfuscate=self.obfuscate))

    async def _send(self, send: Send, data: bytes) -> None:
        await send({"type": "http.response.body", "body": data, "more_body": True})
