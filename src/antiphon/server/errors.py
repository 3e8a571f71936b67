"""Errors to HTTP, in this one place: always the error object, never a path or a traceback."""

import logging

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from antiphon.errors import ApiError, InternalError, MethodNotAllowed, RouteNotFound
from antiphon.server.disconnect import ClientGone

log = logging.getLogger(__name__)

CLIENT_CLOSED_REQUEST = 499
"""nginx's status for a client that has gone; only the log sees it."""


def build_response(error: ApiError) -> JSONResponse:
    """The answer that an error is."""
    headers = {"retry-after": str(error.retry_after_s)} if error.retry_after_s else {}
    return JSONResponse(error.body(), error.status, headers)


def install(app: FastAPI) -> None:
    """Answer every error with an error object."""

    @app.exception_handler(ApiError)
    async def on_api_error(request: Request, error: ApiError) -> Response:
        return build_response(error)

    @app.exception_handler(ClientGone)
    @app.exception_handler(ClientDisconnect)
    async def on_client_gone(request: Request, error: Exception) -> Response:
        return Response(status_code=CLIENT_CLOSED_REQUEST)

    @app.exception_handler(HTTPException)
    async def on_http_exception(request: Request, error: HTTPException) -> Response:
        if error.status_code == MethodNotAllowed.status:
            response = build_response(MethodNotAllowed(request.method, request.url.path))
            response.headers.update(error.headers or {})
            return response
        return build_response(RouteNotFound(request.method, request.url.path))


class FaultBarrier:
    """What nobody foresaw is answered like everything else: as an error object, with our headers around it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer 500 if that fails before it has answered itself."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            log.exception("fault in %s %s", scope.get("method"), scope.get("path"))
            if begun or scope["type"] != "http":
                raise
            await build_response(InternalError())(scope, receive, send)
