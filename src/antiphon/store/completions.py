"""Stored completions: adding, finding, changing and deleting them. Every step is one transaction."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import Raw
from msgspec.structs import asdict, replace
from sqlalchemy import Insert, Row, bindparam, delete, exists, insert, select, tuple_, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from antiphon.errors import UnknownCursor
from antiphon.store.batch import Batcher
from antiphon.store.database import Database, finished
from antiphon.store.inputs import missing, put_back, take_out
from antiphon.store.query import ENTRY, Query, count_terms, select_page, select_projects
from antiphon.store.record import Entry, Position, Record, build_terms, is_id
from antiphon.store.tables import blob_uses, blobs, completions, deletions, terms

RECORD = (*ENTRY, completions.c.messages)
DELETIONS_KEPT_S = 24 * 3600
MOST_VALUES = 1000
MOST_TRIES = 10
read_messages = msgspec.json.Decoder(list[Raw]).decode
read_metadata = msgspec.json.Decoder(dict[str, str]).decode


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


def named(project: str, ids: Sequence[str], table: Any = completions) -> tuple[Any, Any]:
    """The rows of a table with these ids."""
    return table.c.project == project, table.c.id == ids[0] if len(ids) == 1 else table.c.id.in_(ids)


async def fetch_page(connection: AsyncConnection, query: Query, columns: Sequence[Any] = ENTRY) -> Sequence[Row[Any]]:
    """The rows of a page and one more. Of several filters the rarest comes first."""
    if len(query.terms) > 1:
        counts = (await connection.execute(count_terms(query))).one()
        rarest = sorted(zip(counts, query.terms, strict=True), key=lambda counted: counted[0])
        query = replace(query, terms=tuple(term for _, term in rarest))
    return (await connection.execute(select_page(query, columns))).all()


async def fetch_blobs(connection: AsyncConnection, project: str, hashes: Iterable[str]) -> dict[str, bytes]:
    """Large inputs by their hashes."""
    fetched: dict[str, bytes] = {}
    for some in chunks(sorted(hashes)):
        found = select(blobs.c.hash, blobs.c.data).where(blobs.c.project == project, blobs.c.hash.in_(some))
        fetched |= {row.hash: row.data for row in await connection.execute(found)}
    return fetched


async def lock_entries(connection: AsyncConnection, project: str, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Completions that nobody else changes until the transaction ends; always in one order, so that nobody waits
    for ever. SQLite's writer has the whole database to itself.
    """
    rows = select(*ENTRY).where(*named(project, ids)).order_by(completions.c.id).with_for_update()
    return (await connection.execute(rows)).all()


async def insert_records(connection: AsyncConnection, records: Sequence[Record]) -> None:
    """Everything that belongs to these."""
    if not records:
        return
    rows: list[dict[str, Any]] = []
    uses: list[dict[str, Any]] = []
    data: dict[tuple[str, str], bytes] = {}
    for record in records:
        messages, taken = take_out(record.messages)
        rows.append(asdict(record) | {"messages": messages, "metadata": render_metadata(record.metadata)})
        uses += [{"project": record.project, "id": record.id, "hash": name} for name in taken]
        data |= {(record.project, name): content for name, content in taken.items()}
    await connection.execute(insert(completions), rows)
    await insert_terms(connection, records)
    if uses:
        kept = [{"project": project, "hash": name, "data": data[project, name]} for project, name in sorted(data)]
        await connection.execute(insert_blob(connection.dialect.name), kept)
        await connection.execute(insert(blob_uses), uses)


def insert_blob(dialect: str) -> Insert:
    """Keep a large input, unless it is there. On PostgreSQL its row is locked then, so that nobody deletes it."""
    if dialect == "sqlite":
        return sqlite.insert(blobs).on_conflict_do_nothing()
    kept = postgresql.insert(blobs)
    return kept.on_conflict_do_update(index_elements=[blobs.c.project, blobs.c.hash], set_={"hash": kept.excluded.hash})


async def insert_terms(connection: AsyncConnection, entries: Iterable[Entry]) -> None:
    """What completions are found by from now on."""
    await connection.execute(insert(terms), list_terms(entries))


async def delete_terms(connection: AsyncConnection, entries: Iterable[Entry]) -> None:
    """What completions were found by until now."""
    this = (column == bindparam(f"{column.name}_") for column in terms.primary_key)
    rows = [{f"{name}_": value for name, value in row.items()} for row in list_terms(entries)]
    await connection.execute(delete(terms).where(*this), rows)


def list_terms(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The rows of what completions are found by."""
    return [
        {"project": entry.project, "field": field, "value": value, "created": entry.created, "id": entry.id}
        for entry in entries
        for field, value in build_terms(entry.model, entry.metadata)
    ]


async def delete_entries(connection: AsyncConnection, project: str, rows: Sequence[Row[Any]]) -> int:
    """Delete locked completions with their terms, and large inputs that no other has; how many they were."""
    if not rows:
        return 0
    ids, now = [row.id for row in rows], int(time.time())
    used = select(blob_uses.c.hash).where(*named(project, ids, blob_uses)).distinct().order_by(blob_uses.c.hash)
    hashes = (await connection.execute(used)).scalars().all()
    await delete_terms(connection, map(build_entry, rows))
    await connection.execute(delete(completions).where(*named(project, ids)))
    for some in chunks(hashes):
        await delete_unused(connection, project, some)
    await forget_deletions(connection, now - DELETIONS_KEPT_S)
    await connection.execute(delete(deletions).where(*named(project, ids, deletions)))
    marks = [{"project": project, "id": row.id, "created": row.created, "deleted": now} for row in rows]
    await connection.execute(insert(deletions), marks)
    return len(rows)


async def delete_unused(connection: AsyncConnection, project: str, hashes: Sequence[str]) -> None:
    """Delete large inputs that nobody uses. They are locked first: who is just adding a use has locked them too."""
    these = (blobs.c.project == project, blobs.c.hash.in_(hashes))
    await connection.execute(select(blobs.c.hash).where(*these).order_by(blobs.c.hash).with_for_update())
    used = exists().where(blob_uses.c.project == blobs.c.project, blob_uses.c.hash == blobs.c.hash)
    await connection.execute(delete(blobs).where(*these, ~used))


async def forget_deletions(connection: AsyncConnection, before: int) -> None:
    """Forget where completions stood that were deleted before this Unix second; some at a time, and none that somebody
    else is just forgetting.
    """
    place = (deletions.c.project, deletions.c.id)
    old = select(*place).where(deletions.c.deleted < before).limit(MOST_VALUES).with_for_update(skip_locked=True)
    await connection.execute(delete(deletions).where(tuple_(*place).in_(old)))


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """No more at once than a statement takes."""
    return (values[begin : begin + MOST_VALUES] for begin in range(0, len(values), MOST_VALUES))


def build_entry(row: Row[Any]) -> Entry:
    """A row as a value."""
    return Entry(**{**row._mapping, "metadata": read_metadata(row.metadata)})


def build_record(row: Row[Any]) -> Record:
    """A row with its messages, without what was taken out of them."""
    return Record(**{**row._mapping, "metadata": read_metadata(row.metadata)})


def render_metadata(metadata: dict[str, str]) -> str:
    """Metadata as its column has it."""
    return msgspec.json.encode(metadata).decode()
