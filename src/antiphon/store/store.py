"""The store as a whole: one database, what is in it, and what is done to it in the background."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL

from antiphon.store.completions import Completions
from antiphon.store.database import Database
from antiphon.store.keys import Keys
from antiphon.store.migrate import migrate
from antiphon.store.retention import Sweeper


class Store:
    """retention_s: how old completions may get, None for ever. Nothing is touched before `open`."""

    def __init__(self, url: URL, *, retention_s: float | None = None) -> None:
        self.database = Database(url)
        self.completions = Completions(self.database)
        self.keys = Keys(self.database)
        self.retention_s = retention_s
        self.sweeping: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Bring the tables up to date. Raises `ConfigurationError`."""
        await migrate(self.database)
        if self.retention_s is not None:
            self.sweeping = asyncio.create_task(Sweeper(self.completions, retention_s=self.retention_s).run())

    async def close(self) -> None:
        """Finish what was begun."""
        await self.completions.close()
        if self.sweeping is not None:
            self.sweeping.cancel()
            await asyncio.gather(self.sweeping, return_exceptions=True)
        await self.database.close()


@asynccontextmanager
async def open_store(url: URL, *, retention_s: float | None = None) -> AsyncIterator[Store]:
    """An open store, closed in the end. Raises `ConfigurationError`."""
    store = Store(url, retention_s=retention_s)
    try:
        await store.open()
        yield store
    finally:
        await store.close()
