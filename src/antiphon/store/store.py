"""The store as a whole: one database, what is in it, and what is done to it in the background."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL

from antiphon.store.completions import Completions
from antiphon.store.database import Database
from antiphon.store.files.files import Files
from antiphon.store.files.record import Limits
from antiphon.store.files.sweeping import FileSweeper
from antiphon.store.keys import Keys
from antiphon.store.migrate import migrate
from antiphon.store.recordings import Recordings
from antiphon.store.retention import Sweeper


class Store:
    """retention_s: how old completions may get, None for ever. limits: of files that are added; None where none are,
    and expired ones are left to others. Nothing is touched before `open`.
    """

    def __init__(self, url: URL, *, retention_s: float | None = None, limits: Limits | None = None) -> None:
        self.database = Database(url)
        self.completions = Completions(self.database)
        self.files = Files(self.database, limits=limits or Limits(0, 0))
        self.recordings = Recordings(self.database)
        self.keys = Keys(self.database)
        self.sweepers: list[Sweeper | FileSweeper] = []
        if retention_s is not None:
            self.sweepers.append(Sweeper(self.completions, retention_s=retention_s))
        if limits is not None:
            self.sweepers.append(FileSweeper(self.files))
        self.sweeping: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Bring the tables up to date. Raises `ConfigurationError`."""
        await migrate(self.database)
        self.sweeping = [asyncio.create_task(sweeper.run()) for sweeper in self.sweepers]

    async def close(self) -> None:
        """Finish what was begun."""
        await self.completions.close()
        for sweeping in self.sweeping:
            sweeping.cancel()
        await asyncio.gather(*self.sweeping, return_exceptions=True)
        await self.database.close()


@asynccontextmanager
async def open_store(
    url: URL, *, retention_s: float | None = None, limits: Limits | None = None
) -> AsyncIterator[Store]:
    """An open store, closed in the end. Raises `ConfigurationError`."""
    store = Store(url, retention_s=retention_s, limits=limits)
    try:
        await store.open()
        yield store
    finally:
        await store.close()
