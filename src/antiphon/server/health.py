"""`GET /health`: whether the default model answers, if only after it has been loaded again."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from antiphon.schema.response.health import Health
from antiphon.server.openapi import documented

router = APIRouter()
MODELS = [Health]


@router.get("/health", tags=["Health"], summary="Health", **documented(scope=None, gives=Health, also=503))
async def health(request: Request) -> Response:
    """200, or 503 with the reason."""
    if request.app.state.traffic.draining:
        return build_response(Health(status="draining", reason="the server is shutting down"))
    if reason := request.app.state.pool.unready_reason:
        return build_response(Health(status="loading", reason=reason))
    return build_response(Health(status="ok"))


def build_response(told: Health) -> Response:
    """The status for load balancers, the object for people."""
    return Response(told.json_bytes(), 200 if told.status == "ok" else 503, media_type="application/json")
