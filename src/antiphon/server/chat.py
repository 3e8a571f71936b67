"""`POST /v1/chat/completions`: parse, start, and answer whole or as a stream."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from antiphon.completion.generate import Chunks, accumulate, keep_at_end, stream_chunks
from antiphon.completion.keep import keep
from antiphon.completion.prepare import Prepared, prepare
from antiphon.errors import ApiError, InternalError, RequestTimeout
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.parse import parse_create
from antiphon.schema.response.chunk import Chunk
from antiphon.schema.response.completion import ChatCompletion
from antiphon.server.auth import CALLER
from antiphon.server.disconnect import ClientGone, while_connected
from antiphon.server.headers import check_content_type, tell_ignored
from antiphon.server.openapi import IGNORED, documented
from antiphon.server.sse import DONE, render_chunk, render_error
from antiphon.server.traffic import AT_END, NOTES, REQUEST_ID

log = logging.getLogger(__name__)
router = APIRouter()
MODELS = [CreateChatCompletion, ChatCompletion, Chunk]


@router.post(
    "/v1/chat/completions",
    tags=["Chat"],
    summary="Create chat completion",
    **documented(
        scope="chat",
        takes=CreateChatCompletion,
        example={"model": "smollm2", "messages": [{"role": "user", "content": "Say hello."}]},
        gives=ChatCompletion,
        streams=Chunk,
        headers={"antiphon-ignored": IGNORED},
    ),
)
async def create(request: Request) -> Response:
    """A completion of a conversation, whole, or streamed as server-sent events."""
    check_content_type(request)
    drop_unknown = request.app.state.settings.unknown_fields == "ignore"
    parsed = parse_create(await read_body(request), drop_unknown=drop_unknown)
    notes = request.scope[NOTES]
    notes.update(notes_on(parsed.request))
    deadline = Deadline(request.app.state.settings.request_timeout)
    work = prepare(request.app.state.pool, parsed.request, until=request.scope[AT_END])
    prepared: Prepared = await while_connected(request.receive, deadline.hold(work))
    notes.update(model=prepared.model, completion=prepared.id)
    return tell_ignored(await begin(request, prepared, deadline), (*prepared.ignored, *parsed.unknown))


async def read_body(request: Request) -> bytes:
    """All of it, which nobody keeps: an answer may take long, and there may be many."""
    return b"".join([piece async for piece in request.stream()])


async def begin(request: Request, prepared: Prepared, deadline: "Deadline") -> Response:
    """The whole answer, or a stream of which the first chunk is there."""
    wanted = prepared.request
    chunks = build_chunks(request, prepared)
    if not wanted.stream:
        work = deadline.hold(accumulate(chunks, metadata=wanted.metadata))
        completion = await while_connected(request.receive, work)
        return Response(completion.json_bytes(), media_type="application/json")
    first = await while_connected(request.receive, deadline.hold(anext(chunks)))
    return EventStream(first, chunks, obfuscate=obfuscates(wanted), deadline=deadline)


def build_chunks(request: Request, prepared: Prepared) -> Chunks:
    """The answer in chunks, which end when it is stored, if that was asked for."""
    wanted, caller = prepared.request, request.scope[CALLER]
    include_usage = not wanted.stream or bool(wanted.stream_options and wanted.stream_options.include_usage)
    store = wanted.store is True
    chunks = stream_chunks(
        prepared,
        tenant=caller.tenant,
        include_usage=include_usage or store,
        reasoning_field=request.app.state.settings.reasoning_field,
    )
    if not store:
        return chunks
    completions = request.app.state.store.completions
    keeper = partial(keep, completions, prepared, project=caller.project, request_id=request.scope[REQUEST_ID])
    return keep_at_end(chunks, keeper, include_usage=include_usage)


def notes_on(wanted: CreateChatCompletion) -> dict[str, Any]:
    """What is recorded with the request, also when it is refused: who it is for, as far as that was said."""
    said = {"user": wanted.user, "safety_identifier": wanted.safety_identifier, "metadata": wanted.metadata}
    return {name: value for name, value in said.items() if value is not None}


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
