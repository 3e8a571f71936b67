"""Keeps models for other processes: they ask over a socket to hold one, and are told where its worker listens.

Knows no request: those go from each guest to the worker, past the host. The invariant: what a guest holds ends with
its connection, however that ends.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from antiphon.engine.hosting.messages import (
    SOCKET,
    Begun,
    FromHost,
    Held,
    Hold,
    Refused,
    Release,
    ToHost,
    Told,
    TooLarge,
    decode_to_host,
)
from antiphon.engine.llama.connection import Connection
from antiphon.engine.llama.upkeep import Standing, Upkeep
from antiphon.engine.loader import Loader
from antiphon.errors import ConfigurationError, ModelTooLarge


class Host:
    """upkeeps: by model. loader: loads them. A watcher of that, too: guests are told of every change."""

    def __init__(self, upkeeps: Mapping[str, Upkeep], loader: Loader) -> None:
        self.upkeeps = upkeeps
        self.loader = loader
        self.has_begun = False
        self.visits: set[Visit] = set()
        self.server: asyncio.Server | None = None
        loader.watch(self)
        for model, upkeep in upkeeps.items():
            upkeep.watch(partial(self._tell, model))

    async def start(self, folder: Path) -> None:
        """Listen, in a folder that only its owner can enter."""
        loop = asyncio.get_running_loop()
        self.server = await loop.create_unix_server(lambda: Visit(self), str(folder / SOCKET))

    async def load_first(self, models: Sequence[str]) -> None:
        """See `Presence.load_first`."""
        await self.loader.load_first(models)
        self.has_begun = True
        self._say(Begun())

    async def stop(self) -> None:
        """End all workers, and all visits."""
        if self.server:
            self.server.close()
        await self.loader.stop()
        for visit in list(self.visits):
            visit.close()

    def told(self, model: str) -> Told:
        """How it is with a model."""
        return Told(model, self.loader.state(model), self.upkeeps[model].standing)

    def loading(self, model: str) -> None:
        """See `Watcher`."""
        self._say(self.told(model))

    def loaded(self, model: str) -> None:
        """See `Watcher`."""
        self._say(self.told(model))

    def failed(self, model: str, reason: str) -> None:
        """See `Watcher`."""
        self._say(self.told(model))

    def unloading(self, model: str, room_for: str | None) -> None:
        """See `Watcher`."""
        self._say(self.told(model))

    def _tell(self, model: str, standing: Standing) -> None:
        self._say(Told(model, self.loader.state(model), standing))

    def _say(self, message: FromHost) -> None:
        for visit in self.visits:
            visit.send(message)


class Visit(Connection):
    """A guest, and what it holds."""

    def __init__(self, host: Host) -> None:
        super().__init__(decode_to_host, self._receive, self._end)
        self.host = host
        self.holds: dict[int, asyncio.Task[None]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio calls this."""
        super().connection_made(transport)
        self.host.visits.add(self)
        for model in self.host.upkeeps:
            self.send(self.host.told(model))
        if self.host.has_begun:
            self.send(Begun())

    def _receive(self, message: ToHost) -> None:
        match message:
            case Hold(number=number, model=model):
                self.holds[number] = asyncio.create_task(self._hold(number, model))
            case Release(number=number):
                if task := self.holds.pop(number, None):
                    task.cancel()

    async def _hold(self, number: int, model: str) -> None:
        """Until it is released."""
        try:
            async with self.host.loader.present(model):
                self.send(Held(number))
                await self.lost.wait()
        except ModelTooLarge:
            need, limit = self.host.loader.need_and_limit(model)
            self.send(TooLarge(number, need, limit))
        except ConfigurationError as error:
            self.send(Refused(number, str(error)))

    def _end(self) -> None:
        self.host.visits.discard(self)
        for task in self.holds.values():
            task.cancel()
