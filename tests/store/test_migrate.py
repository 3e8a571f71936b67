"""Opening a database: its tables are made or brought up to date, or one sentence says why that cannot be."""

import asyncio
import gc
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url

from antiphon.errors import ConfigurationError
from antiphon.store.tables import tables
from tests.postgres import Postgres, find_port
from tests.store.databases import open_url
from tests.store.records import entry_of, make_record

NUM_SERVERS = 4
SECRET = "s3cret"
PIPES: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
OPEN = """
import asyncio, sys
from tests.store.databases import open_url
from tests.store.records import make_record

async def main(name, urls):
    print("ready", flush=True)
    sys.stdin.readline()
    for url in urls:
        async with open_url(url) as store:
            await store.completions.add(make_record(name))

asyncio.run(main(sys.argv[1], sys.argv[2:]))
"""


async def refusal(url: str) -> str:
    """Why a database is not opened, in one sentence without the password."""
    with pytest.raises(ConfigurationError) as caught:
        async with open_url(url):
            pass
    told = str(caught.value)
    assert "\n" not in told
    assert told.endswith(".")
    assert SECRET not in told
    return told


def compare(connection: Connection) -> list[object]:
    """What a database has otherwise than the tables of our program."""
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), tables)


async def test_tables(fresh_url: str) -> None:
    """The steps of migration make the tables that the program knows, column by column and index by index."""
    async with open_url(fresh_url) as store, store.database.read() as connection:
        assert await connection.run_sync(compare) == []


async def test_collation(fresh_url: str) -> None:
    """On PostgreSQL the columns that the program compares as bytes are compared so by the database, whatever its
    locale."""
    async with open_url(fresh_url) as store:
        if store.database.is_sqlite:
            return
        async with store.database.read() as connection:
            found = await connection.exec_driver_sql(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND collation_name = 'C'"
            )
            told = {tuple(row) for row in found}
    assert told == {
        (table.name, column.name)
        for table in tables.sorted_tables
        for column in table.columns
        if "COLLATE" in column.type.compile(store.database.writers.dialect)
    }


async def test_open_again(fresh_url: str) -> None:
    """What was kept is there when the database is opened again."""
    async with open_url(fresh_url) as store:
        await store.completions.add(make_record("a"))
    for _ in range(2):
        async with open_url(fresh_url) as store:
            assert await store.completions.get("ours", "a") == entry_of(make_record("a"))


FIRST = {"completions", "terms", "blobs", "blob_uses", "deletions", "keys"}
"""The tables of revision 0001."""


async def test_an_older_database(fresh_url: str) -> None:
    """A database of the first program gets the tables that came since, and keeps what is in it."""
    async with open_url(fresh_url) as store:
        await store.completions.add(make_record("a"))
        async with store.database.write() as connection:
            for table in reversed(tables.sorted_tables):
                if table.name not in FIRST:
                    await connection.exec_driver_sql(f"DROP TABLE {table.name}")
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    async with open_url(fresh_url) as store:
        assert await store.completions.get("ours", "a") == entry_of(make_record("a"))
        async with store.database.read() as connection:
            assert await connection.run_sync(compare) == []


async def test_opened_at_once_by_tasks(fresh_url: str) -> None:
    """Of several that open a new database at once each finds its tables."""

    async def open_and_add(name: str) -> None:
        async with open_url(fresh_url) as store:
            await store.completions.add(make_record(name))

    await asyncio.gather(*(open_and_add(f"{number}") for number in range(NUM_SERVERS)))
    assert len(await known(fresh_url, [f"{number}" for number in range(NUM_SERVERS)])) == NUM_SERVERS


async def test_opened_while_another_makes_it(tmp_path: Path) -> None:
    """Who opens a new file of SQLite that another server is just making waits for the other to be done."""
    with closing(sqlite3.connect(tmp_path / "fresh.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def commit_later() -> None:
            await asyncio.sleep(0.2)
            other.execute("COMMIT")

        committing = asyncio.create_task(commit_later())
        async with open_url(f"sqlite:///{tmp_path}/fresh.db") as store:
            await store.completions.add(make_record("a"))
        await committing
    gc.collect()  # which warns of what was left open


def test_opened_at_once_by_processes(postgres: Postgres, tmp_path: Path, root: Path) -> None:
    """Several servers may start at once on the same new database."""
    urls = [f"sqlite:///{tmp_path}/{number}.db" for number in range(5)]
    urls += [postgres.create_database() for _ in range(2)]
    names = [f"{number}" for number in range(NUM_SERVERS)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    servers = [
        subprocess.Popen([sys.executable, "-c", OPEN, name, *urls], **PIPES, text=True, env=environment)
        for name in names
    ]
    try:
        assert [server.stdout.readline() for server in servers] == ["ready\n"] * NUM_SERVERS
        for server in servers:
            server.stdin.write("\n")
            server.stdin.flush()
        assert [server.communicate(timeout=60)[1] for server in servers] == [""] * NUM_SERVERS
    finally:
        for server in servers:
            server.kill()
            server.communicate()
    for url in urls:
        assert asyncio.run(known(url, names)) == set(names)


async def known(url: str, names: Sequence[str]) -> set[str]:
    """Which of these are there."""
    async with open_url(url) as store:
        return await store.completions.known("ours", names)


async def test_newer_database(fresh_url: str) -> None:
    """A database that a newer program has changed is refused, and nothing in it is touched."""
    async with open_url(fresh_url) as store:
        await store.completions.add(make_record("a"))
        async with store.database.write() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    told = await refusal(fresh_url)
    assert "newer Antiphon" in told
    assert "9999" in told
    assert "--database-url" in told


async def test_steps_are_all_or_nothing(fresh_url: str) -> None:
    """Where a table cannot be made, none is, so that the next start finds the database as this one did."""
    async with open_url(fresh_url) as store, store.database.write() as connection:
        for table in reversed(tables.sorted_tables):
            await connection.exec_driver_sql(f"DROP TABLE {table.name}")
        await connection.exec_driver_sql("DROP TABLE alembic_version")
        await connection.exec_driver_sql("CREATE TABLE keys (name TEXT)")
    assert "keys" in await refusal(fresh_url)
    assert "keys" in await refusal(fresh_url)


def test_no_folder_yet(tmp_path: Path) -> None:
    """A file of SQLite brings its folders with it."""

    async def main() -> None:
        async with open_url(f"sqlite:///{tmp_path}/a/b/antiphon.db") as store:
            await store.completions.add(make_record("a"))

    asyncio.run(main())
    assert (tmp_path / "a/b/antiphon.db").exists()


async def test_sqlite_that_is_none(tmp_path: Path) -> None:
    """A file that is no database, a folder, and a path through a file are refused, and left as they are, closed."""
    (tmp_path / "random").write_bytes(bytes(range(256)) * 64)
    (tmp_path / "folder").mkdir()
    assert "file is not a database" in await refusal(f"sqlite:///{tmp_path}/random")
    assert "cannot be opened: Is a directory" in await refusal(f"sqlite:///{tmp_path}/folder")
    assert f"{tmp_path}/random" in await refusal(f"sqlite:///{tmp_path}/random/antiphon.db")
    assert (tmp_path / "random").read_bytes() == bytes(range(256)) * 64
    gc.collect()  # which warns of what was left open


async def test_unreachable_postgresql() -> None:
    """A server that is not there is named, without the password."""
    told = await refusal(f"postgresql://me:{SECRET}@127.0.0.1:{find_port()}/antiphon")
    assert "postgresql+asyncpg://me:***@127.0.0.1" in told
    assert "cannot be opened" in told
    assert "Connect" in told


async def test_unknown_host() -> None:
    """So is a host that nobody knows."""
    assert "cannot be opened" in await refusal(f"postgresql://me:{SECRET}@nowhere.invalid/antiphon")


async def test_postgresql_without_that(postgres: Postgres) -> None:
    """A database or a user that the server does not have is named."""
    assert '"nothing" does not exist' in await refusal(postgres.url("nothing"))
    assert '"nobody" does not exist' in await refusal(postgres.url("postgres", user="nobody"))


async def test_postgresql_that_lets_us_make_nothing(postgres: Postgres) -> None:
    """Since PostgreSQL 15 a user may make no tables in a database of somebody else: the sentence says so."""
    url = make_url(postgres.create_database())
    postgres.sql("CREATE ROLE guest LOGIN")
    postgres.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC", str(url.database))
    assert "permission denied for schema public" in await refusal(postgres.url(str(url.database), user="guest"))


async def test_option_that_the_driver_lacks(postgres: Postgres) -> None:
    """An option of the URL that the driver does not have is refused, and the sentence names it."""
    assert "nonsense" in await refusal(f"{postgres.url('postgres')}?nonsense=1")


async def test_sslmode(postgres: Postgres) -> None:
    """`sslmode`, which URLs of hosted databases carry for other drivers, is honoured, or refused in one sentence."""
    with suppress(ConfigurationError):
        async with open_url(f"{postgres.create_database()}?sslmode=disable"):
            pass
