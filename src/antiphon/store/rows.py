"""The statements behind stored completions: rows to values and values to rows. Each belongs into a transaction."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict, replace
from sqlalchemy import Insert, Row, bindparam, delete, exists, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from antiphon.store.inputs import take_out
from antiphon.store.query import ENTRY, Query, count_terms, select_page
from antiphon.store.record import Entry, Record, build_terms
from antiphon.store.tables import blob_uses, blobs, completions, deletions, terms

DELETIONS_KEPT_S = 24 * 3600
MOST_VALUES = 1000
read_metadata = msgspec.json.Decoder(dict[str, str]).decode


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
