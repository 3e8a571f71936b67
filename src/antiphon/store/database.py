"""Connections to SQLite or PostgreSQL, and what goes wrong with them in our words. Knows no table.

SQLite has one writer at a time, whose transactions begin at once (`BEGIN IMMEDIATE`), and readers beside it, which see
what was committed last (WAL). PostgreSQL has one pool for both.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from functools import partial, wraps
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import URL, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from antiphon.errors import ConfigurationError, StoreUnavailable

log = logging.getLogger(__name__)
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

FILE = "antiphon.db"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
PRAGMAS = ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
PLANNING = {"application_name": "antiphon", "jit": "off", "enable_bitmapscan": "off", "random_page_cost": "1.1"}
"""Every question is a short walk along an index of PostgreSQL; a bitmap would first be made of all that it leads to."""
OPTIONS = {name: name for name in ("host", "port", "user", "password", "ssl", "prepared_statement_cache_size")}
OPTIONS["sslmode"] = "ssl"
NUM_READERS = 4
"""Connections of SQLite that read."""
NUM_CONNECTIONS = 10
"""Connections to PostgreSQL."""
CONNECT_LIMIT_S = 5
CLOSE_LIMIT_S = 5
WAIT_LIMIT_S = 10
QUERY_LIMIT_S = 30


class Database:
    """writers, readers: where connections come from; the same on PostgreSQL."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.writers, self.readers = build_sqlite(url) if self.is_sqlite else build_postgresql(url)
        self.snapshots = self.readers
        if not self.is_sqlite:
            self.snapshots = self.writers.execution_options(isolation_level="REPEATABLE READ")
        self.working: set[asyncio.Task[Any]] = set()

    @property
    def shown(self) -> str:
        """The URL as a person may see it, without a password."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to ask one question. Raises `StoreUnavailable`."""
        with told_faults():
            async with self.readers.connect() as connection:
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one moment, however many questions it asks. Raises `StoreUnavailable`."""
        with told_faults():
            async with self.snapshots.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end and undone when that is not reached. Raises `StoreUnavailable`."""
        with told_faults():
            async with self.writers.begin() as connection:
                yield connection

    async def finish(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of work that goes on when nobody waits for it any more: a connection that is given up in the
        middle of something may keep what it has locked.
        """
        task = asyncio.ensure_future(work)
        self.working.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self.working.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be left to ask for it

    async def close(self) -> None:
        """Finish what was begun, then close all connections; soon, though the database may not take leave."""
        done, _ = await asyncio.wait({asyncio.ensure_future(self._close())}, timeout=CLOSE_LIMIT_S)
        if not done:
            logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # it would tell of each that is cut

    async def _close(self) -> None:
        await asyncio.gather(*self.working, return_exceptions=True)
        await self.writers.dispose()
        await self.readers.dispose()


class HasDatabase(Protocol):
    """What keeps something in one."""

    database: Database


Owner = TypeVar("Owner", bound=HasDatabase)


def build_sqlite(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Where the one writer's connection comes from, and those of readers."""
    writers = create_async_engine(
        url, pool_size=1, max_overflow=0, pool_timeout=WAIT_LIMIT_S, connect_args={"isolation_level": None}
    )
    readers = create_async_engine(
        url, pool_size=NUM_READERS, max_overflow=0, pool_timeout=WAIT_LIMIT_S, connect_args={"isolation_level": None}
    )
    event.listen(writers.sync_engine, "connect", partial(set_pragmas, PRAGMAS))
    event.listen(readers.sync_engine, "connect", partial(set_pragmas, (*PRAGMAS, "query_only = ON")))
    event.listen(writers.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(readers.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return writers, readers


def set_pragmas(pragmas: Iterable[str], connection: DBAPIConnection, _record: object) -> None:
    """What SQLite wants to be told anew by each connection."""
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def build_postgresql(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Both from one pool, which notices connections that were lost while nobody used them."""
    writers = create_async_engine(
        url,
        pool_size=NUM_CONNECTIONS,
        max_overflow=0,
        pool_timeout=WAIT_LIMIT_S,
        pool_pre_ping=True,
        connect_args={
            "timeout": CONNECT_LIMIT_S,
            "command_timeout": QUERY_LIMIT_S,
            "server_settings": PLANNING,
        },
    )
    return writers, writers.execution_options(isolation_level="AUTOCOMMIT")


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


FAULTS: tuple[type[Exception], ...] = (DBAPIError, NoConnectionFree, OSError, TimeoutError)
with suppress(ImportError):  # an extra; while it connects, SQLAlchemy passes on what it raises
    import asyncpg

    FAULTS += (asyncpg.PostgresError, asyncpg.InterfaceError)


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


OUR_MISTAKES = (IntegrityError, DataError, ProgrammingError)
BUSY = "the database is busy"
REASONS = {
    ("SQLITE_FULL", "53100"): "no space is left for the database",
    ("SQLITE_BUSY", "55P03", "53300"): BUSY,
    ("57014",): "the database did not answer in time",
    ("08", "57"): "the database cannot be reached",
}
"""What codes that begin like this mean, for people; the first counts."""


@contextmanager
def told_faults() -> Iterator[None]:
    """Faults of the database as `StoreUnavailable`; the log has what it said itself."""
    try:
        yield
    except OUR_MISTAKES:
        raise
    except FAULTS as error:
        log.warning("the database: %s: %s", type(error).__name__, str(error).partition("\n")[0])
        raise StoreUnavailable(reason_of(error)) from error


def reason_of(error: BaseException) -> str:
    """Why the database could not do it, for people."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if code is not None:
        fault = "the database has a fault, which the server's log tells"
        return next((reason for beginnings, reason in REASONS.items() if code.startswith(beginnings)), fault)
    if isinstance(error, NoConnectionFree):
        return BUSY
    if isinstance(error, TimeoutError):
        return "the database did not answer in time"
    return "the database cannot be reached"


def finished(
    method: Callable[Concatenate[Owner, Arguments], Coroutine[Any, Any, Result]],
) -> Callable[Concatenate[Owner, Arguments], Coroutine[Any, Any, Result]]:
    """A method of something that has a database; once begun it is finished, whoever still waits."""

    @wraps(method)
    async def begin(self: Owner, /, *arguments: Arguments.args, **more: Arguments.kwargs) -> Result:
        return await self.database.finish(method(self, *arguments, **more))

    return begin
