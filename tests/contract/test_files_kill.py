"""A file that a client was told is kept stays, however the server ends; none is ever there by half."""

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.contract.live import wait_for
from tests.contract.processes import check_log, doomed
from tests.contract.test_files import FILES
from tests.postgres import Postgres

NUM_KILLS = {"sqlite": 6, "postgresql": 2}
NUM_CLIENTS = 3
LIMIT_S = 60.0
OWNER = "o.project = c.project AND o.id = c.id"
OWNED = f"EXISTS (SELECT 1 FROM files AS o WHERE {OWNER})", f"EXISTS (SELECT 1 FROM uploads AS o WHERE {OWNER})"
BYTES = f"(SELECT coalesce(sum(length(o.data)), 0) FROM file_chunks AS o WHERE {OWNER})"
WRONG = (
    f"SELECT count(*) FROM file_chunks AS c WHERE NOT {OWNED[0]} AND NOT {OWNED[1]}",
    f"SELECT count(*) FROM uploads AS c WHERE {OWNED[0]}",
    f"SELECT count(*) FROM files AS c WHERE size != {BYTES}",
    "SELECT count(*) FROM file_totals AS t WHERE size != (SELECT sum(size) FROM"
    " (SELECT project, size FROM files UNION ALL SELECT project, size FROM uploads) AS s WHERE s.project = t.project)",
)
"""What there must be none of: chunks of nobody, of two, files without all their bytes, totals that are not."""


def content_of(name: str) -> bytes:
    """What is in a file of this name."""
    chance = random.Random(name)
    return chance.randbytes(5000) * chance.randint(1, 800)


class Ledger:
    """What clients asked for and were told. kept: acknowledged, and not asked to be deleted. gone: acknowledged."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.gone: set[str] = set()

    def check(self, client: httpx.Client) -> None:
        """All that was acknowledged is there, or is not; all that is there is whole."""
        listed = {file["id"]: file for file in client.get(FILES).json()["data"]}
        assert self.kept.keys() <= listed.keys()
        assert not self.gone & listed.keys()
        for name, file in listed.items():
            data = client.get(f"{FILES}/{name}/content").content
            assert data == content_of(file["filename"]) and file["bytes"] == len(data)
            assert self.kept.get(name, file["filename"]) == file["filename"]

    def work(self, url: str, name: str) -> None:
        """Upload and delete until the server is gone."""
        chance = random.Random(name)
        with suppress(httpx.TransportError), httpx.Client(base_url=url, timeout=LIMIT_S) as client:
            for number in range(10**6):
                called = f"{name}-{number}"
                form = {"files": {"file": (called, content_of(called))}, "data": {"purpose": "user_data"}}
                answer = client.post(FILES, **form)  # type: ignore[arg-type]
                assert answer.status_code == 200, answer.text
                kept = answer.json()["id"]
                if chance.random() < 0.6:
                    assert client.delete(f"{FILES}/{kept}").status_code == 200
                    self.gone.add(kept)
                else:
                    self.kept[kept] = called


@contextmanager
def under_load(url: str, ledger: Ledger, name: str) -> Iterator[None]:
    """While clients ask; they end with the server."""
    clients = [threading.Thread(target=ledger.work, args=(url, f"{name}-{one}")) for one in range(NUM_CLIENTS)]
    for client in clients:
        client.start()
    yield
    for client in clients:
        client.join(LIMIT_S)


def kill_under_load(folder: Path, ledger: Ledger, *flags: str, name: str) -> None:
    """Start a server, see what it has, then let clients ask, and kill it at any moment."""
    with doomed(folder, *flags) as server:
        with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
            ledger.check(client)
        number = len(ledger.kept) + len(ledger.gone) + random.Random(name).randint(1, 12)
        with under_load(server.url, ledger, name):
            wait_for(lambda: len(ledger.kept) + len(ledger.gone) >= number)
            server.process.kill()
        check_log(server)


@pytest.mark.parametrize("backend", NUM_KILLS)
def test_killed_many_times(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """After `kill -9` at any moment every file that was acknowledged is there to the last byte, every acknowledged
    deletion holds, what was not acknowledged is whole or not there, and no byte belongs to nobody.
    """
    ledger, flags, count = Ledger(), (), partial(ask_sqlite, tmp_path / "data" / "antiphon.db")
    if backend == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.create_database()
        flags, count = ("--database-url", url), partial(ask_postgres, postgres, url.rpartition("/")[2])
    for number in range(NUM_KILLS[backend]):
        kill_under_load(tmp_path, ledger, *flags, name=f"{number}")
    with doomed(tmp_path, *flags) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        ledger.check(client)
    check_sound(count)


def check_sound(count: Callable[[str], int]) -> None:
    """count: the number that a query gives."""
    assert [count(query) for query in WRONG] == [0] * len(WRONG)
    assert count("SELECT count(*) FROM files") > 1


def ask_sqlite(path: Path, query: str) -> int:
    """The number that a query gives."""
    with closing(sqlite3.connect(path)) as connection:
        number: int = connection.execute(query).fetchone()[0]
        return number


def ask_postgres(postgres: Postgres, database: str, query: str) -> int:
    """The number that a query gives."""
    return int(postgres.sql(query, database))
