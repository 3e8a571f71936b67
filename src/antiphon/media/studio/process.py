"""A media process, seen from the server: started when it is first needed, and again when it has ended.

One job at a time; who comes meanwhile waits. What takes too long, or ends the process, ends the job, and the next one
finds a new process. The invariant: a process that was asked something has answered it before it is asked again.
"""

import asyncio
import logging
import signal
import sys
from typing import TypeVar

import msgspec

from antiphon.media.absent import AbsentError
from antiphon.media.missing import MissingExtra
from antiphon.media.studio.jobs import Absent, Failed, Job, Lacking, Made, Refused, decode_outcome, encode
from antiphon.media.studio.line import Memory
from antiphon.media.studio.running import Running, start
from antiphon.media.unreadable import UnreadableError

log = logging.getLogger(__name__)

Value = TypeVar("Value")
COMMAND = (sys.executable, "-m", "antiphon.media.studio.worker")


class StudioFault(Exception):
    """A job went wrong by a fault of ours, or its process could not be started."""


class MediaProcess:
    """most_bytes: of address space, most_cpu_s: that a job may compute; 0 for no bound. nice: how far it stands back
    behind others. ends_unheard: whether it is ended when nobody waits any more for what it does; else it finishes that
    first, as it holds what others need.
    """

    def __init__(
        self,
        *,
        most_bytes: int = 0,
        most_cpu_s: int = 0,
        nice: int = 0,
        ends_unheard: bool = True,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        self.command = (*command, str(most_bytes), str(most_cpu_s), str(nice))
        self.most_cpu_s = most_cpu_s
        self.ends_unheard = ends_unheard
        self.running: Running | None = None
        self.lock = asyncio.Lock()
        self.is_closed = False

    async def do(self, job: Job, kind: type[Value], *, within_s: float) -> Value:
        """What comes of a job. within_s: by the clock, from when it is this job's turn. Raises `UnreadableError`,
        `MissingExtra`, `AbsentError`, `StudioFault`.
        """
        work = self._do(job, within_s)
        return read_outcome(await (work if self.ends_unheard else asyncio.shield(work)), kind)

    async def close(self) -> None:
        """End it, with what it does. Who waits for it, or comes later, gets `StudioFault`."""
        self.is_closed = True
        if self.running:
            self.running.kill()
        async with self.lock:
            await self._end()

    async def _do(self, job: Job, within_s: float) -> Memory:
        async with self.lock:
            running, message = await self._find(), encode(job)
            try:
                async with asyncio.timeout(within_s):
                    return await running.exchange(message)
            except TimeoutError:
                await self._end()
                raise takes_longer(within_s) from None
            except (EOFError, OSError):
                self.running = None
                status = await running.ended()
                self._check_open()
                raise self._blame(status) from None
            except BaseException:  # it may still answer, and nobody is to take that for the answer to something else
                await self._end()
                raise

    async def _find(self) -> Running:
        """A process that waits for a job."""
        if not (self.running and self.running.waits):
            await self._end()
            self._check_open()
            self.running = await self._start()
        self._check_open()
        return self.running

    async def _start(self) -> Running:
        try:
            return await start(self.command)
        except (EOFError, OSError) as error:
            log.error("a media process cannot be started: %s", error or type(error).__name__)
            raise StudioFault("a media process cannot be started") from None

    async def _end(self) -> int:
        running, self.running = self.running, None
        return await running.end() if running else 0

    def _check_open(self) -> None:
        if self.is_closed:
            raise StudioFault("the media processes have been ended")

    def _blame(self, status: int) -> UnreadableError:
        """The job, for the end of the process. status: with which it has ended."""
        if status == -signal.SIGXCPU:
            return takes_longer(self.most_cpu_s)
        return UnreadableError("is broken in a way that ends whoever reads it")


def takes_longer(than_s: float) -> UnreadableError:
    """For a job that was ended."""
    return UnreadableError(f"takes longer than {than_s:g} seconds to read")


def read_outcome(frame: Memory, kind: type[Value]) -> Value:
    """What was made, or why nothing was. Raises as `MediaProcess.do` does."""
    outcome = decode_outcome(frame)
    match outcome:
        case Made():
            return msgspec.msgpack.decode(outcome.value, type=kind)
        case Refused(reason=reason):
            raise UnreadableError(reason)
        case Lacking(extra=extra):
            raise MissingExtra(extra)
        case Absent(reason=reason):
            raise AbsentError(reason)
        case Failed(told=told):
            log.error("a media process failed: %s", told)
            raise StudioFault("a media process failed")
    raise AssertionError(outcome)
