"""On PostgreSQL, where several write at once: nobody waits for somebody who waits for him. SQLite has one writer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from sqlalchemy import Table, select, text

from antiphon.store.store import Store
from antiphon.store.tables import blobs, completions, deletions
from tests.store.databases import check_nothing_dangles, fetch
from tests.store.records import CREATED, LARGE, make_record, with_images

PROJECTS = [f"project-{number:02}" for number in range(16)]
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def backend() -> str:
    """The one where this can happen."""
    return "postgresql"


@asynccontextmanager
async def locked(store: Store, table: Table, project: str) -> AsyncIterator[None]:
    """While the first row of a project in a table is somebody else's."""
    async with store.database.write() as connection:
        first = select(table).where(table.c.project == project).order_by(*table.primary_key).limit(1)
        await connection.execute(first.with_for_update())
        yield


async def wait_until_blocked(store: Store, working: Sequence[asyncio.Task[object]]) -> None:
    """Return when the last that began waits for a lock too, or has ended."""
    async with asyncio.timeout(10):
        while not working[-1].done():
            async with store.database.read() as connection:
                if (await connection.execute(WAITING)).scalar_one() >= sum(not task.done() for task in working):
                    return


async def run(
    store: Store, lock: AbstractAsyncContextManager[None], *jobs: Callable[[], Awaitable[object]]
) -> list[object]:
    """What jobs give that begin one after the other, each when the one before waits, while a lock is held."""
    working: list[asyncio.Task[object]] = []
    async with lock:
        for job in jobs:
            working.append(asyncio.ensure_future(job()))
            await wait_until_blocked(store, working)
    return await asyncio.gather(*working)


async def sweep(store: Store) -> None:
    """All that is old."""
    while await store.completions.sweep(CREATED + 1, most=100):
        pass


async def test_adding_while_sweeping(store: Store) -> None:
    """A sweep over many projects and a batch of many projects take what they share in one order."""
    messages = with_images(LARGE)
    await store.completions.add_all([make_record("old", project=name, messages=messages) for name in PROJECTS])
    new = [
        make_record("new", project=project, created=CREATED + 1, messages=messages) for project in reversed(PROJECTS)
    ]
    await run(
        store,
        locked(store, blobs, PROJECTS[8]),
        lambda: sweep(store),
        lambda: store.completions.add_all(new),
    )
    assert await fetch(store, "completions", "project", "id") == [(project, "new") for project in PROJECTS]
    await check_nothing_dangles(store)


async def test_deleting_while_sweeping(store: Store) -> None:
    """A sweep over many projects and a client who deletes do not wait for each other, though both forget old places."""
    await store.completions.add_all([make_record(name, project=project) for project in PROJECTS for name in "ab"])
    async with store.database.write() as connection:
        await connection.execute(deletions.insert(), {"project": "ours", "id": "c", "created": 1, "deleted": 1})
    _, deleted = await run(
        store,
        locked(store, completions, PROJECTS[-1]),
        lambda: sweep(store),
        lambda: store.completions.delete(PROJECTS[-1], "b"),
    )
    assert deleted is True
    assert await fetch(store, "completions", "project", "id") == []


async def test_changing_while_deleting(store: Store) -> None:
    """A change that waits for a deletion finds nothing to change."""
    await store.completions.add(make_record("a"))
    deleted, changed = await run(
        store,
        locked(store, completions, "ours"),
        lambda: store.completions.delete("ours", "a"),
        lambda: store.completions.update("ours", "a", {"k": "v"}),
    )
    assert (deleted, changed) == (True, None)
    assert await fetch(store, "terms", "id") == []
