"""The operations on files: upload, list, retrieve, content, delete. Whose they are is the caller's project; others' are
not there. Nothing here looks into a file.
"""

import asyncio
from contextlib import suppress
from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from antiphon.errors import InvalidRequest, StoreUnavailable
from antiphon.schema.request.files import CreateFile, FileForm, ListFiles
from antiphon.schema.request.multipart import FORM, Multipart
from antiphon.schema.request.parse import Parsed
from antiphon.schema.response.files import FileDeleted, FileList, FileObject, Purpose
from antiphon.server.download import Download
from antiphon.server.headers import tell_ignored
from antiphon.server.openapi import IGNORED, documented
from antiphon.server.stored import build_response, drops_unknown, project_of, read_query
from antiphon.store.files.files import Files
from antiphon.store.files.record import File
from antiphon.store.files.upload import Upload
from antiphon.store.query import Query

router = APIRouter()
MODELS = [CreateFile, FileObject, FileList, FileDeleted]
ONE = "/v1/files/{file_id}"
EXAMPLE = {"file": "Hello.", "purpose": "user_data"}
WRITTEN = {"expires_after": {"style": "deepObject", "explode": True}}
"""How an object stands in a form, in OpenAPI's terms."""
SLICE_BYTES = 16 * 1024
"""A body is parsed in slices, between which others get their turn: it may be made so that parsing takes long."""
TELLS: dict[str, Any] = {"headers": {"antiphon-ignored": IGNORED}}


def of_form(described: dict[str, Any]) -> dict[str, Any]:
    """The description of a route whose body is a form."""
    content = described["openapi_extra"]["requestBody"]["content"]
    content[FORM] = content.pop("application/json") | {"encoding": WRITTEN}
    return described


def of_bytes(described: dict[str, Any], text: str) -> dict[str, Any]:
    """The description of a route that gives bytes."""
    media = {"schema": {"type": "string", "format": "binary"}}
    described["responses"][200] = {"description": text, "content": {Download.media_type: media}}
    return described


@router.post(
    "/v1/files",
    tags=["Files"],
    summary="Upload file",
    **of_form(documented(scope="stored:write", takes=CreateFile, example=EXAMPLE, gives=FileObject, **TELLS)),
)
async def create(request: Request) -> Response:
    """Keeps a file, so that requests can name it by its id."""
    body = Multipart(request.headers.get("content-type", ""))
    upload = files(request).begin(project_of(request))
    try:
        parsed = await receive_file(request, body, upload)
        wanted = parsed.request
        lifetime_s = wanted.expires_after.seconds if wanted.expires_after else None
        file = await upload.finish(name=wanted.file, purpose=wanted.purpose, lifetime_s=lifetime_s)
    except BaseException:
        with suppress(StoreUnavailable):
            await upload.abandon()
        raise
    return tell_ignored(build_response(build_file(file).json_bytes()), parsed.unknown)


async def receive_file(request: Request, body: Multipart, upload: Upload) -> Parsed[CreateFile]:
    """The form around the file, which has gone into the upload as it came. Raises `ApiError`."""
    form, pace = FileForm(drop_unknown=drops_unknown(request)), request.app.state.upload_pace
    async for piece in request.stream():
        for begin in range(0, len(piece), SLICE_BYTES):
            for event in body.feed(piece[begin : begin + SLICE_BYTES]):
                if data := form.feed(event):
                    await upload.write(data)
            await asyncio.sleep(0)
        await pace.take(len(piece))
    body.close()
    parsed = form.close()
    if not upload.size:
        raise InvalidRequest("Invalid 'file': the file is empty.", param="file", code="invalid_value")
    return parsed


@router.get(
    "/v1/files",
    tags=["Files"],
    summary="List files",
    **documented(scope="stored:read", asks=ListFiles, gives=FileList, **TELLS),
)
async def list_files(request: Request) -> Response:
    """The files of your project in the order they were created in, a page at a time."""
    wanted = read_query(request, ListFiles)
    asked, project = wanted.request, project_of(request)
    after = None if asked.after is None else await files(request).find_position(project, asked.after)
    query = Query(project=project, after=after, limit=asked.limit, descending=asked.order == "desc")
    found, has_more = await files(request).page(query, purpose=asked.purpose)
    data = [build_file(file) for file in found]
    page = FileList(
        data=data,
        first_id=data[0].id if data else None,
        last_id=data[-1].id if data else None,
        has_more=has_more,
    )
    return tell_ignored(build_response(page.json_bytes()), wanted.unknown)


@router.get(
    ONE,
    tags=["Files"],
    summary="Retrieve file",
    **documented(scope="stored:read", gives=FileObject),
)
async def retrieve(request: Request, file_id: str) -> Response:
    """What is told of a file of your project."""
    file = await files(request).get(project_of(request), file_id)
    return build_response(build_file(file).json_bytes())


@router.get(
    f"{ONE}/content",
    tags=["Files"],
    summary="Retrieve file content",
    status_code=200,
    response_class=Download,
    **of_bytes(documented(scope="stored:read", gives=FileObject), "What is in the file, as it was uploaded."),
)
async def content(request: Request, file_id: str) -> Response:
    """What is in a file of your project."""
    project = project_of(request)
    file = await files(request).get(project, file_id)
    chunks = files(request).stream(project, file)
    return Download(await anext(chunks, b""), chunks, name=file.name, size=file.size)


@router.delete(
    ONE,
    tags=["Files"],
    summary="Delete file",
    **documented(scope="stored:write", gives=FileDeleted),
)
async def delete(request: Request, file_id: str) -> Response:
    """Deletes a file with what is in it."""
    await files(request).delete(project_of(request), file_id)
    return build_response(FileDeleted(id=file_id).json_bytes())


def files(request: Request) -> Files:
    """What is kept."""
    kept: Files = request.app.state.store.files
    return kept


def build_file(file: File) -> FileObject:
    """A file as the API tells of it."""
    return FileObject(
        id=file.id,
        bytes=file.size,
        created_at=file.created,
        expires_at=file.expires,
        filename=file.name,
        purpose=cast(Purpose, file.purpose),
    )
