"""A store at a URL, and what is in its tables."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select

from antiphon.store.place import parse_url
from antiphon.store.store import Store, open_store
from antiphon.store.tables import tables


def open_url(url: str, **changes: Any) -> AbstractAsyncContextManager[Store]:
    """The store there."""
    return open_store(parse_url(url, folder=Path("unused")), **changes)


async def empty(store: Store) -> None:
    """Delete every row."""
    async with store.database.write() as connection:
        for table in reversed(tables.sorted_tables):
            await connection.execute(delete(table))


async def fetch(store: Store, table: str, *columns: str) -> Sequence[tuple[Any, ...]]:
    """The rows of a table, in the order of these columns."""
    chosen = [tables.tables[table].c[column] for column in columns]
    async with store.database.read() as connection:
        return [tuple(row) for row in await connection.execute(select(*chosen).order_by(*chosen))]


async def count_rows(store: Store) -> dict[str, int]:
    """How many rows each table has that has any."""
    counts = {}
    async with store.database.read() as connection:
        for table in tables.sorted_tables:
            if number := (await connection.execute(select(func.count()).select_from(table))).scalar_one():
                counts[table.name] = number
    return counts


async def check_nothing_dangles(store: Store) -> None:
    """Every use of a large input has both its ends, every input is used, and terms are those of completions."""
    uses = set(await fetch(store, "blob_uses", "project", "id", "hash"))
    kept = set(await fetch(store, "completions", "project", "id"))
    assert {(project, name) for project, name, _ in uses} <= kept
    assert {(project, name) for project, _, name in uses} == set(await fetch(store, "blobs", "project", "hash"))
    assert set(await fetch(store, "terms", "project", "id")) == kept
