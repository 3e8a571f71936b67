"""A real HTTP server that answers down to single bytes, and notes every connection, whoever makes it.

Runs in the test's own event loop. Knows neither who asks nor what is allowed.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

LOOPBACKS = ("127.0.0.1", "127.0.0.2", "::1")


def chunk(name: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


IMAGE = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    + chunk(b"IEND", b"")
)
"""A whole PNG of one red pixel."""


class Heard(NamedTuple):
    """A request. headers: names in lower case."""

    path: str
    headers: dict[str, str]


class Talk:
    """One connection whose request was read."""

    def __init__(self, writer: asyncio.StreamWriter, heard: Heard) -> None:
        self.writer = writer
        self.heard = heard

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def send_for_ever(self, data: bytes, pause_s: float = 0.0) -> None:
        """Until the other side has enough of it."""
        while True:
            await self.send(data)
            await asyncio.sleep(pause_s)


Behaviour = Callable[[Talk], Awaitable[None]]


def say(body: bytes, status: str = "200 OK", *headers: str) -> Behaviour:
    """An answer that is as long as it says."""
    return say_raw(whole(body, status, *headers))


def say_raw(answer: bytes) -> Behaviour:
    """These bytes."""

    async def behave(talk: Talk) -> None:
        await talk.send(answer)

    return behave


def whole(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """An answer with its head."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def redirect(location: str, status: str = "302 Found") -> Behaviour:
    """To anywhere."""
    return say(b"", status, f"Location: {location}")


class HostileServer:
    """behaviour: of all requests; may change at any time. num_connections: taken, whatever came of them. heard: the
    requests.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.port = 0
        self.num_connections = 0
        self.heard: list[Heard] = []
        self.addresses: list[str] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.num_connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                talk = Talk(writer, parse(await reader.readuntil(b"\r\n\r\n")))
                self.heard.append(talk.heard)
                await self.behaviour(talk)
        finally:
            self.tasks.discard(task)
            writer.close()

    async def count_others(self) -> int:
        """Connections, but for one that is made now to every address: those that came before it have been taken."""
        before, heard = self.behaviour, len(self.heard)
        self.behaviour = say(b"")
        for address in self.addresses:
            reader, writer = await asyncio.open_connection(address, self.port)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            await reader.read()
            writer.close()
        self.behaviour = before
        del self.heard[heard:]
        return self.num_connections - len(self.addresses)


def parse(head: bytes) -> Heard:
    """A request's head."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines if line]
    return Heard(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})


def bind(address: str, port: int) -> socket.socket:
    """A socket to listen at."""
    bound = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


def bind_all(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    """One port at all addresses that this machine has; it need not have IPv6, nor more than one address for itself."""
    first = bind(addresses[0], port)
    found = [first]
    for address in addresses[1:]:
        with contextlib.suppress(OSError):
            found.append(bind(address, first.getsockname()[1]))
    return found


@asynccontextmanager
async def run_hostile(
    behaviour: Behaviour,
    *,
    addresses: tuple[str, ...] = ("127.0.0.1",),
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[HostileServer]:
    """While it runs. port: 0 for any that is free. At the end everybody is hung up on."""
    server = HostileServer(behaviour)
    bound = bind_all(addresses, port)
    server.port = bound[0].getsockname()[1]
    server.addresses = [each.getsockname()[0] for each in bound]
    listening = [await asyncio.start_server(server.answer, sock=each, ssl=tls) for each in bound]
    try:
        yield server
    finally:
        for each in listening:
            each.close()
        for task in [*server.tasks]:
            task.cancel()
        await asyncio.gather(*server.tasks, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the loop's next turn
