"""Messages between processes, as frames over a socket, in asyncio's way. Knows no message; who makes one says how they
are read and what is done with them.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import msgspec

from antiphon.frames import FrameReader, build_frame

encode = msgspec.msgpack.Encoder().encode


class Connection(asyncio.Protocol):
    """decode: makes a message of a frame. on_message: is called with each, in the event loop. lost: is set at the end,
    whoever brought it about; `on_lost` is called then.
    """

    def __init__(
        self, decode: Callable[[bytes], Any], on_message: Callable[[Any], None], on_lost: Callable[[], None]
    ) -> None:
        self.decode = decode
        self.on_message = on_message
        self.on_lost = on_lost
        self.lost = asyncio.Event()
        self._transport: asyncio.WriteTransport | None = None
        self._reader = FrameReader()

    def send(self, message: msgspec.Struct) -> None:
        """Queue a message; one to who is gone is lost."""
        if self._transport and not self._transport.is_closing():
            self._transport.write(build_frame(encode(message)))

    def close(self) -> None:
        """Hang up, when all is written."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio calls this."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        """asyncio calls this."""
        for frame in self._reader.feed(data):
            self.on_message(self.decode(frame))

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio calls this."""
        self.lost.set()
        self.on_lost()
