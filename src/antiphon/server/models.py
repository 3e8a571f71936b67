"""`GET /v1/models` and `GET /v1/models/{id}`."""

import time
from collections.abc import Iterator

from fastapi import APIRouter, Request
from starlette.responses import Response

from antiphon.engine.base import Engine
from antiphon.engine.pool import Pool
from antiphon.schema.response.models import Modality, Model, ModelList
from antiphon.server.openapi import documented

router = APIRouter()
MODELS = [Model, ModelList]
STARTED = int(time.time())


@router.get("/v1/models", tags=["Models"], summary="List models", **documented(scope="chat", gives=ModelList))
async def list_models(request: Request) -> Response:
    """The models this server has, the default first. Aliases are not listed; they can be retrieved."""
    pool: Pool = request.app.state.pool
    models = ModelList(data=[build_model(name, engine) for name, engine in pool.engines.items()])
    return Response(models.json_bytes(), media_type="application/json")


@router.get(
    "/v1/models/{model:path}", tags=["Models"], summary="Retrieve model", **documented(scope="chat", gives=Model)
)
async def retrieve_model(request: Request, model: str) -> Response:
    """One model, by its name or an alias."""
    pool: Pool = request.app.state.pool
    return Response(build_model(*pool.find(model)).json_bytes(), media_type="application/json")


def build_model(name: str, engine: Engine) -> Model:
    """What is told of a model; `created` is when this server started."""
    return Model(
        id=name,
        created=STARTED,
        owned_by="antiphon",
        context_length=engine.context_length,
        input_modalities=list(find_modalities(engine)) if engine.unready_reason is None else None,
    )


def find_modalities(engine: Engine) -> Iterator[Modality]:
    """What a model takes that is loaded."""
    yield "text"
    if "images" in engine.capabilities:
        yield "image"
    if "audio_input" in engine.capabilities:
        yield "audio"
