"""Commits together what waits together: one transaction, and so one wait for the disk, for many records."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

from antiphon.errors import InternalError, StoreUnavailable
from antiphon.store.record import Record

MOST_RECORDS = 128

Wanted = Callable[[], Sequence[Record]]
Commit = Callable[[Wanted], Awaitable[None]]


class Waiting(NamedTuple):
    """A record, and who waits until it is kept."""

    record: Record
    kept: asyncio.Future[None]


class Batcher:
    """commit: keeps all of some records, or none. It asks which when its turn has come: until then some may have gone
    who wanted theirs kept.
    """

    def __init__(self, commit: Commit) -> None:
        self.commit = commit
        self.waiting: list[Waiting] = []
        self.working: asyncio.Task[None] | None = None

    async def add(self, record: Record) -> None:
        """Return when the record is kept. Who stops waiting before has not asked. Raises what `commit` does."""
        waiting = Waiting(record, asyncio.get_running_loop().create_future())
        self.waiting.append(waiting)
        if self.working is None or self.working.done():
            self.working = asyncio.create_task(self._work())
        await waiting.kept

    async def close(self) -> None:
        """Return when nothing waits any more."""
        if self.working is not None:
            await self.working

    async def _work(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:MOST_RECORDS], self.waiting[MOST_RECORDS:]
            try:
                if still(batch):
                    await self._commit(batch)
            finally:
                tell(batch, InternalError())  # nobody waits for ever, whatever happened

    async def _commit(self, batch: list[Waiting]) -> None:
        try:
            await self.commit(lambda: [one.record for one in still(batch)])
        except StoreUnavailable as error:
            tell(batch, error)
        except Exception as error:  # of which record? each finds out by itself
            if len(still(batch)) <= 1:
                tell(batch, error)
            else:
                for one in still(batch):
                    await self._commit([one])
        else:
            tell(batch, None)


def still(batch: Iterable[Waiting]) -> list[Waiting]:
    """Those who have not gone."""
    return [one for one in batch if not one.kept.done()]


def tell(batch: Iterable[Waiting], error: Exception | None) -> None:
    """Those who still wait."""
    for _, kept in still(batch):
        if error is None:
            kept.set_result(None)
        else:
            kept.set_exception(error)
