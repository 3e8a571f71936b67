"""Headers of requests and answers that several routes look at or set."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from antiphon.errors import UnsupportedMediaType

MAX_PATH_CHARS = 100
MAX_HEADER_CHARS = 4096


def tell_ignored(response: Response, ignored: Sequence[str]) -> Response:
    """The answer, which names what was left out of the request, if anything was."""
    if ignored:
        response.headers["antiphon-ignored"] = header_list(ignored)
    return response


def header_list(paths: Iterable[str]) -> str:
    """Paths as a header can carry them, as many as it has room for. They may hold what a client wrote, of any length
    and script.
    """
    shown, room = [], MAX_HEADER_CHARS
    for path in paths:
        text = quote(path[:MAX_PATH_CHARS], safe="[]._-")
        room -= len(text)
        if room < 0:
            break
        shown.append(text)
    return ", ".join(shown)


def check_content_type(request: Request) -> None:
    """JSON, or nothing said. Raises `UnsupportedMediaType`."""
    content_type = request.headers.get("content-type", "application/json")
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(content_type)
