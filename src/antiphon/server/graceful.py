"""uvicorn's server, ended in one of three ways: at once, drained, or retired. Knows no signal and no process.

Drained, it takes nothing new and lets running answers finish. Retired, it leaves new connections to others who listen
on the same socket, and answers on its own until nobody uses them. The invariant: whoever retires answers what it reads.
"""

import asyncio
import select
import socket
import time
from typing import cast

import uvicorn
from fastapi import FastAPI

from antiphon.server.protocol import BoundedHeadersProtocol
from antiphon.server.traffic import Traffic

IDLE_S = 2.0
"""That a connection is kept for its client while a server retires."""
POLL_S = 0.1


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
        proxy_headers=False,  # nobody asks where a client is
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


class GracefulServer(uvicorn.Server):
    """traffic: of the application."""

    def __init__(self, config: uvicorn.Config, *, traffic: Traffic) -> None:
        super().__init__(config)
        self.traffic = traffic
        self.has_started = asyncio.Event()
        self.used: dict[BoundedHeadersProtocol, float] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does."""
        await super().startup(sockets)
        self.has_started.set()

    def stop_if_failed(self, task: asyncio.Task[None]) -> None:
        """A model that cannot be loaded is a server that cannot be."""
        if not task.cancelled() and task.exception():
            self.should_exit = True

    def end(self) -> None:
        """At once."""
        self.should_exit = self.force_exit = True

    async def drain(self, limit_s: float) -> None:
        """Refuse what is new; end when all that runs has been answered, or after `limit_s` seconds."""
        await self.traffic.drain(limit_s)
        self.should_exit = True

    async def retire(self, limit_s: float) -> None:
        """Leave what is new to others; end when all has been answered and no connection is in use. limit_s: seconds
        that an answer may take.
        """
        self.traffic.retiring = True
        for server in self.servers:
            server.close()
        self.traffic.last_began = time.monotonic()
        while self._connections and time.monotonic() < self.traffic.last_began + limit_s:
            self._close_idle(time.monotonic())
            await asyncio.sleep(POLL_S)
        await self.drain(max(0.0, self.traffic.last_began + limit_s - time.monotonic()))

    @property
    def _connections(self) -> set[BoundedHeadersProtocol]:
        return cast(set[BoundedHeadersProtocol], self.server_state.connections)

    def _close_idle(self, now: float) -> None:
        for connection in list(self._connections):
            if connection.is_busy or is_readable(connection):
                self.used[connection] = now
            elif now - self.used.setdefault(connection, now) >= IDLE_S:
                connection.shutdown()
        self.used = {connection: at for connection, at in self.used.items() if connection in self._connections}


def is_readable(connection: BoundedHeadersProtocol) -> bool:
    """Whether something has come that nobody has read yet."""
    poll = select.poll()
    poll.register(connection.transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(poll.poll(0))
