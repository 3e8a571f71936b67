"""Runs the application in one process: listens, tells when models are ready, stops gracefully."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI

from antiphon.server.app import build_app
from antiphon.server.collector import rest_collector
from antiphon.server.graceful import GracefulServer, build_config
from antiphon.server.listener import base_url, listen
from antiphon.server.progress import Progress
from antiphon.server.terminal import console, log_to_terminal, tell_start, tell_stop
from antiphon.server.traffic import Traffic
from antiphon.settings import Settings


def run(settings: Settings) -> None:
    """Serve until told to stop. Raises `ConfigurationError` when that cannot begin."""
    log_to_terminal()
    rest_collector()
    with listen(settings) as listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, listener))


async def serve(settings: Settings, listener: socket.socket) -> None:
    """Answer requests from the first moment; those for a model wait until it is loaded."""
    app = build_app(settings)
    server = SignalledServer(build_config(app), traffic=app.state.traffic, drain_timeout_s=settings.drain_timeout)
    progress = Progress(console, app.state.pool.engines)
    app.state.pool.watch(progress)
    telling = partial(tell_when_ready, app, progress, base_url(listener))
    await attend(app, server, listener, telling=telling, beside=progress.show)


async def attend(
    app: FastAPI,
    server: GracefulServer,
    listener: socket.socket,
    *,
    telling: Callable[[], Coroutine[Any, Any, None]],
    beside: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Serve until the server ends, or `telling` fails, which raises; `beside` goes on for as long."""
    async with app.router.lifespan_context(app):
        tasks = [asyncio.create_task(begin()) for begin in (telling, beside)]
        tasks[0].add_done_callback(server.stop_if_failed)
        await server.serve(sockets=[listener])
        for task in tasks:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if not tasks[0].cancelled() and (failure := tasks[0].exception()):
        raise failure


class SignalledServer(GracefulServer):
    """On the first signal it takes nothing new and lets running answers finish; a second one ends it at once."""

    def __init__(self, config: uvicorn.Config, *, traffic: Traffic, drain_timeout_s: float) -> None:
        super().__init__(config, traffic=traffic)
        self.drain_timeout_s = drain_timeout_s
        self.draining: asyncio.Future[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by Python's signal handling, in the main thread."""
        if self.traffic.draining:
            self.end()
        else:
            self.traffic.draining = True
            self.loop.call_soon_threadsafe(self._begin_drain)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does."""
        self.loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def _begin_drain(self) -> None:
        tell_stop(self.drain_timeout_s)
        self.draining = asyncio.ensure_future(self.drain(self.drain_timeout_s))


async def tell_when_ready(app: FastAPI, progress: Progress, url: str) -> None:
    """How to reach what is loaded at start, once it is. Raises `ConfigurationError`."""
    await app.state.pool.loaded()
    progress.started = True
    tell_start(url, model=next(iter(app.state.pool.engines)), asks_key=app.state.keyring.asks)
