"""uvicorn's server where several processes serve on one socket: how it takes connections, and counts them."""

import asyncio
import socket
from types import FrameType
from typing import Any, cast

import uvicorn

from antiphon.server.graceful import GracefulServer
from antiphon.server.protocol import BoundedHeadersProtocol
from antiphon.server.supervisor.acceptor import Acceptor
from antiphon.server.supervisor.tally import Tally
from antiphon.server.traffic import Traffic


class SharingServer(GracefulServer):
    """Ends when it is told to, and not by signals. tally: of all who share the socket."""

    def __init__(self, config: uvicorn.Config, *, traffic: Traffic, tally: Tally) -> None:
        super().__init__(config, traffic=traffic)
        self.tally = tally

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by Python's signal handling."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, but for how connections are taken."""
        await super().startup([])
        for listener in sockets or []:
            acceptor = Acceptor(listener, self._build_protocol, count=self._count, tally=self.tally)
            acceptor.start()
            self.servers.append(cast(asyncio.Server, acceptor))

    def _count(self) -> int:
        return len(self.server_state.connections)

    def _build_protocol(self) -> BoundedHeadersProtocol:
        return CountedProtocol(self.config, self.server_state, self.lifespan.state, tally=self.tally)


class CountedProtocol(BoundedHeadersProtocol):
    """Has its end counted; that it begins, the acceptor counts."""

    def __init__(self, *arguments: Any, tally: Tally) -> None:
        super().__init__(*arguments)
        self.tally = tally

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio calls this."""
        super().connection_lost(exc)
        self.tally.write(len(self.connections))
