"""Answers of an upstream that misbehaves."""

import asyncio
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.contract.upstreams.chunks import DONE, frame, render
from tests.contract.upstreams.wire import STREAM, Asked, Behaviour, Framing, Wire

Ending = Literal["done", "terminated", "closed", "reset", "hung", "kept"]
"""How a stream ends: with [DONE]; with the framing's own end; by a connection that is closed, reset, left open and
silent, or kept for the next request.
"""


PATIENCE_S = 5.0
"""With who looks."""


async def finish(wire: Wire, ending: Ending) -> None:
    """End a body."""
    if ending == "done":
        await wire.send(DONE)
    if ending in ("done", "terminated"):
        await wire.end()
        if not wire.chunked:
            wire.hang_up()
    elif ending in ("closed", "reset"):
        await asyncio.sleep(0.005)  # mostly, what was sent is read before it is known that no more comes
        if not wire.seen.is_set():
            await asyncio.to_thread(wire.seen.wait, PATIENCE_S)
        wire.hang_up("reset" if ending == "reset" else "closed")
    elif ending == "hung":
        await asyncio.Event().wait()


@dataclass(frozen=True)
class Hang:
    """Says nothing at all."""

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        await asyncio.Event().wait()


@dataclass(frozen=True)
class CloseEarly:
    """Hangs up in place of an answer."""

    ending: Literal["closed", "reset"] = "closed"

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        await finish(wire, self.ending)


class Stream:
    """A stream of just these pieces: chunks, and bytes as they are. framing "length" with a length is a promise, which
    may be broken.
    """

    def __init__(
        self,
        *pieces: Any,
        ending: Ending = "done",
        kind: str = STREAM,
        framing: Framing = "chunked",
        length: int = 0,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.pieces = [frame(piece) for piece in pieces]
        self.ending = ending
        self.kind = kind
        self.framing: Framing = framing
        self.length = length
        self.headers = headers or {}

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        await wire.head(kind=self.kind, framing=self.framing, length=self.length, headers=self.headers)
        for piece in self.pieces:
            await wire.send(piece)
        await finish(wire, self.ending)


@dataclass(frozen=True)
class Status:
    """An answer with this status. body: text as it is, all else as JSON."""

    status: int
    body: Any = ""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        text = (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()
        await wire.head(self.status, kind=self.kind, framing="length", length=len(text), headers=self.headers)
        await wire.send(text)


def html(status: int = 200) -> Status:
    """What a proxy in between says."""
    page = "<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>nginx</h1></body></html>"
    return Status(status, page, "text/html")


def redirect(status: int, to: str) -> Status:
    """Sends elsewhere."""
    return Status(status, "", "text/plain", {"Location": to})


@dataclass(frozen=True)
class Truncated:
    """A whole body that is shorter than its length says."""

    body: Any
    missing: int = 10

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        text = json.dumps(self.body).encode()
        await wire.head(kind="application/json", framing="length", length=len(text))
        await wire.send(text[: -self.missing])
        await finish(wire, "closed")


@dataclass(frozen=True)
class Bytes:
    """These bytes in place of an answer, its head included."""

    data: bytes
    ending: Ending = "closed"

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        await wire.write(self.data)
        await finish(wire, self.ending)


class Held:
    """Begins, and says the rest once it has been seen."""

    def __init__(self, before: Sequence[Any], after: Sequence[Any]) -> None:
        self.before = render(before)
        self.after = render(after)

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        await wire.head()
        await wire.send(self.before)
        while not await asyncio.to_thread(wire.seen.wait, 0.05):  # so that it can be cancelled
            pass
        await wire.send(self.after)
        await finish(wire, "done")


class Script:
    """Behaviours in turn, the last one again and again. Several upstreams may share one."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = behaviours
        self.num_used = 0
        self.lock = threading.Lock()

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        with self.lock:
            number = min(self.num_used, len(self.behaviours) - 1)
            self.num_used += 1
        await self.behaviours[number](asked, wire)
