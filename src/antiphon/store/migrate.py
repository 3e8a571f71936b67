"""Brings a database's tables to the form this program knows, at start, whoever else starts at the same time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from antiphon.errors import ConfigurationError
from antiphon.store.database import Database
from antiphon.store.faults import BUSY, FAULTS, reason_of
from antiphon.store.place import make_file

LOCK = 7_206_813_475
"""Any number that no other program takes for its own lock in the same database."""
PATIENCE_S = 10.0
PAUSE_S = 0.05


async def migrate(database: Database) -> None:
    """Bring the tables up to date. Raises `ConfigurationError` when that cannot be."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if database.is_sqlite:
        make_file(Path(str(database.url.database)))
    # On SQLite the writer's transaction is the lock. On PostgreSQL a connection of its own may take its time.
    engine = database.writers if database.is_sqlite else create_async_engine(database.url, poolclass=NullPool)
    try:
        await patiently(partial(begin, engine, shown=database.shown))
    except FAULTS as error:
        raise ConfigurationError(f"The database {database.shown} cannot be opened: {explain(error)}.") from None
    finally:
        if engine is not database.writers:
            await engine.dispose()


async def begin(engine: AsyncEngine, *, shown: str) -> None:
    """All in one transaction."""
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, shown=shown)


async def patiently(work: Callable[[], Awaitable[None]]) -> None:
    """Try again while another process makes the same new SQLite file: changing to WAL does not wait for it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await work()
        except OperationalError as error:
            if reason_of(error) != BUSY or time.monotonic() > deadline:
                raise
        await asyncio.sleep(PAUSE_S)


def upgrade(connection: Connection, *, shown: str) -> None:
    """Under a lock, within the connection's transaction: all of it happens or nothing."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if (encoding := connection.execute(text("SHOW server_encoding")).scalar_one()) != "UTF8":
            raise ConfigurationError(
                f"The database {shown} is in {encoding}: make one in UTF8, in which all text can be."
            )
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    current = MigrationContext.configure(connection).get_current_revision()
    if current not in {None, *(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())}:
        raise ConfigurationError(
            f"The database {shown} was made by a newer Antiphon (revision {current}): update this one, or use another"
            " database (--database-url)."
        )
    command.upgrade(config, "head")


def explain(error: Exception) -> str:
    """What the database itself said, in one line."""
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return said.rstrip(".") or reason_of(error)
