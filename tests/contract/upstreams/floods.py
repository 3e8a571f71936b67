"""Answers of an upstream that are too much: without an end, huge once unpacked, or a byte at a time."""

import asyncio
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.contract.upstreams.chunks import DONE, frame
from tests.contract.upstreams.faults import finish
from tests.contract.upstreams.wire import Asked, Wire

MOST_BYTES = 256 << 20
"""Of what has no end: after these nobody will ever have had enough."""


@dataclass(frozen=True)
class Endless:
    """The same bytes again and again. before: what is sent once; None for nothing, not even a head. most: bytes after
    which it hangs up.
    """

    again: bytes
    before: Sequence[Any] | None = ()
    most: int = MOST_BYTES

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        if self.before is not None:
            await wire.head()
        for piece in self.before or ():
            await wire.send(frame(piece))
        block = self.again * (65536 // len(self.again) + 1) if len(self.again) < 1024 else self.again
        while wire.num_sent < self.most:
            await (wire.write(block) if self.before is None else wire.send(block))
            await asyncio.sleep(0)


def endless_headers() -> Endless:
    """A head that never ends."""
    return Endless(b"x-filler: 0123456789abcdef0123456789abcdef\r\n", before=None)


def endless_line(*before: Any) -> Endless:
    """A line that never ends."""
    return Endless(b"data: " + b"x" * 65536, before)


@dataclass(frozen=True)
class Slow:
    """A stream whose bytes come a few at a time, wherever that cuts them."""

    pieces: Sequence[Any]
    size: int = 1
    pause_s: float = 0.0

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        await wire.head()
        data = b"".join(frame(piece) for piece in self.pieces) + DONE
        for start in range(0, len(data), self.size):
            await wire.send(data[start : start + self.size])
            await asyncio.sleep(self.pause_s)
        await wire.end()


@cache
def pack(num_bytes: int) -> bytes:
    """A few bytes of many."""
    return gzip.compress(b" " * num_bytes, 1)


@dataclass(frozen=True)
class Bomb:
    """A few bytes that become many when they are unpacked."""

    num_bytes: int = 200 << 20

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        await wire.head(headers={"Content-Encoding": "gzip"})
        await wire.send(await asyncio.to_thread(pack, self.num_bytes))
        await finish(wire, "terminated")
