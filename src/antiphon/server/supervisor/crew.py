"""Keeps so many API processes at work: starts them, starts others where one ended, replaces them one after another.

Knows no model and no signal. The invariant: nobody is retired before another is ready, and no two that live have the
same slot.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from antiphon.errors import ConfigurationError
from antiphon.server.supervisor.messages import Drain, End, Order, Ready, Retire
from antiphon.server.supervisor.process import ApiProcess

log = logging.getLogger(__name__)

RESTART_DELAYS_S = (0.0, 0.5, 2.0, 10.0, 30.0)
STEADY_S = 10.0
"""Who lives that long does not end because of how it was started."""
START_LIMIT_S = 60.0
END_GRACE_S = 10.0

Launch = Callable[[int], Awaitable[ApiProcess]]


class Crew:
    """size: how many. launch: starts one, with this slot; may raise `OSError`. bury: is called when one has ended,
    before its slot has another.
    """

    def __init__(self, size: int, *, launch: Launch, bury: Callable[[ApiProcess], None]) -> None:
        self.size = size
        self.launch = launch
        self.bury = bury
        self.active: list[ApiProcess] = []
        self._living: dict[ApiProcess, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots: asyncio.Queue[int] = asyncio.Queue()
        for slot in range(num_slots(size)):
            self._slots.put_nowait(slot)
        self._hiring = asyncio.Lock()
        self._num_failures = 0
        self._ending = False

    async def start(self) -> Ready:
        """All at once; returns what they say of themselves. Raises `ConfigurationError` when one cannot be."""
        async with self._hiring:
            hired = await asyncio.gather(*(self._hire(None) for _ in range(self.size)))
        return hired[0].ready.result()

    async def replace(self) -> None:
        """Each by a new one. Raises `ConfigurationError` when one cannot be; those that are left stay."""
        for old in list(self.active):
            async with self._hiring:
                if old in self.active:
                    await self._hire(START_LIMIT_S)
                if old in self.active:
                    self.active.remove(old)
                    old.send(Retire())

    async def drain(self, limit_s: float) -> None:
        """End all, within about so many seconds."""
        self._tell_all(Drain(limit_s))
        await self._wait_for_all(limit_s + END_GRACE_S)

    async def end(self) -> None:
        """End all at once."""
        self._tell_all(End())
        await self._wait_for_all(END_GRACE_S)

    async def _hire(self, limit_s: float | None) -> ApiProcess:
        """One more, which is ready. Raises `ConfigurationError`."""
        slot = await self._slots.get()
        try:
            process = await self.launch(slot)
        except OSError as error:
            self._slots.put_nowait(slot)
            raise ConfigurationError(f"An API process cannot be started: {error.strerror}.") from None
        self._living[process] = asyncio.create_task(self._watch(process))
        if self._ending:
            process.send(End())
        try:
            async with asyncio.timeout(limit_s):
                await asyncio.shield(process.ready)
        except TimeoutError:
            process.kill()
            raise ConfigurationError(f"An API process was not ready within {limit_s:g} seconds.") from None
        if process not in self._living:
            raise ConfigurationError("An API process ended as soon as it was ready.")
        self.active.append(process)
        return process

    async def _watch(self, process: ApiProcess) -> None:
        """What follows from its end."""
        status = await process.ended()
        del self._living[process]
        try:
            self.bury(process)
        except OSError as error:
            log.error("what API process %d has left cannot be wiped: %s", process.pid, error.strerror)
        self._slots.put_nowait(process.slot)
        if process not in self.active:
            return
        self.active.remove(process)
        if not self._ending:
            log.error("API process %d ended with status %d", process.pid, status)
            self._num_failures = 0 if process.age_s > STEADY_S else self._num_failures + 1
            self._begin(self._refill())

    async def _refill(self) -> None:
        """Until there are as many as there should be, ever more slowly while they do not last."""
        while len(self.active) < self.size and not self._ending:
            await asyncio.sleep(RESTART_DELAYS_S[min(self._num_failures, len(RESTART_DELAYS_S) - 1)])
            async with self._hiring:
                if len(self.active) < self.size and not self._ending:
                    try:
                        await self._hire(START_LIMIT_S)
                    except ConfigurationError as error:
                        self._num_failures += 1
                        log.error("an API process could not be started again: %s", error)

    def _tell_all(self, order: Order) -> None:
        self._ending = True
        for process in self._living:
            process.send(order)

    async def _wait_for_all(self, limit_s: float) -> None:
        """Kill those who take longer."""
        while self._living:
            await asyncio.wait(self._living.values(), timeout=limit_s)
            for process in self._living:
                process.kill()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def num_slots(size: int) -> int:
    """Old and new live side by side, and one more is starting."""
    return 2 * size + 1
