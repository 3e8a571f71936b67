"""The composition root: the only place that knows all rooms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

import antiphon
from antiphon.dialect.templates import load_template
from antiphon.engine.base import Engine
from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.engine import LlamaEngine
from antiphon.engine.llama.source import check, resolve
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from antiphon.errors import ConfigurationError, StoreUnavailable
from antiphon.schema.response.error import ErrorResponse
from antiphon.server import chat, errors, health, models, stored
from antiphon.server.auth import Keyring
from antiphon.server.gate import Gate
from antiphon.server.openapi import build_openapi
from antiphon.server.traffic import Traffic, TrafficLog
from antiphon.settings import Settings, is_loopback
from antiphon.store.place import parse_url
from antiphon.store.store import Store

ROOMS = (chat, stored, models, health)
ABOUT = "OpenAI's Chat Completions API on your own machine, from open-weight models."


def build_app(settings: Settings, pool: Pool | None = None) -> FastAPI:
    """The server as an ASGI application; `pool` in place of the engines that the settings name."""
    pool, store = pool or build_pool(settings), build_store(settings)
    keyring = Keyring(settings.api_key, store.keys)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            await store.open()
            await load_keys(keyring)
            check_exposure(settings, keyring)
            await pool.start()
            try:
                yield
            finally:
                await pool.stop()
        finally:
            await store.close()

    app = FastAPIOffline(
        redoc_url=None,
        redirect_slashes=False,
        title="Antiphon",
        version=antiphon.__version__,
        description=ABOUT,
        lifespan=lifespan,
    )
    app.state.settings, app.state.pool, app.state.traffic = settings, pool, Traffic()
    app.state.store, app.state.keyring = store, keyring
    for room in ROOMS:
        app.include_router(room.router)
    described = [ErrorResponse, *(model for room in ROOMS for model in room.MODELS)]
    app.openapi = cache(partial(build_openapi, app, described))  # type: ignore[method-assign]  # FastAPI's own way
    errors.install(app)
    # The last one added is the outermost.
    app.add_middleware(errors.FaultBarrier)
    app.add_middleware(Gate, keyring=keyring, max_body_bytes=settings.max_body_bytes, traffic=app.state.traffic)
    app.add_middleware(TrafficLog, traffic=app.state.traffic)
    return app


async def load_keys(keyring: Keyring) -> None:
    """Nobody is let in before it is known who may. Raises `ConfigurationError`."""
    try:
        await keyring.load()
    except StoreUnavailable as error:
        raise ConfigurationError(f"The keys in the database cannot be read: {error.reason}.") from None


def check_exposure(settings: Settings, keyring: Keyring) -> None:
    """Other machines are served only where keys are asked for. Raises `ConfigurationError`."""
    if not keyring.asks and not is_loopback(settings.host):
        raise ConfigurationError(
            f"--host {settings.host} would serve other machines without a key: add --api-key, make a key with"
            " 'antiphon keys create', or listen on 127.0.0.1."
        )


def build_store(settings: Settings) -> Store:
    """What keeps completions and keys; not opened yet."""
    return Store(parse_url(settings.database_url, folder=settings.data_dir), retention_s=settings.retention)


def build_pool(settings: Settings) -> Pool:
    """An engine for each model. Raises `ConfigurationError`, also for models that nobody needs yet."""
    engines = {name: build_engine(settings, name, source) for name, source in settings.model.items()}
    return Pool(engines, settings.alias, memory_limit=settings.memory_limit, preload=settings.preload)


def build_engine(settings: Settings, name: str, source: str) -> Engine:
    """The engine of one model."""
    if settings.engine == "scripted":
        return ScriptedEngine()
    check(source)
    config = WorkerConfig(
        socket_path="",
        model_path="",
        context=settings.context,
        parallel=settings.parallel,
        queue=settings.queue,
        threads=settings.threads,
        cache_bytes=settings.cache_bytes,
        flash_attention=settings.flash_attention,
        tuning_folder=str(settings.data_dir.expanduser() / "tuning"),
        kv_type=settings.kv_type,
        deterministic=settings.deterministic,
        draft=settings.draft,
        disk_folder=str(settings.data_dir.expanduser() / "prompts"),
        disk_bytes=settings.disk_cache_bytes,
        cpu_layout=settings.cpu_layout,
        layouts_folder=str(settings.data_dir.expanduser() / "layouts"),
    )
    chosen = settings.chat_template.get(name)
    template = load_template(chosen) if chosen else None
    return LlamaEngine(name, partial(resolve, source), config, template=template)
