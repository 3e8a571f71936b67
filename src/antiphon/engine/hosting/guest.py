"""Models that another process keeps, seen from one that answers with them.

Knows the host's socket and what it says. The invariant: every hold gets an answer, also when the host is gone.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from antiphon.engine.hosting.messages import (
    SOCKET,
    Begun,
    FromHost,
    Held,
    Hold,
    Refused,
    Release,
    Told,
    TooLarge,
    decode_from_host,
)
from antiphon.engine.llama.connection import Connection
from antiphon.engine.llama.upkeep import Follow, Standing
from antiphon.engine.presence import Watcher
from antiphon.engine.residency import State
from antiphon.errors import ConfigurationError, ModelTooLarge

GONE = "The process that keeps the models has ended."


class Guest:
    """A `Presence`. folder: where the host listens. models: those that it keeps."""

    def __init__(self, folder: Path, models: Iterable[str]) -> None:
        self.folder = folder
        self.models = {model: HostedModel() for model in models}
        self._connection = Connection(decode_from_host, self._receive, self._lose)
        self._called, self._begun = asyncio.Event(), asyncio.Event()
        self._numbers = itertools.count()
        self._holds: dict[int, tuple[str, asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def present(self, model: str) -> AsyncIterator[None]:
        """See `Presence.present`."""
        await self._called.wait()
        if self._connection.lost.is_set():
            raise ConfigurationError(GONE)
        number, answer = next(self._numbers), asyncio.get_running_loop().create_future()
        self._holds[number] = model, answer
        self._connection.send(Hold(number, model))
        try:
            await answer
            yield
        finally:
            del self._holds[number]
            self._connection.send(Release(number))

    def state(self, model: str) -> State:
        """See `Presence.state`."""
        return self.models[model].state

    def watch(self, watcher: Watcher) -> None:
        """Nothing is loaded here."""

    async def load_first(self, models: Sequence[str]) -> None:
        """Call the host, which knows itself which they are, and wait until it has them."""
        path = str(self.folder / SOCKET)
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: self._connection, path)
        except OSError:
            self._connection.lost.set()
            raise ConfigurationError(GONE) from None
        finally:
            self._called.set()
        await self._begun.wait()

    async def stop(self) -> None:
        """Leave."""
        self._connection.close()

    def _receive(self, message: FromHost) -> None:
        match message:
            case Held(number=number):
                self._answer(number, None)
            case Refused(number=number, reason=reason):
                self._answer(number, ConfigurationError(reason))
            case TooLarge(number=number, num_bytes=num_bytes, limit_bytes=limit_bytes):
                self._answer(number, ModelTooLarge(self._holds[number][0], num_bytes, limit_bytes))
            case Told(model=model, state=state, standing=standing):
                self.models[model].follow(state, standing)
            case Begun():
                self._begun.set()

    def _answer(self, number: int, error: Exception | None) -> None:
        _, answer = self._holds.get(number, (None, None))
        if answer is None or answer.done():  # it has left a moment ago
            return
        if error is None:
            answer.set_result(None)
        else:
            answer.set_exception(error)

    def _lose(self) -> None:
        for number in self._holds:
            self._answer(number, ConfigurationError(GONE))


class HostedModel:
    """One of them: an `Upkeep` whose worker others load and unload."""

    memory_bytes: int | None = None

    def __init__(self) -> None:
        self.state: State = "out"
        self.standing = Standing(unready_reason="it is waiting to be loaded")
        self._followers: list[Follow] = []

    def watch(self, follow: Follow) -> None:
        """See `Upkeep.watch`."""
        self._followers.append(follow)

    def follow(self, state: State, standing: Standing) -> None:
        """What the host has told."""
        self.state, self.standing = state, standing
        for follow in self._followers:
            follow(standing)

    async def estimate_bytes(self) -> int:
        """Nothing that this process takes."""
        return 0

    async def start(self) -> None:
        """The host does."""

    async def loaded(self) -> None:
        """The host knows."""

    async def stop(self) -> None:
        """The host does."""
