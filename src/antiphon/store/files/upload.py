"""A file that is coming: pieces of any size go in, chunks are kept as they fill, and the file is there at the end.

Each chunk is a transaction of its own, so that others get their turn, and counts at once towards what the project may
have. Until the last transaction nobody sees the file; where that never comes, the chunks are swept.
"""

import asyncio
import time
from collections.abc import Callable

from antiphon.errors import FileTooLarge, InvalidRequest, ProjectFull
from antiphon.store.database import Database, finished
from antiphon.store.files.record import CHUNK_BYTES, File, Limits, draw_id
from antiphon.store.files.rows import (
    charge,
    discard_upload,
    end_upload,
    insert_chunk,
    insert_file,
    insert_upload,
    lock_upload,
    touch_upload,
)

IDLE_LIMIT_S = 15 * 60
"""An upload that no chunk came of for so long is given up, whichever process it had."""


class Upload:
    """One file of a project. Everything raises `StoreUnavailable` when the database cannot do it."""

    def __init__(
        self, database: Database, project: str, *, limits: Limits, clock: Callable[[], float] = time.time
    ) -> None:
        self.database = database
        self.project = project
        self.limits = limits
        self.clock = clock
        self.id = draw_id()
        self.chunk = bytearray(CHUNK_BYTES)
        self.num_pending = 0
        self.num_chunks = 0
        self.begun = False
        self.lock = asyncio.Lock()

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return self.num_chunks * CHUNK_BYTES + self.num_pending

    async def write(self, data: bytes) -> None:
        """The next bytes, however many. Raises `FileTooLarge`, `ProjectFull`, and `InvalidRequest` when given up."""
        if self.size + len(data) > self.limits.file_bytes:
            raise FileTooLarge(self.limits.file_bytes)
        while data:
            begin = self.num_pending
            piece, data = data[: CHUNK_BYTES - begin], data[CHUNK_BYTES - begin :]
            self.num_pending += len(piece)
            self.chunk[begin : self.num_pending] = piece
            if self.num_pending == CHUNK_BYTES:
                await self._keep(bytes(self.chunk))

    @finished
    async def _keep(self, chunk: bytes) -> None:
        size, now = self.size, int(self.clock())
        async with self.lock, self.database.write() as connection:
            if not self.begun:
                self.begun = True
                await insert_upload(connection, self.project, self.id, size=size, now=now)
            elif not await touch_upload(connection, self.project, self.id, size=size, now=now):
                raise given_up()
            await insert_chunk(connection, self.project, self.id, number=self.num_chunks, data=chunk)
            self._check(await charge(connection, self.project, len(chunk)))
        self.num_chunks, self.num_pending = self.num_chunks + 1, 0

    @finished
    async def finish(self, *, name: str, purpose: str, lifetime_s: int | None) -> File:
        """The file, which is kept from now on. Raises what `write` does."""
        now = int(self.clock())
        expires = None if lifetime_s is None else now + lifetime_s
        file = File(id=self.id, created=now, name=name, purpose=purpose, size=self.size, expires=expires)
        async with self.lock, self.database.write() as connection:
            if self.num_chunks and not await end_upload(connection, self.project, self.id):
                raise given_up()
            if rest := bytes(self.chunk[: self.num_pending]):
                await insert_chunk(connection, self.project, self.id, number=self.num_chunks, data=rest)
            await insert_file(connection, self.project, file)
            self._check(await charge(connection, self.project, len(rest)))
        return file

    @finished
    async def abandon(self) -> None:
        """Delete what has come. What is left of it, because that cannot be done now, is swept one day."""
        async with self.lock:  # who was cancelled may have left a transaction that goes on
            if self.begun:
                await free_upload(self.database, self.project, self.id, before=int(self.clock()) + 1)

    def _check(self, total: int) -> None:
        if total > self.limits.project_bytes:
            raise ProjectFull(self.limits.project_bytes)


async def free_upload(database: Database, project: str, name: str, *, before: int) -> bool:
    """Delete an upload that was last touched before this Unix second, some chunks at a time; false when there is none
    like that, or somebody else is at it.
    """
    done, more = False, True
    while more:
        async with database.write() as connection:
            row = await lock_upload(connection, project, name, before=before)
            more = row is not None and await discard_upload(connection, project, row)
            done = done or row is not None
    return done


def given_up() -> InvalidRequest:
    """What is told to whoever goes on too late."""
    told = f"Nothing of the file came for {IDLE_LIMIT_S // 60} minutes, and the upload was given up. Begin anew."
    return InvalidRequest(told, param="file", code="upload_timeout")
