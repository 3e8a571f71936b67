"""`POST /v1/chat/completions`: parse, start, and answer whole or as a stream."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from antiphon.completion.generate import Chunks, accumulate, keep_at_end, stream_chunks
from antiphon.completion.keep import keep
from antiphon.completion.prepare import Prepared, prepare
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.parse import parse_create
from antiphon.schema.response.chunk import Chunk
from antiphon.schema.response.completion import ChatCompletion
from antiphon.server.auth import CALLER
from antiphon.server.deadline import Deadline
from antiphon.server.disconnect import while_connected
from antiphon.server.headers import check_content_type, tell_ignored
from antiphon.server.openapi import IGNORED, documented
from antiphon.server.stream import EventStream
from antiphon.server.traffic import AT_END, NOTES, REQUEST_ID

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
    work = prepare(
        request.app.state.pool,
        request.app.state.senses,
        parsed.request,
        project=request.scope[CALLER].project,
        until=request.scope[AT_END],
    )
    prepared: Prepared = await while_connected(request.receive, deadline.hold(work))
    notes.update(model=prepared.model, completion=prepared.id)
    return tell_ignored(await begin(request, prepared, deadline), (*prepared.ignored, *parsed.unknown))


async def read_body(request: Request) -> bytes:
    """All of it, which nobody keeps: an answer may take long, and there may be many."""
    return b"".join([piece async for piece in request.stream()])


async def begin(request: Request, prepared: Prepared, deadline: Deadline) -> Response:
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
