"""Where a database is: the URL of a setting, the folder and the file of SQLite. Bad ones are told at start."""

import os
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from antiphon.errors import ConfigurationError

FILE = "antiphon.db"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
OPTIONS = {name: name for name in ("host", "port", "user", "password", "ssl", "prepared_statement_cache_size")}
OPTIONS["sslmode"] = "ssl"


def parse_url(text: str | None, *, folder: Path) -> URL:
    """The database of a setting; without one a file in `folder`. Raises `ConfigurationError`."""
    if text is None:
        return URL.create(DRIVERS["sqlite"], database=str(folder.expanduser() / FILE))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            "--database-url is no URL; expected one like postgresql+asyncpg://user:password@host/database."
        ) from None
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None or url.drivername not in (url.get_backend_name(), driver):
        raise ConfigurationError(
            f"--database-url: '{url.drivername}' is not supported; expected postgresql+asyncpg:// or sqlite:///."
        )
    if driver.endswith("asyncpg") and not find_spec("asyncpg"):
        raise ConfigurationError("PostgreSQL needs a driver that is not installed: pip install 'antiphon[postgres]'.")
    if "@" in (url.host or ""):
        raise ConfigurationError("--database-url: an '@' in a password is written %40.")
    if driver.endswith("sqlite") and (url.host or url.query or url.database in (None, "", ":memory:")):
        raise ConfigurationError(
            "--database-url: SQLite needs a file and nothing else, as in sqlite:////var/lib/antiphon/antiphon.db."
        )
    return url.set(drivername=driver, query=parse_options(url))


def parse_options(url: URL) -> dict[str, Any]:
    """What stands behind the '?', in asyncpg's words. Raises `ConfigurationError`."""
    options = {OPTIONS.get(name, name): value for name, value in url.query.items()}
    if unknown := sorted(options.keys() - set(OPTIONS.values())):
        raise ConfigurationError(
            f"--database-url has an option that cannot be: '{unknown[0]}'. Known are {', '.join(sorted(OPTIONS))}."
        )
    return options


def make_folder(folder: Path) -> None:
    """A folder that only its owner may look into. Raises `ConfigurationError`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"Cannot make the folder {folder}: {error.strerror} (--data-dir).") from None


def make_file(file: Path) -> None:
    """A file for SQLite that only its owner may read, whatever the folder is like. Raises `ConfigurationError`."""
    make_folder(file.parent)
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA schema_version")
    except (OSError, sqlite3.Error) as error:
        told = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(f"The database {file} cannot be opened: {told}.") from None
