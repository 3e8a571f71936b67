"""The composition root: the only place that knows all rooms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

import antiphon
from antiphon.engine.base import Engine
from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.engine import LlamaEngine
from antiphon.engine.llama.source import resolve
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from antiphon.schema.response.error import ErrorResponse
from antiphon.server import chat, errors, health, models
from antiphon.server.gate import Gate
from antiphon.server.openapi import build_openapi
from antiphon.server.traffic import Traffic, TrafficLog
from antiphon.settings import Settings

ABOUT = "OpenAI's Chat Completions API on your own machine, from open-weight models."


def build_app(settings: Settings, pool: Pool | None = None) -> FastAPI:
    """The server as an ASGI application; `pool` in place of the engines that the settings name."""
    pool = pool or build_pool(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.start()
        yield
        await pool.stop()

    app = FastAPIOffline(
        redoc_url=None,
        redirect_slashes=False,
        title="Antiphon",
        version=antiphon.__version__,
        description=ABOUT,
        lifespan=lifespan,
    )
    app.state.settings, app.state.pool, app.state.traffic = settings, pool, Traffic()
    for room in (chat, models, health):
        app.include_router(room.router)
    app.openapi = cache(partial(build_openapi, app, [*chat.MODELS, *models.MODELS, *health.MODELS, ErrorResponse]))  # type: ignore[method-assign]  # FastAPI's own way
    errors.install(app)
    # The last one added is the outermost.
    app.add_middleware(errors.FaultBarrier)
    app.add_middleware(Gate, keys=settings.api_key, max_body_bytes=settings.max_body_bytes, traffic=app.state.traffic)
    app.add_middleware(TrafficLog, traffic=app.state.traffic)
    return app


def build_pool(settings: Settings) -> Pool:
    """An engine for each model."""
    return Pool({name: build_engine(settings, name, source) for name, source in settings.model.items()}, settings.alias)


def build_engine(settings: Settings, name: str, source: str) -> Engine:
    """The engine of one model."""
    if settings.engine == "scripted":
        return ScriptedEngine()
    config = WorkerConfig(
        socket_path="",
        model_path="",
        context=settings.context,
        parallel=settings.parallel,
        queue=settings.queue,
        threads=settings.threads,
        flash_attention=settings.flash_attention,
    )
    return LlamaEngine(name, partial(resolve, source), config)
