"""Deletes what has expired, and what is left of uploads that never came to their end, in the background."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import select

from antiphon.errors import StoreUnavailable
from antiphon.store.database import finished
from antiphon.store.files.files import Files
from antiphon.store.files.upload import IDLE_LIMIT_S
from antiphon.store.query import Rows
from antiphon.store.tables import files as files_table
from antiphon.store.tables import uploads

log = logging.getLogger(__name__)

INTERVAL_S = 60.0
MOST_AT_ONCE = 200


class FileSweeper:
    """Several may sweep at once, also on several machines."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.database = files.database

    async def run(self) -> None:
        """Sweep now and then, for ever."""
        while True:
            try:
                await self.sweep()
            except StoreUnavailable as error:
                log.warning("expired files and remains of uploads stay for now: %s", error.reason)
            except Exception:
                log.exception("expired files and remains of uploads stay for now")
            await asyncio.sleep(INTERVAL_S)

    async def sweep(self) -> int:
        """Delete all that there is; how many files and uploads they were."""
        now = int(self.files.clock())
        expired = select(files_table.c.project, files_table.c.id).where(files_table.c.expires <= now)
        left = select(uploads.c.project, uploads.c.id).where(uploads.c.touched < now - IDLE_LIMIT_S)
        number = await self._sweep(
            expired.order_by(files_table.c.expires),
            lambda project, name: self.files.discard(project, name, expired=True),
        )
        return number + await self._sweep(
            left.order_by(uploads.c.touched),
            lambda project, name: self.files.free(project, name, before=now - IDLE_LIMIT_S),
        )

    async def _sweep(self, found: Rows, delete: Callable[[str, str], Awaitable[bool]]) -> int:
        number = 0
        while True:
            deleted = [await delete(project, name) for project, name in await self._find(found)]
            number += sum(deleted)
            if not any(deleted):  # nothing is left, or others are at it
                return number

    @finished
    async def _find(self, found: Rows) -> list[tuple[str, str]]:
        async with self.database.read() as connection:
            return [(row.project, row.id) for row in await connection.execute(found.limit(MOST_AT_ONCE))]
