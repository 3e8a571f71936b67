"""The server's end of a line to a media process: frames on a socket, as large as they come.

What comes is read straight into where it stays, and everybody else in the event loop has a turn after each piece.
"""

import asyncio
import mmap
import socket

from antiphon.frames import HEAD_BYTES

SMALL_BYTES = 1 << 16
Memory = bytearray | mmap.mmap


class Line:
    """end: of a pair of sockets, not blocking."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end

    async def send(self, message: bytes) -> None:
        """Raises `ConnectionError` when nobody is there."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self.end, len(message).to_bytes(HEAD_BYTES))
        await loop.sock_sendall(self.end, message)

    async def receive(self) -> Memory:
        """The next message. Raises `EOFError` or `ConnectionError` when nobody is there."""
        head = await self._read(HEAD_BYTES)
        return await self._read(int.from_bytes(head[:]))

    def close(self) -> None:
        """The other side reads nothing more."""
        self.end.close()

    async def _read(self, count: int) -> Memory:
        memory = allocate(count)
        loop, at = asyncio.get_running_loop(), 0
        while at < count:
            if not (num_bytes := await loop.sock_recv_into(self.end, memoryview(memory)[at:count])):
                raise EOFError
            at += num_bytes
            await asyncio.sleep(0)  # what can be read at once is read without letting others have a turn
        return memory


def allocate(count: int) -> Memory:
    """So much memory. Much of it comes from the kernel, which neither fills it before it is used nor keeps it after."""
    return bytearray(count) if count < SMALL_BYTES else mmap.mmap(-1, count, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
