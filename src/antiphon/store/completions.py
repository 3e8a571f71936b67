"""Stored completions: adding, finding, changing and deleting them. Every step is one transaction."""

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import msgspec
from msgspec import Raw
from msgspec.structs import replace
from sqlalchemy import exists, select, union_all, update
from sqlalchemy.exc import IntegrityError

from antiphon.errors import UnknownCursor
from antiphon.store.batch import Batcher
from antiphon.store.database import Database, finished
from antiphon.store.inputs import missing, put_back
from antiphon.store.query import ENTRY, Query, select_projects
from antiphon.store.record import Entry, Position, Record, is_id
from antiphon.store.rows import (
    build_entry,
    build_record,
    delete_entries,
    delete_terms,
    fetch_blobs,
    fetch_page,
    insert_records,
    insert_terms,
    lock_entries,
    named,
    render_metadata,
)
from antiphon.store.tables import completions, deletions

RECORD = (*ENTRY, completions.c.messages)
MOST_TRIES = 10
read_messages = msgspec.json.Decoder(list[Raw]).decode


class Completions:
    """Those of all projects. Everything raises `StoreUnavailable` when the database cannot do it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.batcher = Batcher(self._add_wanted)

    async def add(self, record: Record) -> None:
        """Keep a record, together with others that come at the same time."""
        await self.batcher.add(record)

    @finished
    async def add_all(self, records: Sequence[Record]) -> None:
        """Keep all of these or none."""
        await self._add_wanted(lambda: records)

    async def _add_wanted(self, wanted: Callable[[], Sequence[Record]]) -> None:
        """wanted: the records, asked for when it is our turn."""
        async with self.database.write() as connection:
            await insert_records(connection, wanted())

    @finished
    async def add_new(self, records: Sequence[Record]) -> int:
        """Keep those of these that are not there yet; how many they were. Others may do the same meanwhile."""
        for tries_left in reversed(range(MOST_TRIES)):
            new = await self._new_ones(records)
            try:
                await self._add_wanted(partial(list, new))
                break
            except IntegrityError:  # somebody else just added one of them
                if not tries_left:
                    raise
        return len(new)

    async def _new_ones(self, records: Sequence[Record]) -> list[Record]:
        new = {(record.project, record.id): record for record in reversed(records)}
        for project in {record.project for record in records}:
            ids = [record.id for record in records if record.project == project]
            for known in await self.known(project, ids):
                del new[project, known]
        return list(new.values())[::-1]

    @finished
    async def known(self, project: str, ids: Sequence[str]) -> set[str]:
        """Which of these ids a project has."""
        async with self.database.read() as connection:
            found = await connection.execute(select(completions.c.id).where(*named(project, ids)))
            return set(found.scalars())

    @finished
    async def get(self, project: str, name: str) -> Entry | None:
        """One completion, None when there is none."""
        if not is_id(name):
            return None
        async with self.database.read() as connection:
            row = (await connection.execute(select(*ENTRY).where(*named(project, (name,))))).one_or_none()
        return None if row is None else build_entry(row)

    @finished
    async def find_position(self, project: str, name: str) -> Position:
        """Where a completion stands in lists, or stood until it was deleted. Raises `UnknownCursor`."""
        if not is_id(name):
            raise UnknownCursor(name)
        places = (select(table.c.created).where(*named(project, (name,), table)) for table in (completions, deletions))
        async with self.database.read() as connection:
            created = (await connection.execute(union_all(*places))).scalars().first()
        if created is None:
            raise UnknownCursor(name)
        return Position(created, name)

    @finished
    async def page(self, query: Query) -> tuple[Sequence[Entry], bool]:
        """A page, and whether there is another."""
        async with self.database.read() as connection:
            rows = await fetch_page(connection, query)
        return [build_entry(row) for row in rows[: query.limit]], len(rows) > query.limit

    @finished
    async def projects(self) -> Sequence[str]:
        """All projects that have completions."""
        async with self.database.read() as connection:
            return (await connection.execute(select_projects())).scalars().all()

    async def export(self, query: Query) -> AsyncIterator[Record]:
        """All that match, in order, with their messages; `limit` at a time is read. What is deleted meanwhile is left
        out.
        """
        while True:
            records, has_more = await self._records(query)
            for record in records:
                whole = await self._complete(record) if missing(record.messages) else record
                if whole is not None:
                    yield whole
            if not has_more:
                return
            query = replace(query, after=Position(records[-1].created, records[-1].id))

    @finished
    async def _records(self, query: Query) -> tuple[Sequence[Record], bool]:
        async with self.database.read() as connection:
            rows = await fetch_page(connection, query, RECORD)
        return [build_record(row) for row in rows[: query.limit]], len(rows) > query.limit

    @finished
    async def _complete(self, record: Record) -> Record | None:
        """The record with its large inputs, None when it is not there any more."""
        async with self.database.snapshot() as connection:
            found = await connection.execute(select(*RECORD).where(*named(record.project, (record.id,))))
            if (row := found.one_or_none()) is None:
                return None
            record = build_record(row)
            inputs = await fetch_blobs(connection, record.project, missing(record.messages))
        return replace(record, messages=put_back(record.messages, inputs))

    @finished
    async def messages(
        self, project: str, name: str, choose: Callable[[int], Sequence[int]], *, limit: int
    ) -> tuple[list[tuple[int, bytes]], bool] | None:
        """Some input messages of a completion with their numbers, as JSON, and whether there are more. choose: which
        numbers, of how many messages; the first `limit` of them come. None when there is no such completion.
        """
        if not is_id(name):
            return None
        async with self.database.snapshot() as connection:
            found = await connection.execute(select(completions.c.messages).where(*named(project, (name,))))
            if (text := found.scalar_one_or_none()) is None:
                return None
            every = read_messages(text)
            chosen = choose(len(every))
            numbers = chosen[:limit]
            some = msgspec.json.encode([every[number] for number in numbers]).decode()
            whole = put_back(some, await fetch_blobs(connection, project, missing(some)))
        return list(zip(numbers, map(bytes, read_messages(whole)), strict=True)), len(chosen) > limit

    @finished
    async def update(self, project: str, name: str, metadata: dict[str, str]) -> Entry | None:
        """The completion with other metadata; None when there is none."""
        if not is_id(name):
            return None
        async with self.database.write() as connection:
            rows = await lock_entries(connection, project, (name,))
            if not rows:
                return None
            before = build_entry(rows[0])
            after = replace(before, metadata=metadata)
            await connection.execute(
                update(completions).where(*named(project, (name,))), {"metadata": render_metadata(metadata)}
            )
            await delete_terms(connection, (before,))
            await insert_terms(connection, (after,))
            return after

    @finished
    async def delete(self, project: str, name: str) -> bool:
        """Delete a completion with all that belongs to it; false when there is none."""
        if not is_id(name):
            return False
        async with self.database.write() as connection:
            return bool(await delete_entries(connection, project, await lock_entries(connection, project, (name,))))

    @finished
    async def sweep(self, before: int, *, most: int) -> int:
        """Delete completions of a project that were created before this Unix second, `most` of them; how many they
        were, 0 when no project has any.
        """
        projects = select_projects()
        (project,) = projects.selected_columns
        is_old = exists().where(completions.c.project == project, completions.c.created < before)
        async with self.database.write() as connection:
            swept = (await connection.execute(projects.where(is_old).limit(1))).scalar_one_or_none()
            if swept is None:
                return 0
            old = select(completions.c.id).where(completions.c.project == swept, completions.c.created < before)
            ids = (await connection.execute(old.order_by(completions.c.created).limit(most))).scalars().all()
            return await delete_entries(connection, swept, await lock_entries(connection, swept, ids))

    async def close(self) -> None:
        """Return when all that was asked to be kept is."""
        await self.batcher.close()
