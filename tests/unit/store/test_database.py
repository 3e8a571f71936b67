"""Where a database is, and its faults in our words. Nothing connects here."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from antiphon.errors import ConfigurationError
from antiphon.store.database import FILE, Database, make_folder, parse_url, reason_of

SECRET = "s3cret"

GOOD = {
    "sqlite:////a/b.db": ("sqlite+aiosqlite", "/a/b.db"),
    "sqlite:///b.db": ("sqlite+aiosqlite", "b.db"),
    "sqlite+aiosqlite:///b.db": ("sqlite+aiosqlite", "b.db"),
    "postgresql://u:s3cret@h/d": ("postgresql+asyncpg", "d"),
    "postgres://u:s3cret@h:5432/d": ("postgresql+asyncpg", "d"),
    "postgresql+asyncpg://h/d": ("postgresql+asyncpg", "d"),
    "postgresql://u:s3cret%40%2F@/d?host=/run/postgresql": ("postgresql+asyncpg", "d"),
}


@pytest.mark.parametrize("text", GOOD)
def test_good_urls(text: str, tmp_path: Path) -> None:
    """SQLite is a file, PostgreSQL is spelled as people spell it, and each has the driver that we have."""
    url = parse_url(text, folder=tmp_path / "unused")
    assert (url.drivername, url.database) == GOOD[text]
    assert (url.username, url.password, url.host, url.port, url.query) == (
        (given := make_url(text)).username, given.password, given.host, given.port, given.query
    )  # fmt: skip
    assert not (tmp_path / "unused").exists()


def test_no_url(tmp_path: Path) -> None:
    """Without a URL it is a file in the data folder."""
    url = parse_url(None, folder=tmp_path / "data")
    assert (url.drivername, url.database) == ("sqlite+aiosqlite", str(tmp_path / "data" / FILE))


def test_data_folder_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is where the user's files are."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_url(None, folder=Path("~/data")).database == str(tmp_path / "data" / FILE)


BAD = {
    "": "is no URL; expected one like postgresql+asyncpg://",
    "antiphon.db": "is no URL",
    "/var/lib/antiphon.db": "is no URL",
    "postgresql:u:s3cret@h/d": "is no URL",
    "postgresql://u:s3cret@h:port/d": "is no URL",
    "mysql://u:s3cret@h/d": "'mysql' is not supported; expected postgresql+asyncpg:// or sqlite:///",
    "postgresql+psycopg://u:s3cret@h/d": "'postgresql+psycopg' is not supported",
    "sqlite+pysqlite:///a.db": "'sqlite+pysqlite' is not supported",
    "http://u:s3cret@h/d": "'http' is not supported",
    "sqlite://": "SQLite needs a file",
    "sqlite:///": "SQLite needs a file",
    "sqlite:///:memory:": "SQLite needs a file",
    "sqlite:///file::memory:?uri=true": "SQLite needs a file",
}


@pytest.mark.parametrize("text", BAD)
def test_bad_urls(text: str, tmp_path: Path) -> None:
    """What is no database for us is refused with one sentence that names the flag and never the password."""
    with pytest.raises(ConfigurationError) as caught:
        parse_url(text, folder=tmp_path)
    told = str(caught.value)
    assert "--database-url" in told
    assert BAD[text] in told
    assert SECRET not in told
    assert "\n" not in told


@pytest.fixture
def umask() -> Iterator[None]:
    """The most generous one."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_folder_is_its_owners(tmp_path: Path) -> None:
    """A new data folder can be looked into by nobody else, whatever the umask; where it is there already it stays."""
    folder = tmp_path / "a" / "data"
    make_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o750)
    make_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750


@pytest.mark.parametrize(("path", "reason"), [("file", "File exists"), ("file/data", "Not a directory")])
def test_folder_that_cannot_be(path: str, reason: str, tmp_path: Path) -> None:
    """Where no folder can be made, one sentence names the folder, the reason and the flag."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError) as caught:
        make_folder(tmp_path / path)
    assert all(words in str(caught.value) for words in (f"the folder {tmp_path / path}: {reason}", "--data-dir"))


SHOWN = [*(text for text in GOOD if SECRET in text), "postgresql://h/d?user=u&password=s3cret"]


@pytest.mark.parametrize("text", SHOWN)
async def test_password_is_never_shown(text: str, tmp_path: Path) -> None:
    """A database is named by its URL, in which there is no password, wherever it stood."""
    database = Database(parse_url(text, folder=tmp_path))
    assert SECRET not in database.shown
    assert "/d" in database.shown
    await database.close()


class Fault(Exception):
    """What a driver raises, with the code that the database gave."""

    def __init__(self, *, sqlite_errorname: str | None = None, sqlstate: str | None = None) -> None:
        super().__init__("words")
        self.sqlite_errorname = sqlite_errorname
        self.sqlstate = sqlstate


def sqlite(name: str) -> DBAPIError:
    return OperationalError("SELECT 1", {}, Fault(sqlite_errorname=name))


def postgresql(state: str | None) -> DBAPIError:
    return DBAPIError("SELECT 1", {}, Fault(sqlstate=state))


FULL = "no space is left for the database"
BUSY = "the database is busy"
SLOW = "the database did not answer in time"
GONE = "the database cannot be reached"
FAULT = "the database has a fault, which the server's log tells"

REASONS = [
    (sqlite("SQLITE_FULL"), FULL), (sqlite("SQLITE_BUSY"), BUSY), (sqlite("SQLITE_BUSY_SNAPSHOT"), BUSY),
    (sqlite("SQLITE_BUSY_RECOVERY"), BUSY), (sqlite("SQLITE_CORRUPT"), FAULT), (sqlite("SQLITE_IOERR_FSYNC"), FAULT),
    (postgresql("53100"), FULL), (postgresql("55P03"), BUSY), (postgresql("XX001"), FAULT),
    (postgresql("53300"), BUSY), (postgresql("08006"), GONE), (postgresql("57P01"), GONE), (postgresql("57P03"), GONE),
    (postgresql("57014"), SLOW), (postgresql(None), GONE), (Fault(sqlstate="57P03"), GONE),
    (ConnectionRefusedError(111, "refused"), GONE), (OSError("no route"), GONE),
    (TimeoutError(), SLOW), (NoConnectionFree("pool"), BUSY),
]  # fmt: skip


def describe(value: object) -> str:
    """The codes of a case."""
    cause = getattr(value, "orig", None) or value
    return " ".join(filter(None, vars(cause).values())) if isinstance(cause, Fault) else repr(cause)


@pytest.mark.parametrize(("error", "reason"), REASONS, ids=describe)
def test_reasons(error: Exception, reason: str) -> None:
    """People are told whether space, time or the database itself is missing, and none of what the database said."""
    assert reason_of(error) == reason
