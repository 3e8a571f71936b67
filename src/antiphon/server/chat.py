"""`POST /v1/chat/completions`: parse, start, and answer whole or as a stream."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from antiphon.completion.generate import Chunks, accumulate, stream_chunks
from antiphon.errors import ApiError, InternalError, RequestTimeout, UnsupportedMediaType
from antiphon.schema.completion import Chunk
from antiphon.schema.parse import parse_create
from antiphon.schema.request import CreateChatCompletion
from antiphon.server.disconnect import ClientGone, while_connected
from antiphon.server.sse import DONE, render_chunk, render_error

log = logging.getLogger(__name__)
router = APIRouter()

CLIENT_CLOSED_REQUEST = 499
"""nginx's status for a client that has gone; only the log sees it."""


@router.post("/v1/chat/completions", tags=["Chat"], summary="Create chat completion")
async def create(request: Request) -> Response:
    """A completion of a conversation, whole, or streamed as server-sent events."""
    check_content_type(request)
    try:
        return await answer(request, parse_create(await request.body()))
    except (ClientGone, ClientDisconnect):
        return Response(status_code=CLIENT_CLOSED_REQUEST)


async def answer(request: Request, wanted: CreateChatCompletion) -> Response:
    """The whole answer, or a stream that has begun. Raises `ClientGone`, and an `ApiError` for what is refused."""
    options = wanted.stream_options
    include_usage = not wanted.stream or bool(options and options.include_usage)
    tenant = request.scope["antiphon.tenant"]
    chunks = stream_chunks(request.app.state.pool, wanted, tenant=tenant, include_usage=include_usage)
    deadline = Deadline(request.app.state.settings.request_timeout)
    if not wanted.stream:
        completion = await while_connected(request.receive, deadline.hold(accumulate(chunks)))
        return Response(completion.json_bytes(), media_type="application/json")
    first = await while_connected(request.receive, deadline.hold(anext(chunks)))
    return EventStream(first, chunks, obfuscate=obfuscates(wanted), deadline=deadline)


def check_content_type(request: Request) -> None:
    """JSON, or nothing said. Raises `UnsupportedMediaType`."""
    content_type = request.headers.get("content-type", "application/json")
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(content_type)


def obfuscates(wanted: CreateChatCompletion) -> bool:
    """Padding is on unless asked away."""
    return wanted.stream_options is None or wanted.stream_options.include_obfuscation is not False


class Deadline:
    """When a completion must be done, `limit_s` seconds from now."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.at = asyncio.get_running_loop().time() + limit_s

    async def hold(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of `work`. Raises `RequestTimeout`."""
        async with self.watch():
            return await work

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[None]:
        """Turns running over into `RequestTimeout`."""
        try:
            async with asyncio.timeout_at(self.at):
                yield
        except TimeoutError:
            raise RequestTimeout(self.limit_s) from None


class EventStream(Response):
    """A stream whose first chunk is there already, so that what could be refused has been."""

    media_type = "text/event-stream"

    def __init__(self, first: Chunk, rest: Chunks, *, obfuscate: bool, deadline: Deadline) -> None:
        super().__init__(headers={"cache-control": "no-cache", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self.first = first
        self.rest = rest
        self.obfuscate = obfuscate
        self.deadline = deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it all, unless the client leaves."""
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
                await self._send_chunk(send, self.first)
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
