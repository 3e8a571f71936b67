"""A media process that has been started, and has said that it is ready. Knows no job."""

import asyncio
import socket
from contextlib import suppress

from antiphon.media.studio.line import Line, Memory

START_WITHIN_S = 60.0
LINGERS_S = 5.0


class Running:
    """One that lives once. line: to it."""

    def __init__(self, process: asyncio.subprocess.Process, line: Line) -> None:
        self.process = process
        self.line = line

    @property
    def waits(self) -> bool:
        """Whether it is there and has nothing to say, which would be no answer to anything."""
        try:
            self.line.end.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    async def exchange(self, message: bytes) -> Memory:
        """What is answered. Raises `EOFError` or `OSError` where it ends before."""
        await self.line.send(message)
        return await self.line.receive()

    def kill(self) -> None:
        """Whatever it is at."""
        with suppress(ProcessLookupError):
            self.process.kill()

    async def end(self) -> int:
        """Kill it, if it has not ended; its exit status, negative for a signal."""
        self.kill()
        self.line.close()
        return await self.process.wait()

    async def ended(self) -> int:
        """The same for one that has hung up, which will have ended by itself in a moment, for a reason of its own."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGERS_S):
                await self.process.wait()
        return await self.end()


async def start(command: tuple[str, ...]) -> Running:
    """Whoever is started talks over standard input, and says an empty message first. Raises `OSError` (also where that
    takes too long) and `EOFError`.
    """
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    line = Line(ours)
    with theirs:
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=theirs.fileno())
        except BaseException:
            line.close()
            raise
    running = Running(process, line)
    try:
        async with asyncio.timeout(START_WITHIN_S):
            await line.receive()
    except BaseException:
        await running.end()
        raise
    return running
