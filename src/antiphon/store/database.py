"""Connections to SQLite or PostgreSQL. Knows no table.

SQLite has one writer at a time, whose transactions begin at once (`BEGIN IMMEDIATE`), and readers beside it, which see
what was committed last (WAL). PostgreSQL has one pool for both.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from antiphon.store.faults import told_faults

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

PRAGMAS = ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
PLANNING = {"application_name": "antiphon", "jit": "off", "enable_bitmapscan": "off", "random_page_cost": "1.1"}
"""Every question is a short walk along an index of PostgreSQL; a bitmap would first be made of all that it leads to."""
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


def finished(
    method: Callable[Concatenate[Owner, Arguments], Coroutine[Any, Any, Result]],
) -> Callable[Concatenate[Owner, Arguments], Coroutine[Any, Any, Result]]:
    """A method of something that has a database; once begun it is finished, whoever still waits."""

    @wraps(method)
    async def begin(self: Owner, /, *arguments: Arguments.args, **more: Arguments.kwargs) -> Result:
        return await self.database.finish(method(self, *arguments, **more))

    return begin
