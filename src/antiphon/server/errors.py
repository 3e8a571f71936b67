"""Errors to HTTP, in this one place: always the error object, never a path or a traceback."""

import logging

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from antiphon.errors import ApiError, InternalError, MethodNotAllowed, RouteNotFound

log = logging.getLogger(__name__)


def build_response(error: ApiError) -> JSONResponse:
    """The answer that an error is."""
    headers = {"retry-after": str(error.retry_after_s)} if error.retry_after_s else {}
    return JSONResponse(error.body(), error.status, headers)


def install(app: FastAPI) -> None:
    """Answer every exception with an error object."""

    @app.exception_handler(ApiError)
    async def on_api_error(request: Request, error: ApiError) -> Response:
        return build_response(error)

    @app.exception_handler(HTTPException)
    async def on_http_exception(request: Request, error: HTTPException) -> Response:
        if error.status_code == MethodNotAllowed.status:
            response = build_response(MethodNotAllowed(request.method, request.url.path))
            response.headers.update(error.headers or {})
            return response
        return build_response(RouteNotFound(request.method, request.url.path))

    @app.exception_handler(Exception)
    async def on_fault(request: Request, error: Exception) -> Response:
        log.error("fault in %s %s", request.method, request.url.path, exc_info=error)
        return build_response(InternalError())
