"""Where a database is. Nothing connects here."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from antiphon.errors import ConfigurationError
from antiphon.store.database import Database
from antiphon.store.place import FILE, make_file, make_folder, parse_url

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
    "sqlite://u:s3cret@h/d.db": "SQLite needs a file",
    "postgresql://u:a@s3cret@h/d": "an '@' in a password is written %40",
    "postgresql://u:s3cret@h/d?connect_timeout=5": "an option that cannot be: 'connect_timeout'. Known are host,",
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


def test_options(tmp_path: Path) -> None:
    """What other drivers call `sslmode` is honoured by the name that ours has for it."""
    assert dict(parse_url("postgresql://h/d?sslmode=require", folder=tmp_path).query) == {"ssl": "require"}


@pytest.mark.usefixtures("umask")
def test_file_is_its_owners(tmp_path: Path) -> None:
    """A new database can be read by nobody else, also in a folder that others may look into; an old one stays."""
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    make_file(folder / FILE)
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    (folder / FILE).chmod(0o640)
    make_file(folder / FILE)
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o640


def test_file_that_is_none(tmp_path: Path) -> None:
    """What SQLite cannot open is told in one sentence with its name."""
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(ConfigurationError, match="noise cannot be opened: file is not a database"):
        make_file(tmp_path / "noise")
