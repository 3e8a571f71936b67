"""What the store does when the database cannot: it says why, loses nothing, and goes on when the database does."""

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError

from antiphon.errors import StoreUnavailable, UnknownCursor
from antiphon.store.query import Query
from antiphon.store.statistics import compute_statistics
from antiphon.store.store import Store
from tests.postgres import Postgres
from tests.store.databases import check_nothing_dangles, count_rows, fetch, open_url
from tests.store.records import LARGE, entry_of, large, make_record, with_images

NUM_PAGES_FREE = 20


@pytest.fixture
async def on_sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    """A store on SQLite."""
    async with open_url(f"sqlite:///{tmp_path}/antiphon.db") as store:
        yield store


@pytest.fixture
async def on_postgres(running: Postgres, postgres_url: str) -> AsyncIterator[Store]:
    """A store on a server that a test may stop."""
    assert running.is_running
    async with open_url(postgres_url) as store:
        yield store


@pytest.fixture
def running(postgres: Postgres) -> Iterator[Postgres]:
    """The server, which runs afterwards whatever a test does to it."""
    yield postgres
    if not postgres.is_running:
        postgres.start()


async def pragma(store: Store, text: str) -> int:
    """What a pragma of the writer's connection gives."""
    async with store.database.write() as connection:
        found = (await connection.exec_driver_sql(f"PRAGMA {text}")).scalar()
        return 0 if found is None else int(found)


async def test_no_space_is_left(on_sqlite: Store) -> None:
    """A full disk is told as that; what was kept stays whole, and when there is space again all goes on."""
    store = on_sqlite
    first = make_record("first", messages=with_images(LARGE))
    big = make_record("big", messages=with_images(*(large(number) for number in range(200))))
    await store.completions.add(first)
    before = await count_rows(store)
    limit = await pragma(store, "page_count") + NUM_PAGES_FREE
    assert await pragma(store, f"max_page_count = {limit}") == limit
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="no space is left"):
            await store.completions.add(big)
        assert await count_rows(store) == before
        assert await store.completions.get("ours", "first") == entry_of(first)
    await store.completions.add(make_record("small"))
    assert await store.completions.delete("ours", "small") is True
    await pragma(store, "max_page_count = 1000000")
    await store.completions.add(big)
    assert [record async for record in store.completions.export(Query(project="ours"))] == [big, first]
    await check_nothing_dangles(store)


async def test_no_space_for_one_of_many(on_sqlite: Store) -> None:
    """Who asked together with what did not fit is told so too, and each that was told otherwise is kept."""
    store = on_sqlite
    await store.completions.add(make_record("first"))
    await pragma(store, f"max_page_count = {await pragma(store, 'page_count') + NUM_PAGES_FREE}")
    records = [make_record(f"{number}", messages=with_images(large(number) * 4)) for number in range(60)]
    results = await asyncio.gather(*map(store.completions.add, records), return_exceptions=True)
    assert {type(result) for result in results} >= {StoreUnavailable}
    kept = {record.id for record, result in zip(records, results, strict=True) if result is None}
    assert {name for (name,) in await fetch(store, "completions", "id")} == {"first", *kept}
    await check_nothing_dangles(store)


@pytest.fixture
def other(on_sqlite: Store) -> Iterator[sqlite3.Connection]:
    """Another process that has the same file."""
    path = str(on_sqlite.database.url.database)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


async def test_somebody_else_writes_for_too_long(on_sqlite: Store, other: sqlite3.Connection) -> None:
    """While another process writes, reading goes on; writing that waits for too long is told that it is busy."""
    store = on_sqlite
    await store.completions.add(make_record("a"))
    await pragma(store, "busy_timeout = 20")
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM completions")
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="busy"):
            await store.completions.add(make_record("b"))
    assert await store.completions.get("ours", "a") is not None
    other.execute("ROLLBACK")
    await store.completions.add(make_record("b"))
    assert await store.completions.known("ours", ["a", "b"]) == {"a", "b"}


async def test_somebody_else_writes_for_a_while(on_sqlite: Store, other: sqlite3.Connection) -> None:
    """Writing waits for another process to end."""
    other.execute("BEGIN IMMEDIATE")
    adding = asyncio.create_task(on_sqlite.completions.add(make_record("a")))
    await asyncio.sleep(0.05)
    assert not adding.done()
    other.execute("COMMIT")
    await adding
    assert await on_sqlite.completions.known("ours", ["a"]) == {"a"}


async def test_a_file_that_breaks(tmp_path: Path) -> None:
    """A file that was damaged is told as a fault of the database, not as one of the caller."""
    path = tmp_path / "antiphon.db"
    async with open_url(f"sqlite:///{path}") as store:
        await store.completions.add_all([make_record(f"{number}", answer='"x"' * 3000) for number in range(50)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] + b"\xff" * (len(content) // 2))
    async with open_url(f"sqlite:///{path}") as store:
        with pytest.raises(StoreUnavailable, match="has a fault, which the server's log tells"):
            await store.completions.page(Query(project="ours", limit=100))


async def export(store: Store) -> None:
    async for _ in store.completions.export(Query(project="ours")):
        pass


EVERYTHING: dict[str, Callable[[Store], Awaitable[object]]] = {
    "add": lambda store: store.completions.add(make_record("b")),
    "add_all": lambda store: store.completions.add_all([make_record("b")]),
    "known": lambda store: store.completions.known("ours", ["a"]),
    "get": lambda store: store.completions.get("ours", "a"),
    "find_position": lambda store: store.completions.find_position("ours", "a"),
    "page": lambda store: store.completions.page(Query(project="ours")),
    "export": export,
    "messages": lambda store: store.completions.messages("ours", "a", range, limit=1),
    "update": lambda store: store.completions.update("ours", "a", {}),
    "delete": lambda store: store.completions.delete("ours", "a"),
    "sweep": lambda store: store.completions.sweep(1, most=1),
    "keys.create": lambda store: store.keys.create("ours", name="n", scopes=[]),
    "keys.all": lambda store: store.keys.all(),
    "keys.revoke": lambda store: store.keys.revoke("key_0"),
    "statistics": lambda store: compute_statistics(store.database),
}


async def test_postgresql_is_stopped(running: Postgres, on_postgres: Store) -> None:
    """While PostgreSQL is down everything says that it cannot be reached; when it is up again the same store goes on
    with what was kept.
    """
    store = on_postgres
    record = make_record("stays", messages=with_images(LARGE))
    await store.completions.delete("ours", "stays")
    await store.completions.add(record)
    await asyncio.gather(*(store.completions.get("ours", "stays") for _ in range(8)))
    running.stop()
    for turn in range(2):
        for name, work in EVERYTHING.items():
            with pytest.raises(StoreUnavailable) as caught:
                await work(store)
            assert caught.value.reason == "the database cannot be reached", (turn, name)
    running.start()
    for work in EVERYTHING.values():
        await call(work, store)
    assert await store.completions.get("ours", "stays") == entry_of(record)


async def call(work: Callable[[Store], Awaitable[object]], store: Store) -> None:
    """Whatever the store says, that the database is not there is not it: `a` may be none, and `b` be there."""
    with suppress(UnknownCursor, IntegrityError):
        await work(store)


async def test_connections_are_killed(running: Postgres, on_postgres: Store) -> None:
    """Connections that were lost while nobody used them are noticed by nobody."""
    store = on_postgres
    await asyncio.gather(*(store.completions.get("ours", "a") for _ in range(8)))
    for name in ("add", "get", "export", "update", "keys.all"):
        kill_connections(running, store)
        await call(EVERYTHING[name], store)


async def test_connection_is_killed_during_a_change(running: Postgres, on_postgres: Store) -> None:
    """A connection that is lost in the middle fails what used it, of which nothing is kept; the next one heals."""
    store = on_postgres
    await store.completions.delete("ours", "half")
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        async with store.database.write() as connection:
            await connection.exec_driver_sql("DELETE FROM completions")
            kill_connections(running, store)
            await connection.exec_driver_sql("DELETE FROM completions")
    await store.completions.add(make_record("half"))
    assert await store.completions.known("ours", ["half"]) == {"half"}


def kill_connections(server: Postgres, store: Store) -> None:
    """End every connection to the store's database."""
    name = make_url(store.database.url).database
    server.sql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.fixture
def no_collector() -> Iterator[None]:
    """What is left over stays, because nobody knows when the garbage collector would come."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("turns", [1, 11, 34])
async def test_callers_who_go_away(store: Store, turns: int) -> None:
    """Who goes away in the middle of anything leaves nothing half done, and nothing that others would wait for."""
    await store.completions.add_all(
        [make_record(f"{number}", metadata={"n": "0"}, messages=with_images(LARGE)) for number in range(40)]
    )
    working: list[asyncio.Task[object]] = []
    for number in range(40):
        name = f"{number}"
        record = make_record(f"new-{number}", messages=with_images(large(number)))
        begin = (
            partial(store.completions.delete, "ours", name),
            partial(store.completions.update, "ours", name, {"n": "1"}),
            partial(store.completions.add, record),
            partial(store.completions.messages, "ours", name, range, limit=3),
        )[number % 4]
        working.append(asyncio.create_task(begin()))
        for _ in range(turns):
            await asyncio.sleep(0)
        working[max(0, number - 3)].cancel()
    await asyncio.gather(*working, return_exceptions=True)
    await store.completions.close()
    await asyncio.gather(*store.database.working, return_exceptions=True)
    assert await store.completions.update("ours", "3", {"n": "2"}) is not None
    await check_nothing_dangles(store)
    for name, value in await fetch(store, "terms", "id", "value"):
        entry = await store.completions.get("ours", name)
        assert entry is not None and value in (entry.model, *entry.metadata.values())
    await asyncio.gather(*(store.completions.delete("ours", f"{number}") for number in range(40)))
    await check_nothing_dangles(store)
