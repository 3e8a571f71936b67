"""What a client was told is stored stays stored, however the server or its database ends; nothing is stored by half."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.contract.ledger import LIMIT_S, Ledger, under_load
from tests.contract.live import wait_for
from tests.contract.processes import check_log, doomed, serve_scripted, wait_for_write
from tests.postgres import Postgres

NUM_KILLS = 12
NUM_KILLS_WITH_POSTGRESQL = 3
WHILE_IT_WRITES = 0.7
USE = "u.project = b.project AND u.hash = b.hash"
OWNER = "c.project = t.project AND c.id = t.id"
DANGLING = (
    f"SELECT count(*) FROM blobs AS b WHERE NOT EXISTS (SELECT 1 FROM blob_uses AS u WHERE {USE})",
    f"SELECT count(*) FROM blob_uses AS u WHERE NOT EXISTS (SELECT 1 FROM blobs AS b WHERE {USE})",
    f"SELECT count(*) FROM blob_uses AS t WHERE NOT EXISTS (SELECT 1 FROM completions AS c WHERE {OWNER})",
    f"SELECT count(*) FROM terms AS t WHERE NOT EXISTS (SELECT 1 FROM completions AS c WHERE {OWNER})",
)
"""What there must be none of: inputs that nobody uses, uses of none, and what belongs to no completion."""


def kill_under_load(folder: Path, ledger: Ledger, *flags: str, name: str) -> None:
    """Start a server, see what it has, then let clients ask, and kill it: at any moment, or while it writes."""
    chance, data = random.Random(name), folder / "data"
    with doomed(folder, *flags) as server:
        with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
            ledger.check(client)
        with under_load(server.url, ledger, name=name) as load:
            number = chance.randint(1, 60)
            load.wait_until(lambda: len(load.acknowledged) >= number)
            if data.exists() and chance.random() < WHILE_IT_WRITES:
                wait_for_write(data)
            server.process.kill()
        check_log(server)


def check_all(folder: Path, ledger: Ledger, *flags: str) -> None:
    """Start a server once more and look closely at everything."""
    with doomed(folder, *flags) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        ledger.touched.update(ledger.wishes.values())
        ledger.check(client)
        ledger.check_filters(client)


def check_nothing_dangles(count: Callable[[str], int], ledger: Ledger) -> None:
    """count: the number that a query gives."""
    assert [count(query) for query in DANGLING] == [0] * len(DANGLING)
    assert count("SELECT count(*) FROM terms") == ledger.num_terms
    assert count("SELECT count(*) FROM completions") == sum(wish.is_kept for wish in ledger.wishes.values())
    assert count("SELECT count(*) FROM blobs") > 1


def test_a_server_on_sqlite_is_killed_many_times(tmp_path: Path) -> None:
    """After `kill -9` at any moment every completion that was acknowledged is there and whole, every acknowledged
    change and deletion holds, and what was not acknowledged is whole or not there; the file is sound.
    """
    ledger = Ledger()
    for number in range(NUM_KILLS):
        kill_under_load(tmp_path, ledger, name=f"{number}")
    check_all(tmp_path, ledger)
    with closing(sqlite3.connect(tmp_path / "data" / "antiphon.db")) as connection:

        def count(query: str) -> int:
            number: int = connection.execute(query).fetchone()[0]
            return number

        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        check_nothing_dangles(count, ledger)


def ask(postgres: Postgres, database: str, query: str) -> int:
    """The number that a query gives."""
    return int(postgres.sql(query, database))


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The name of a new database."""
    return postgres.create_database().rpartition("/")[2]


def test_a_server_on_postgresql_is_killed(postgres: Postgres, database: str, tmp_path: Path) -> None:
    """The same with PostgreSQL, which ends by itself what the dead server had begun."""
    ledger, flags = Ledger(), ("--database-url", postgres.url(database))
    connected = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'"
    for number in range(NUM_KILLS_WITH_POSTGRESQL):
        kill_under_load(tmp_path, ledger, *flags, name=f"{number}")
        wait_for(lambda: ask(postgres, "postgres", connected) == 0, LIMIT_S)
    check_all(tmp_path, ledger, *flags)
    check_nothing_dangles(partial(ask, postgres, database), ledger)


def test_postgresql_is_killed_under_a_server(postgres: Postgres, database: str, tmp_path: Path) -> None:
    """When PostgreSQL ends at once under load, clients are told what was not stored; when it is back the server goes
    on by itself, and all that was acknowledged before and since is there.
    """
    ledger = Ledger()
    with serve_scripted(tmp_path, "--database-url", postgres.url(database)) as server:
        with under_load(server.url, ledger, name="0", outages=True) as load:
            load.wait_until(lambda: len(load.acknowledged) > 50)
            postgres.stop()
            try:
                load.wait_until(lambda: len(load.refused) > 50)
            finally:
                postgres.start()
            number = len(load.acknowledged)
            load.wait_until(lambda: len(load.acknowledged) > number + 50)
        with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
            ledger.check(client)
            ledger.check_filters(client)
        check_log(server)
    check_nothing_dangles(partial(ask, postgres, database), ledger)
