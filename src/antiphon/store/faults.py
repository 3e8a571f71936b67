"""What goes wrong with a database, in our words."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from antiphon.errors import StoreUnavailable

log = logging.getLogger(__name__)

FAULTS: tuple[type[Exception], ...] = (DBAPIError, NoConnectionFree, OSError, TimeoutError)
with suppress(ImportError):  # an extra; while it connects, SQLAlchemy passes on what it raises
    import asyncpg

    FAULTS += (asyncpg.PostgresError, asyncpg.InterfaceError)

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
    if code is None and isinstance(cause, sqlite3.Error):
        code = ""  # a damaged text has none
    if code is not None:
        fault = "the database has a fault, which the server's log tells"
        return next((reason for beginnings, reason in REASONS.items() if code.startswith(beginnings)), fault)
    if isinstance(error, NoConnectionFree):
        return BUSY
    if isinstance(error, TimeoutError):
        return "the database did not answer in time"
    return "the database cannot be reached"
