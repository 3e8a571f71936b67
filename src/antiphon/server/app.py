"""The composition root: the only place that knows all rooms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

import antiphon
from antiphon.completion.senses import Senses
from antiphon.cores import usable_cores
from antiphon.engine.base import Engine
from antiphon.engine.hosting.divided import Divided
from antiphon.engine.hosting.guest import Guest
from antiphon.engine.loader import Loader
from antiphon.engine.pool import Pool
from antiphon.engine.remote.address import parse_address
from antiphon.engine.remote.engine import RemoteEngine
from antiphon.engine.scripted import ScriptedEngine
from antiphon.errors import ConfigurationError, StoreUnavailable
from antiphon.media.fetch.fetcher import Fetcher
from antiphon.media.fetch.policy import Policy, parse_hosts
from antiphon.media.hearing.model import check_name
from antiphon.media.hearing.pull import WeightsError
from antiphon.media.speech.voices import check_source
from antiphon.media.studio.studio import Studio
from antiphon.schema.response.error import ErrorResponse
from antiphon.server import chat, errors, files, health, metrics, models, stored
from antiphon.server.auth import Keyring
from antiphon.server.gate import Gate
from antiphon.server.local import build_llama, build_supervision, local_models
from antiphon.server.openapi import build_openapi
from antiphon.server.stream import Streams
from antiphon.server.traffic import Traffic, TrafficLog
from antiphon.server.upload_pace import BYTES_PER_CORE_S, UploadPace
from antiphon.settings import Settings, is_loopback
from antiphon.store.files.record import Limits
from antiphon.store.place import parse_url
from antiphon.store.store import Store
from antiphon.upstreams import UpstreamSettings, is_address
from antiphon.workplace import Workplace

ROOMS = (chat, stored, files, models, health, metrics)
ABOUT = "OpenAI's Chat Completions API on your own machine, from open-weight models."


def build_app(settings: Settings, pool: Pool | None = None, *, workplace: Workplace | None = None) -> FastAPI:
    """The server as an ASGI application; `pool` in place of the engines that the settings name. workplace: where it is
    one of several processes.
    """
    pool, store = pool or build_pool(settings, workplace), build_store(settings)
    keyring, senses = Keyring(settings.api_key, store.keys), build_senses(settings, store)

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
                await senses.close()
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
    app.state.store, app.state.keyring, app.state.senses = store, keyring, senses
    app.state.upload_pace = UploadPace(lambda: pool.num_held > 0, bytes_per_s=BYTES_PER_CORE_S * usable_cores())
    for room in ROOMS:
        app.include_router(room.router)
    described = [ErrorResponse, *(model for room in ROOMS for model in room.MODELS)]
    app.openapi = cache(partial(build_openapi, app, described))  # type: ignore[method-assign]  # FastAPI's own way
    errors.install(app)
    # The last one added is the outermost.
    app.add_middleware(Streams)
    app.add_middleware(errors.FaultBarrier)
    app.add_middleware(
        Gate,
        keyring=keyring,
        max_body_bytes=settings.max_body_bytes,
        max_file_bytes=settings.max_file_bytes,
        traffic=app.state.traffic,
    )
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
    """What keeps completions, files and keys; not opened yet."""
    url = parse_url(settings.database_url, folder=settings.data_dir)
    limits = Limits(settings.max_file_bytes, settings.max_project_bytes)
    return Store(url, retention_s=settings.retention, limits=limits)


def build_senses(settings: Settings, store: Store) -> Senses:
    """Whom completions ask for what is not text; nothing is started yet. Raises `ConfigurationError`."""

    hosts = parse_hosts(",".join(settings.allow_media_urls)) if settings.allow_media_urls else None
    for name, source in settings.voice.items():
        if reason := check_source(source):
            raise ConfigurationError(f"--voice {name}={source}: '{source}' {reason}.")
    if settings.transcriber is not None:
        try:
            check_name(settings.transcriber)
        except WeightsError as error:
            raise ConfigurationError(f"--transcriber: {error}") from None
    studio = Studio(voices=settings.voice, listener=settings.transcriber or "")
    return Senses(studio, Fetcher(Policy(hosts=hosts)), store.files, store.recordings)


def build_pool(settings: Settings, workplace: Workplace | None = None) -> Pool:
    """An engine for each model. Raises `ConfigurationError`, also for models that nobody needs yet."""
    local = local_models(settings)
    guest = Guest(workplace.folder, local) if workplace and local else None
    engines = {name: build_engine(settings, name, source, guest, workplace) for name, source in settings.model.items()}
    presence = guest and Divided(
        guest, Loader({name: engine for name, engine in engines.items() if name not in local}, None)
    )
    return Pool(
        engines, settings.alias, memory_limit=settings.memory_limit, preload=settings.preload, presence=presence
    )


def build_engine(
    settings: Settings, name: str, source: str, guest: Guest | None = None, workplace: Workplace | None = None
) -> Engine:
    """The engine of one model. guest: of who keeps the workers, where this process does not."""
    if settings.engine == "scripted":
        return ScriptedEngine()
    if is_address(source):
        addresses = [parse_address(address) for address in source.split()]
        told = settings.upstream.get(name, UpstreamSettings())
        return RemoteEngine(name, addresses, told, workplace=workplace)
    return build_llama(settings, name, guest.models[name] if guest else build_supervision(settings, name, source))
