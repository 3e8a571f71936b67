"""How a server opens its database: several at once come up, and one that cannot says why in one sentence."""

import random
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from antiphon.store.migrations import versions
from tests.contract.kept import BACKENDS
from tests.contract.live import COMPLETIONS, body, free_port, wait_for
from tests.contract.processes import (
    check_log,
    doomed,
    list_all,
    refuse,
    run_command,
    serve_scripted,
    start_scripted,
    wait_for_write,
)
from tests.postgres import ADMIN, Postgres

LIMIT_S = 30.0
NEWEST = max(Path(versions.__file__).parent.glob("r*.py")).name[1:5]
"""The revision that this program makes."""
NUM_SERVERS = 3
NUM_KILLS = 3
NUM_BYTES = 20_000
SECRET = "s3cr3t-p4ss"
Where = tuple[str, ...]
Change = Callable[[str], object]


@pytest.fixture(params=BACKENDS)
def flags(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """Where a new database is."""
    if request.param == "sqlite":
        return ("--data-dir", str(tmp_path / "deep" / "down"))
    postgres: Postgres = request.getfixturevalue("postgres")
    return ("--database-url", postgres.create_database())


@pytest.fixture
def change(request: pytest.FixtureRequest, flags: Where) -> Change:
    """Does something to that database behind the server's back."""
    if flags[0] == "--database-url":
        postgres: Postgres = request.getfixturevalue("postgres")
        return lambda statement: postgres.sql(statement, flags[1].rpartition("/")[2])

    def run(statement: str) -> None:
        with closing(sqlite3.connect(Path(flags[1]) / "antiphon.db")) as connection, connection:
            connection.execute(statement)

    return run


def test_a_database_of_a_newer_program(flags: Where, change: Change, tmp_path: Path) -> None:
    """A database that a newer Antiphon has changed is refused and left alone, so the newer one finds it whole."""
    with doomed(tmp_path, *flags) as server:
        answer = httpx.post(f"{server.url}{COMPLETIONS}", json=body(store=True), timeout=LIMIT_S)
    change("UPDATE alembic_version SET version_num = '9999'")
    told = refuse(tmp_path, *flags)
    assert "newer" in told and "9999" in told
    change(f"UPDATE alembic_version SET version_num = '{NEWEST}'")
    with serve_scripted(tmp_path, *flags) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        assert [one["id"] for one in list_all(client)] == [answer.json()["id"]]


def test_several_start_at_once(flags: Where, tmp_path: Path) -> None:
    """Servers that start at the same moment on a new database all come up, and each sees what the others store."""
    with ExitStack() as stack:
        servers = [start_scripted(tmp_path, *flags) for _ in range(NUM_SERVERS)]
        for server in servers:
            stack.callback(server.kill)
        for server in servers:
            server.wait_until_ready()
        clients = [stack.enter_context(httpx.Client(base_url=server.url, timeout=LIMIT_S)) for server in servers]
        names = [client.post(COMPLETIONS, json=body(store=True)).json()["id"] for client in clients]
        for client in clients:
            assert sorted(one["id"] for one in list_all(client)) == sorted(names)
        assert [server.stop() for server in servers] == [0] * NUM_SERVERS
        for server in servers:
            check_log(server)


def test_a_start_that_is_killed(tmp_path: Path) -> None:
    """A server that is killed while it makes its tables is no obstacle to the next."""
    data = tmp_path / "data"
    for num_writes in range(NUM_KILLS):
        server = start_scripted(tmp_path)
        try:
            for _ in range(num_writes + 1):
                wait_for_write(data)
        finally:
            server.kill()
    with serve_scripted(tmp_path) as server, httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
        name = client.post(COMPLETIONS, json=body(store=True)).json()["id"]
        assert [one["id"] for one in list_all(client)] == [name]


def test_keys_that_cannot_be_read(postgres: Postgres, tmp_path: Path) -> None:
    """While a server that has just started cannot read its keys, nobody comes in without one."""
    url = postgres.create_database()
    headers = {"authorization": f"Bearer {run_command('keys', 'create', '--database-url', url).strip()}"}
    server = start_scripted(tmp_path, "--database-url", url)
    try:
        with locked(postgres, url, "keys"):
            wait_for(lambda: count_locks(postgres, url, "keys", granted=False), LIMIT_S)
            with httpx.Client(base_url=server.url) as client:
                assert not comes_in(client)
        server.wait_until_ready()
        with httpx.Client(base_url=server.url) as client:
            assert not comes_in(client)
            assert client.post(COMPLETIONS, json=body(), headers=headers).status_code == 200
    finally:
        server.kill()


def comes_in(client: httpx.Client) -> bool:
    """Whether a stranger is answered."""
    try:
        answer = client.post(COMPLETIONS, json=body())
    except httpx.TimeoutException:
        return False
    return answer.status_code == 200


@contextmanager
def locked(postgres: Postgres, url: str, table: str) -> Iterator[None]:
    """Somebody else has a table to himself."""
    where = ["-h", "127.0.0.1", "-p", str(postgres.port), "-U", ADMIN, url.rpartition("/")[2]]
    with subprocess.Popen([postgres.programs / "psql", "-Xq", *where], stdin=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        other.stdin.write(f"BEGIN; LOCK TABLE {table};\n")
        other.stdin.flush()
        wait_for(lambda: count_locks(postgres, url, table, granted=True), LIMIT_S)
        yield
        other.stdin.close()


def count_locks(postgres: Postgres, url: str, table: str, *, granted: bool) -> int:
    """How many have a lock of a table, or wait for one."""
    query = f"SELECT count(*) FROM pg_locks WHERE relation = '{table}'::regclass AND granted = {granted}"
    return int(postgres.sql(query, url.rpartition("/")[2]))


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """A `--data-dir` that is a file, or would lie in one, is refused with its name."""
    (tmp_path / "file").write_text("mine")
    for place in ("file", "file/folder"):
        told = refuse(tmp_path, "--data-dir", str(tmp_path / place))
        assert str(tmp_path / place) in told and "--data-dir" in told
    assert (tmp_path / "file").read_text() == "mine"


def make_random(path: Path) -> None:
    path.write_bytes(random.Random(0).randbytes(NUM_BYTES))


def make_text(path: Path) -> None:
    path.write_text("This is no database.\n" * 100)


@pytest.mark.parametrize("make", [make_random, make_text, Path.mkdir])
def test_a_file_that_is_no_database(make: Callable[[Path], None], tmp_path: Path) -> None:
    """A database that is something else is refused with its name, and left as it is."""
    place = tmp_path / "antiphon.db"
    make(place)
    before = None if place.is_dir() else place.read_bytes()
    assert str(place) in refuse(tmp_path, "--data-dir", str(tmp_path))
    assert before == (None if place.is_dir() else place.read_bytes())


def test_tables_of_somebody_else(flags: Where, change: Change, tmp_path: Path) -> None:
    """A database in which another program has a table of one of our names is refused."""
    if flags[0] == "--data-dir":
        Path(flags[1]).mkdir(parents=True)
    change("CREATE TABLE completions (word TEXT)")
    assert "already exists" in refuse(tmp_path, *flags)


REFUSED = {
    # what comes before the password, and after it
    "nobody there": ("postgresql+asyncpg://me:", "@127.0.0.1:{port}/antiphon"),
    "in the query": ("postgresql://127.0.0.1:{port}/antiphon?user=me&password=", ""),
    "an at in it": ("postgresql://me:a@", "@127.0.0.1:{port}/antiphon"),
    "another driver": ("postgresql+psycopg://me:", "@127.0.0.1/antiphon"),
    "an option of another driver": ("postgresql://me:", "@127.0.0.1:{port}/antiphon?sslmode=require"),
    "SQLite with a user": ("sqlite://me:", "@host/antiphon.db"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_url_that_is_refused(name: str, tmp_path: Path) -> None:
    """A `--database-url` that cannot be used is refused in one sentence, without the password in it."""
    told = refuse(tmp_path, "--database-url", SECRET.join(REFUSED[name]).format(port=free_port()))
    assert SECRET not in told, told


def test_a_password_stays_secret(postgres: Postgres, tmp_path: Path) -> None:
    """A server tells its database's password nobody, not when it starts, nor in its log when the database is lost."""
    url = postgres.create_database().replace("://admin@", f"://admin:{SECRET}@")
    with serve_scripted(tmp_path, "--database-url", url) as server:
        with httpx.Client(base_url=server.url, timeout=LIMIT_S) as client:
            answers = [client.post(COMPLETIONS, json=body(store=True))]
            postgres.stop()
            try:
                answers += [client.post(COMPLETIONS, json=body(store=True)), client.get(COMPLETIONS)]
                told = refuse(tmp_path, "--database-url", url)
            finally:
                postgres.start()
        assert [answer.status_code for answer in answers] == [200, 503, 503]
        assert "the database" in server.log.read_text()
        assert SECRET not in told + server.log.read_text() + "".join(answer.text for answer in answers)
