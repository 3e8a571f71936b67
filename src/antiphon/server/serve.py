"""Runs the application: listens, tells when models are ready, stops gracefully."""

import asyncio
import gc
import logging
import os
import socket
from types import FrameType

import uvicorn
import uvloop
from fastapi import FastAPI
from rich.console import Console

from antiphon.engine.base import Engine
from antiphon.errors import ConfigurationError
from antiphon.server.app import build_app
from antiphon.server.protocol import BoundedHeadersProtocol
from antiphon.server.traffic import Traffic
from antiphon.settings import Settings

console = Console(stderr=True, highlight=False, soft_wrap=True)
PROGRESS_INTERVAL_S = 0.2


def run(settings: Settings) -> None:
    """Serve until told to stop. Raises `ConfigurationError` when that cannot begin."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    gc.collect()
    gc.freeze()  # what has been imported stays; collections need not look through it again
    with listen(settings) as listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, listener))


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Raises `ConfigurationError`."""
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {settings.host}:{settings.port}: {os.strerror(error.errno or 0)}."
        ) from None


async def serve(settings: Settings, listener: socket.socket) -> None:
    """Answer requests from the first moment; those for a model wait until it is loaded."""
    app = build_app(settings)
    server = GracefulServer(build_config(app), traffic=app.state.traffic, drain_timeout_s=settings.drain_timeout)
    async with app.router.lifespan_context(app):
        telling = asyncio.create_task(tell_when_ready(app, base_url(listener)))
        telling.add_done_callback(server.stop_if_failed)
        await server.serve(sockets=[listener])
        telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    if not telling.cancelled() and (failure := telling.exception()):
        raise failure


def build_config(app: FastAPI) -> uvicorn.Config:
    """How uvicorn serves us."""
    return uvicorn.Config(
        app,
        http=BoundedHeadersProtocol,
        ws="none",
        lifespan="off",  # what it raises would be a traceback, and is a sentence where we enter it ourselves
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


class GracefulServer(uvicorn.Server):
    """On the first signal it takes nothing new and lets running answers finish; a second one ends it at once."""

    def __init__(self, config: uvicorn.Config, *, traffic: Traffic, drain_timeout_s: float) -> None:
        super().__init__(config)
        self.traffic = traffic
        self.drain_timeout_s = drain_timeout_s
        self.draining: asyncio.Future[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by Python's signal handling, in the main thread."""
        if self.traffic.draining:
            self.should_exit = self.force_exit = True
        else:
            self.traffic.draining = True
            self.loop.call_soon_threadsafe(self._begin_drain)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does."""
        self.loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def stop_if_failed(self, task: asyncio.Task[None]) -> None:
        """A model that cannot be loaded is a server that cannot be."""
        if not task.cancelled() and task.exception():
            self.should_exit = True

    def _begin_drain(self) -> None:
        console.print(f"Stopping: running answers have {self.drain_timeout_s:g} s to finish.")
        self.draining = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        await self.traffic.drain(self.drain_timeout_s)
        self.should_exit = True


async def tell_when_ready(app: FastAPI, url: str) -> None:
    """Progress while models load, then how to reach them. Raises `ConfigurationError`."""
    with console.status("") as status:
        for name, engine in app.state.pool.engines.items():
            loading = asyncio.ensure_future(engine.loaded())
            while not loading.done():
                status.update(f"{name}: {engine.unready_reason}")
                await asyncio.wait((loading,), timeout=PROGRESS_INTERVAL_S)
            loading.result()
            console.print(f"[bold]{name}[/bold] is ready: {describe(engine)}.")
    console.print(f"Base URL: [bold]{url}/v1[/bold]   Documentation: {url}/docs   Try it:\n\n{curl_line(app, url)}\n")


def describe(engine: Engine) -> str:
    """What a person wants to know of it at first."""
    converted = f", weights converted to {engine.layout}" if engine.layout not in (None, "file") else ""
    return f"{engine.context_length} tokens of context{converted}"


def base_url(listener: socket.socket) -> str:
    """Where a client on this machine reaches us."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{host}:{port}"


def curl_line(app: FastAPI, url: str) -> str:
    """One line to paste that works."""
    key = " -H 'Authorization: Bearer YOUR_KEY'" if app.state.keyring.asks else ""
    model = next(iter(app.state.pool.engines))
    body = f'{{"model": "{model}", "messages": [{{"role": "user", "content": "Say hello."}}]}}'
    return f"curl {url}/v1/chat/completions -H 'Content-Type: application/json'{key} -d '{body}'"
