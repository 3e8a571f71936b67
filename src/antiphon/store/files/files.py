"""Uploaded files: adding, finding, reading and deleting them. An expired one is not there, whether swept or not."""

import time
from collections.abc import AsyncGenerator, Callable

from msgspec.structs import replace
from sqlalchemy import select, union_all

from antiphon.errors import FileNotFound, FileTooLarge, UnknownCursor
from antiphon.store.database import Database, finished
from antiphon.store.files.record import File, Limits, is_file_id
from antiphon.store.files.rows import (
    FILE,
    alive,
    discard_file,
    lock_file,
    select_files,
    this,
)
from antiphon.store.files.upload import Upload, free_upload
from antiphon.store.query import Query
from antiphon.store.record import Position
from antiphon.store.tables import deletions, file_chunks, files

MOST_ROWS = 1000
"""Files that are read at once; a page may have ten times as many, and others' turn comes in between."""


class Files:
    """Those of all projects. Everything raises `StoreUnavailable` when the database cannot do it."""

    def __init__(self, database: Database, *, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self.database = database
        self.limits = limits
        self.clock = clock

    def begin(self, project: str) -> Upload:
        """A new file, of which nothing has come yet."""
        return Upload(self.database, project, limits=self.limits, clock=self.clock)

    @finished
    async def get(self, project: str, name: str) -> File:
        """What is told of a file. Raises `FileNotFound`."""
        if not is_file_id(name):
            raise FileNotFound(name)
        async with self.database.read() as connection:
            found = select(*FILE).where(*this(files, project, name), alive(self._now()))
            row = (await connection.execute(found)).one_or_none()
        if row is None:
            raise FileNotFound(name)
        return File(**row._mapping)

    async def read(self, project: str, name: str, *, most_bytes: int) -> tuple[str, bytes]:
        """A file's name and content. Raises `FileNotFound`, and `FileTooLarge` for one of more than `most_bytes`."""
        file = await self.get(project, name)
        if file.size > most_bytes:
            raise FileTooLarge(most_bytes, flag=None)
        return file.name, b"".join([chunk async for chunk in self.stream(project, file)])

    async def stream(self, project: str, file: File) -> AsyncGenerator[bytes, None]:
        """What is in a file, chunk by chunk. Raises `FileNotFound` when it is deleted meanwhile."""
        size = number = 0
        while size < file.size:
            chunk = await self._chunk(project, file.id, number)
            if chunk is None:
                raise FileNotFound(file.id)
            size, number = size + len(chunk), number + 1
            yield chunk

    @finished
    async def _chunk(self, project: str, name: str, number: int) -> bytes | None:
        one = select(file_chunks.c.data).where(*this(file_chunks, project, name), file_chunks.c.number == number)
        async with self.database.read() as connection:
            data: bytes | None = (await connection.execute(one)).scalar_one_or_none()
        return data

    @finished
    async def find_position(self, project: str, name: str) -> Position:
        """Where a file stands in lists, or stood until it was deleted. Raises `UnknownCursor`."""
        if not is_file_id(name):
            raise UnknownCursor(name)
        places = (select(table.c.created).where(*this(table, project, name)) for table in (files, deletions))
        async with self.database.read() as connection:
            created = (await connection.execute(union_all(*places))).scalars().first()
        if created is None:
            raise UnknownCursor(name)
        return Position(created, name)

    async def page(self, query: Query, *, purpose: str | None = None) -> tuple[list[File], bool]:
        """A page, and whether there is another."""
        found: list[File] = []
        more = True
        while more and len(found) < query.limit:
            after = Position(found[-1].created, found[-1].id) if found else query.after
            limit = min(query.limit - len(found), MOST_ROWS)
            rows = await self._some(replace(query, after=after, limit=limit), purpose)
            found, more = found + rows[:limit], len(rows) > limit
        return found, more

    @finished
    async def _some(self, query: Query, purpose: str | None) -> list[File]:
        async with self.database.read() as connection:
            rows = await connection.execute(select_files(query, purpose=purpose, now=self._now()))
            return [File(**row._mapping) for row in rows]

    async def delete(self, project: str, name: str) -> None:
        """Delete a file with what is in it. Raises `FileNotFound`."""
        if not is_file_id(name) or not await self.discard(project, name, expired=False):
            raise FileNotFound(name)

    @finished
    async def discard(self, project: str, name: str, *, expired: bool) -> bool:
        """Delete a file, if it has expired or if it has not; false when there is none like that."""
        async with self.database.write() as connection:
            row = await lock_file(connection, project, name)
            now = self._now()
            if row is None or expired is (row.expires is None or row.expires > now):
                return False
            more = await discard_file(connection, project, row, now=now)
        if more:
            await self.free(project, name, before=1)
        return True

    @finished
    async def free(self, project: str, name: str, *, before: int) -> bool:
        """Delete an upload that was last touched before this Unix second, or what is left of a file; false when there
        is none like that.
        """
        return await free_upload(self.database, project, name, before=before)

    def _now(self) -> int:
        return int(self.clock())
