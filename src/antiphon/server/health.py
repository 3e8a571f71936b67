"""`GET /health`: whether the default model answers."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

router = APIRouter()


@router.get("/health", tags=["Health"])
async def health(request: Request) -> JSONResponse:
    """200 `{"status": "ok"}`, or 503 with the reason."""
    if request.app.state.traffic.draining:
        return JSONResponse({"status": "draining", "reason": "the server is shutting down"}, 503)
    if reason := request.app.state.pool.default.unready_reason:
        return JSONResponse({"status": "loading", "reason": reason}, 503)
    return JSONResponse({"status": "ok"})
