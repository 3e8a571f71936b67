"""The five operations on stored completions. Whose they are is the caller's project; others' are not there."""

from typing import Any, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from antiphon.completion.stored import choose_messages, message_id, render_completion, render_list, render_message
from antiphon.errors import CompletionNotFound
from antiphon.schema.request.parse import Model, Parsed, parse_body
from antiphon.schema.request.query import parse_query
from antiphon.schema.request.stored import ListCompletions, ListMessages, UpdateCompletion
from antiphon.schema.request.words import shorten
from antiphon.schema.response.stored import CompletionDeleted, CompletionList, MessageList, StoredCompletion
from antiphon.server.auth import CALLER
from antiphon.server.headers import check_content_type, tell_ignored
from antiphon.server.openapi import IGNORED, documented
from antiphon.store.completions import Completions
from antiphon.store.query import Query
from antiphon.store.record import build_terms

router = APIRouter()
MODELS = [UpdateCompletion, StoredCompletion, CompletionList, MessageList, CompletionDeleted]
ONE = "/v1/chat/completions/{completion_id}"
Thing = TypeVar("Thing")
TELLS: dict[str, Any] = {"headers": {"antiphon-ignored": IGNORED}}


@router.get(
    "/v1/chat/completions",
    tags=["Stored completions"],
    summary="List stored completions",
    **documented(scope="stored:read", asks=ListCompletions, gives=CompletionList, **TELLS),
)
async def list_completions(request: Request) -> Response:
    """The stored completions of your project in the order they were created in, a page at a time."""
    wanted = read_query(request, ListCompletions)
    completions, project = stored(request), project_of(request)
    asked = wanted.request
    model = asked.model and request.app.state.pool.own_name(asked.model)
    after = None if asked.after is None else await completions.find_position(project, asked.after)
    query = Query(
        project=project,
        terms=tuple(build_terms(model, asked.metadata)),
        after=after,
        limit=asked.limit,
        descending=asked.order == "desc",
    )
    entries, has_more = await completions.page(query)
    page = render_list([entry.id for entry in entries], list(map(render_completion, entries)), has_more=has_more)
    return tell_ignored(build_response(page), wanted.unknown)


@router.get(
    ONE,
    tags=["Stored completions"],
    summary="Get stored completion",
    **documented(scope="stored:read", gives=StoredCompletion),
)
async def retrieve(request: Request, completion_id: str) -> Response:
    """A stored completion of your project."""
    entry = await stored(request).get(project_of(request), completion_id)
    return build_response(render_completion(found(entry, completion_id)))


@router.post(
    ONE,
    tags=["Stored completions"],
    summary="Update stored completion",
    **documented(
        scope="stored:write",
        takes=UpdateCompletion,
        example={"metadata": {"quality": "good"}},
        gives=StoredCompletion,
        **TELLS,
    ),
)
async def update(request: Request, completion_id: str) -> Response:
    """Replaces the metadata of a stored completion. Nothing else can be changed."""
    check_content_type(request)
    parsed = parse_body(await request.body(), UpdateCompletion, drop_unknown=drops_unknown(request))
    metadata = parsed.request.metadata or {}
    entry = await stored(request).update(project_of(request), completion_id, metadata)
    return tell_ignored(build_response(render_completion(found(entry, completion_id))), parsed.unknown)


@router.delete(
    ONE,
    tags=["Stored completions"],
    summary="Delete stored completion",
    **documented(scope="stored:write", gives=CompletionDeleted),
)
async def delete(request: Request, completion_id: str) -> Response:
    """Deletes a stored completion with its messages and all that belongs to it."""
    deleted = await stored(request).delete(project_of(request), completion_id)
    found(deleted or None, completion_id)
    return build_response(CompletionDeleted(id=completion_id).json_bytes())


@router.get(
    f"{ONE}/messages",
    tags=["Stored completions"],
    summary="List messages of a stored completion",
    **documented(scope="stored:read", asks=ListMessages, gives=MessageList, **TELLS),
)
async def list_messages(request: Request, completion_id: str) -> Response:
    """The input messages of a stored completion in their order, a page at a time."""
    wanted = read_query(request, ListMessages)
    asked = wanted.request
    choose = choose_messages(completion_id, after=asked.after, descending=asked.order == "desc")
    page = await stored(request).messages(project_of(request), completion_id, choose, limit=asked.limit)
    messages, has_more = found(page, completion_id)
    ids = [message_id(completion_id, number) for number, _ in messages]
    items = [render_message(completion_id, number, message) for number, message in messages]
    return tell_ignored(build_response(render_list(ids, items, has_more=has_more)), wanted.unknown)


def stored(request: Request) -> Completions:
    """What is kept."""
    completions: Completions = request.app.state.store.completions
    return completions


def project_of(request: Request) -> str:
    """The caller's."""
    project: str = request.scope[CALLER].project
    return project


def drops_unknown(request: Request) -> bool:
    """What becomes of fields that nobody knows."""
    return bool(request.app.state.settings.unknown_fields == "ignore")


def read_query(request: Request, model: type[Model]) -> Parsed[Model]:
    """The query string. Raises `InvalidRequest`."""
    return parse_query(request.query_params.multi_items(), model, drop_unknown=drops_unknown(request))


def found(thing: Thing | None, completion_id: str) -> Thing:
    """What was asked for. Raises `CompletionNotFound` when it is not there."""
    if thing is None:
        raise CompletionNotFound(shorten(completion_id))
    return thing


def build_response(body: bytes) -> Response:
    """JSON as an answer."""
    return Response(body, media_type="application/json")
