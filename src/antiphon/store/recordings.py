"""Spoken answers that later turns may refer to: what was said in them, until they expire.

An expired one is not there, whether swept or not; who adds one sweeps some.
"""

import re
import secrets
import time
from collections.abc import Callable

from sqlalchemy import delete, insert, select

from antiphon.errors import RecordingNotFound
from antiphon.store.database import Database, finished
from antiphon.store.tables import recordings

ID = re.compile(r"audio_[0-9a-f]{32}")
LIFETIME_S = 3600


def new_recording_id() -> str:
    """One that nobody can guess."""
    return f"audio_{secrets.token_hex(16)}"


class Recordings:
    """Those of all projects. Everything raises `StoreUnavailable` when the database cannot do it."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self.database = database
        self.clock = clock

    @finished
    async def add(self, project: str, name: str, transcript: str) -> int:
        """Keep what was said; until when, in Unix seconds."""
        now = int(self.clock())
        row = {"project": project, "id": name, "expires": now + LIFETIME_S, "transcript": transcript}
        async with self.database.write() as connection:
            await connection.execute(delete(recordings).where(recordings.c.expires <= now))
            await connection.execute(insert(recordings), row)
        return now + LIFETIME_S

    @finished
    async def find(self, project: str, name: str) -> str:
        """What was said. Raises `RecordingNotFound`, also when it has expired."""
        if not ID.fullmatch(name):
            raise RecordingNotFound(name)
        this = recordings.c.project == project, recordings.c.id == name, recordings.c.expires > int(self.clock())
        async with self.database.read() as connection:
            said: str | None = (await connection.execute(select(recordings.c.transcript).where(*this))).scalar()
        if said is None:
            raise RecordingNotFound(name)
        return said
