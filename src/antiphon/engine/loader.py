"""Loads engines when somebody needs them, and unloads them when there is no room: does what `Residency` decides.

Nothing here waits for a client, and no client's leaving stops a load. The invariant: after everything that happens, a
new decision is asked for and carried out (`_act`).
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from antiphon.engine.presence import Watcher
from antiphon.engine.residency import Residency, State, Ticket
from antiphon.errors import ConfigurationError, ModelTooLarge


class Loadable(Protocol):
    """Of an `Engine`, what is needed to load and unload it."""

    @property
    def memory_bytes(self) -> int | None:
        """What it takes now."""

    async def estimate_bytes(self) -> int:
        """About what it will take."""

    async def start(self) -> None:
        """Begin to load."""

    async def loaded(self) -> None:
        """Wait until it can answer."""

    async def stop(self) -> None:
        """End."""


class Loader:
    """A `Presence`. limit: bytes that all engines may take together, None for no limit."""

    def __init__(self, engines: Mapping[str, Loadable], limit: int | None) -> None:
        self.engines = engines
        self.residency = Residency(engines, limit)
        self.watchers: list[Watcher] = []
        self._stopped = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._loads: dict[str, asyncio.Task[None]] = {}
        self._sizings: dict[str, asyncio.Task[None]] = {}
        self._admissions: dict[Ticket, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def present(self, model: str) -> AsyncIterator[None]:
        """Waits until the model is loaded; it stays so until the end of the block. Raises `ModelTooLarge`, and
        `ConfigurationError` when it cannot be loaded.
        """
        await self.know_need(model)
        self._check_fits(model)
        ticket = self.residency.ask(model)
        admission = self._admissions[ticket] = asyncio.get_running_loop().create_future()
        try:
            self._act()
            await admission
            yield
        finally:
            del self._admissions[ticket]
            self.residency.leave(ticket)
            self._act()

    def state(self, model: str) -> State:
        """See `Presence.state`."""
        return self.residency.models[model].state

    def need_and_limit(self, model: str) -> tuple[int, int]:
        """Bytes that a model takes, and that all may; both are known where one is too large."""
        need, limit = self.residency.models[model].need, self.residency.limit
        assert need is not None and limit is not None
        return need, limit

    def watch(self, watcher: Watcher) -> None:
        """See `Presence.watch`."""
        self.watchers.append(watcher)

    async def load_first(self, models: Sequence[str]) -> None:
        """See `Presence.load_first`."""
        async with AsyncExitStack() as held:
            try:
                await self._check_together(models)
                for model in models:
                    await held.enter_async_context(self.present(model))
            except ModelTooLarge as error:
                raise ConfigurationError(error.message) from None

    async def know_need(self, model: str) -> None:
        """Find out what it takes, once for all who wait for that; without a limit nobody need know.
        Raises `ConfigurationError`.
        """
        if self.residency.models[model].need is None:
            if model not in self._sizings:
                self._sizings[model] = asyncio.create_task(self._size(model))
                self._sizings[model].add_done_callback(lambda task: self._sized(model, task))
            await asyncio.shield(self._sizings[model])

    async def stop(self) -> None:
        """End all engines."""
        self._stopped = True
        tasks = [*self._tasks, *self._sizings.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(engine.stop() for engine in self.engines.values()))

    async def _check_together(self, models: Sequence[str]) -> None:
        """None of them is to be unloaded for the next. Raises `ConfigurationError`."""
        for model in models:
            await self.know_need(model)
        total, limit = sum(self.residency.models[model].need or 0 for model in models), self.residency.limit
        if limit is not None and total > limit and len(models) > 1:
            raise ConfigurationError(
                f"--preload: the models take about {total:,} bytes of memory together, and --memory-limit is {limit:,}."
            )

    async def _size(self, model: str) -> None:
        self.residency.models[model].need = await self.engines[model].estimate_bytes()

    def _sized(self, model: str, task: "asyncio.Task[None]") -> None:
        del self._sizings[model]
        if not task.cancelled():
            task.exception()  # told to those who wait, if any still do

    def _check_fits(self, model: str) -> None:
        if not self.residency.fits(model):
            raise ModelTooLarge(model, *self.need_and_limit(model))

    def _act(self) -> None:
        """Do what follows from what has happened."""
        if self._stopped:
            return
        self._measure()
        load, unload, admit = self.residency.decide()
        for ticket in admit:
            settle(self._admissions[ticket])
        for model in load:
            self._loads[model] = self._begin(self._load(model))
        for model, room_for in unload:
            self._begin(self._unload(model, room_for))

    def _measure(self) -> None:
        """What models take that are in grows with the prompts that they keep."""
        if self.residency.limit is not None:
            for name, resident in self.residency.models.items():
                if resident.state == "in":
                    resident.taken = self.engines[name].memory_bytes or resident.taken

    def _begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _load(self, model: str) -> None:
        engine, resident = self.engines[model], self.residency.models[model]
        for watcher in self.watchers:
            watcher.loading(model)
        try:
            await engine.start()
            await engine.loaded()
            if self.residency.limit is not None:
                resident.need = resident.taken = engine.memory_bytes or resident.taken
            self._check_fits(model)
        except (ConfigurationError, ModelTooLarge) as error:
            return await self._fail(model, error)
        self.residency.loaded(model)
        for watcher in self.watchers:
            watcher.loaded(model)
        self._act()

    async def _fail(self, model: str, error: ConfigurationError | ModelTooLarge) -> None:
        """Tell those who wait for it; for the next one it is tried again."""
        for ticket in self.residency.failed(model):
            settle(self._admissions[ticket], error)
        for watcher in self.watchers:
            watcher.failed(model, str(error))
        await self._end(model)

    async def _unload(self, model: str, room_for: str | None) -> None:
        for watcher in self.watchers:
            watcher.unloading(model, room_for)
        load = self._loads[model]
        load.cancel()  # it may still be under way, for somebody who has left
        await asyncio.gather(load, return_exceptions=True)
        await self._end(model)

    async def _end(self, model: str) -> None:
        await self.engines[model].stop()
        self.residency.unloaded(model)
        self._act()


def settle(admission: "asyncio.Future[None]", error: Exception | None = None) -> None:
    """Let somebody go on who waits, unless he has just left."""
    if admission.done():
        return
    if error is None:
        admission.set_result(None)
    else:
        admission.set_exception(error)
