"""Faults of a database in our words."""

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from antiphon.store.faults import reason_of


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
