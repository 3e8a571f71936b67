"""The upstream's end of one connection: what is asked on it, and what is written back, down to single bytes.

Does not know what a completion is. Whoever writes says how a body is framed; nothing is mended on its way.
"""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

Framing = Literal["chunked", "length", "close"]
Hangup = Literal["closed", "reset"]
STREAM = "text/event-stream; charset=utf-8"


@dataclass(eq=False)
class Asked:
    """A request. body: as JSON, None for none or before it has been read. left_at: when the client hung up on an answer
    that had not ended.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: Any = None
    ended: bool = False
    left_at: float | None = None

    @property
    def length(self) -> int:
        """What is said of the body."""
        return int(self.headers.get("content-length", 0))


Behaviour = Callable[["Asked", "Wire"], Awaitable[None]]
"""What becomes of a request. It may leave the connection in any state."""


class Wire:
    """The writing side. closed: whether we have hung up. seen: set when what was sent has come out at the other end of
    the server before us, as far as tests look.
    """

    def __init__(self, writer: asyncio.StreamWriter, seen: threading.Event) -> None:
        self.seen = seen
        self.writer = writer
        self.writer.transport.set_write_buffer_limits(0)  # what was drained is with the kernel
        self.closed = False
        self.chunked = False
        self.num_sent = 0

    async def head(
        self,
        status: int = 200,
        *,
        kind: str = STREAM,
        framing: Framing = "chunked",
        length: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """The status line and the headers. length: what it says of the body's length, for that framing."""
        self.chunked = framing == "chunked"
        framed = {
            "chunked": {"Transfer-Encoding": "chunked"},
            "length": {"Content-Length": str(length)},
            "close": {"Connection": "close"},
        }[framing]
        told = {"Server": "uvicorn", "Content-Type": kind, **framed, **(headers or {})}
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in told.items())]
        await self.write("\r\n".join(lines).encode() + b"\r\n\r\n")

    async def send(self, data: bytes) -> None:
        """More of the body, framed as the head said."""
        if data:
            await self.write(b"%x\r\n%b\r\n" % (len(data), data) if self.chunked else data)

    async def end(self) -> None:
        """The end of the body, where the framing has one."""
        if self.chunked:
            await self.write(b"0\r\n\r\n")

    async def write(self, data: bytes) -> None:
        """Bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()
        self.num_sent += len(data)

    def hang_up(self, way: Hangup = "closed") -> None:
        """Close the connection: in order, or by a reset."""
        self.closed = True
        if way == "reset":
            told = self.writer.transport.get_extra_info("socket")
            with suppress(OSError):  # the client was faster
                told.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.writer.transport.abort()
        self.writer.close()


async def read_head(reader: asyncio.StreamReader) -> Asked | None:
    """The next request on a connection, without its body; None when the client has closed it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, path, _ = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in rest)}
    return Asked(method, path, headers)


async def read_body(reader: asyncio.StreamReader, asked: Asked) -> None:
    """The rest of it."""
    body = await reader.readexactly(asked.length)
    asked.body = json.loads(body) if body else None
