"""The statements behind uploaded files: each belongs into a transaction.

Whoever locks several rows locks that of a file or an upload first, and the project's total last, so that nobody waits
for somebody who waits for him.
"""

from typing import Any

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Row, Table, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from antiphon.store.files.record import File
from antiphon.store.query import Query, Rows, beyond, in_order
from antiphon.store.rows import DELETIONS_KEPT_S, forget_deletions, named
from antiphon.store.tables import deletions, file_chunks, file_totals, files, uploads

FILE = tuple(files.c[name] for name in File.__struct_fields__)
MOST_FREED = 4
"""Chunks that one transaction deletes, so that others get their turn."""


def this(table: Table, project: str, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The rows of a table that are of one file."""
    return named(project, (name,), table)


def alive(now: int) -> ColumnElement[bool]:
    """Files that have not expired at this Unix second."""
    return or_(files.c.expires.is_(None), files.c.expires > now)


def select_files(query: Query, *, purpose: str | None, now: int) -> Rows:
    """A page of a list and one more file, if there is one."""
    these = [files.c.project == query.project, *beyond(query, files.c), alive(now)]
    if purpose is not None:
        these.append(files.c.purpose == purpose)
    return select(*FILE).where(*these).order_by(*in_order(query, files.c)).limit(query.limit + 1)


async def touch_upload(connection: AsyncConnection, project: str, name: str, *, size: int, now: int) -> bool:
    """An upload goes on, and has this size now; false when it was given up."""
    going_on = update(uploads).where(*this(uploads, project, name), uploads.c.touched > 0)
    return bool((await connection.execute(going_on, {"size": size, "touched": now})).rowcount)


async def end_upload(connection: AsyncConnection, project: str, name: str) -> bool:
    """An upload has become a file; false when it was given up."""
    ending = delete(uploads).where(*this(uploads, project, name), uploads.c.touched > 0)
    return bool((await connection.execute(ending)).rowcount)


async def insert_upload(connection: AsyncConnection, project: str, name: str, *, size: int, now: int) -> None:
    """An upload that others may see is under way; with size and time 0, chunks that are nobody's any more."""
    await connection.execute(insert(uploads), {"project": project, "id": name, "size": size, "touched": now})


async def insert_chunk(connection: AsyncConnection, project: str, name: str, *, number: int, data: bytes) -> None:
    """The next piece of a content."""
    await connection.execute(insert(file_chunks), {"project": project, "id": name, "number": number, "data": data})


async def insert_file(connection: AsyncConnection, project: str, file: File) -> None:
    """A file, from now on to be found."""
    await connection.execute(insert(files), {"project": project} | asdict(file))


async def charge(connection: AsyncConnection, project: str, num_bytes: int) -> int:
    """Add to a project's total; what it is now."""
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    first = dialect.insert(file_totals).values(project=project, size=num_bytes)
    added = first.on_conflict_do_update(
        index_elements=[file_totals.c.project], set_={"size": file_totals.c.size + first.excluded.size}
    )
    return int((await connection.execute(added.returning(file_totals.c.size))).scalar_one())


async def lock_file(connection: AsyncConnection, project: str, name: str) -> Row[Any] | None:
    """A file that nobody else deletes until the transaction ends."""
    return (await connection.execute(select(*FILE).where(*this(files, project, name)).with_for_update())).one_or_none()


async def lock_upload(connection: AsyncConnection, project: str, name: str, *, before: int) -> Row[Any] | None:
    """An upload that was last touched before this Unix second, unless somebody else is at it."""
    old = select(uploads).where(*this(uploads, project, name), uploads.c.touched < before)
    return (await connection.execute(old.with_for_update(skip_locked=True))).one_or_none()


async def discard_file(connection: AsyncConnection, project: str, file: Row[Any], *, now: int) -> bool:
    """Delete a locked file; whether chunks are left, which belong to nobody then."""
    await connection.execute(delete(files).where(*this(files, project, file.id)))
    await insert_upload(connection, project, file.id, size=0, now=0)
    more = await free_chunks(connection, project, file.id)
    await forget_deletions(connection, now - DELETIONS_KEPT_S)
    await connection.execute(delete(deletions).where(*this(deletions, project, file.id)))
    mark = {"project": project, "id": file.id, "created": file.created, "deleted": now}
    await connection.execute(insert(deletions), mark)
    await charge(connection, project, -file.size)
    return more


async def discard_upload(connection: AsyncConnection, project: str, upload: Row[Any]) -> bool:
    """Give up a locked upload; whether chunks are left."""
    more = await free_chunks(connection, project, upload.id)
    if more and upload.touched:
        given_up = update(uploads).where(*this(uploads, project, upload.id)).values(size=0, touched=0)
        await connection.execute(given_up)
    if upload.size:
        await charge(connection, project, -upload.size)
    return more


async def free_chunks(connection: AsyncConnection, project: str, name: str) -> bool:
    """Delete some chunks of a locked upload, and it with the last; whether there are more."""
    these = this(file_chunks, project, name)
    some = select(file_chunks.c.number).where(*these).order_by(file_chunks.c.number).limit(MOST_FREED)
    freed = (await connection.execute(delete(file_chunks).where(*these, file_chunks.c.number.in_(some)))).rowcount
    if freed == MOST_FREED:
        return True
    await connection.execute(delete(uploads).where(*this(uploads, project, name)))
    return False
