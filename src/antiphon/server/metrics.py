"""`GET /metrics`: what is counted, in Prometheus' text form, of all API processes together."""

import os
from typing import Any

from fastapi import APIRouter, Depends, Request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from antiphon.schema.outgoing import Outgoing
from antiphon.schema.response.error import ErrorResponse
from antiphon.server.auth import needs
from antiphon.server.openapi import ref

router = APIRouter()
MODELS: list[type[Outgoing]] = []
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which Prometheus' client knows that there are several processes."""
DESCRIBED: dict[str, Any] = {
    "response_class": PlainTextResponse,
    "dependencies": [Depends(needs("admin"))],
    "responses": {
        200: {"description": "Counts.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        "default": {"description": "An error.", "content": {"application/json": {"schema": ref(ErrorResponse)}}},
    },
}


@router.get("/metrics", tags=["Health"], summary="Metrics", **DESCRIBED)
async def metrics(request: Request) -> Response:
    """Counters and gauges."""
    content = await run_in_threadpool(render)
    return Response(content, headers={"content-type": CONTENT_TYPE_LATEST})


def render() -> bytes:
    """Everything that is counted, as text."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return generate_latest(registry)
