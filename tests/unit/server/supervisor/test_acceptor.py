"""Who takes connections from a socket that others take from too: several in one loop, on one socket."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from antiphon.server.supervisor.acceptor import Acceptor
from antiphon.server.supervisor.tally import Tally, make_tally
from antiphon.workplace import Workplace

SIZE = 3


class Side:
    """One of those who share the socket, with the connections it has."""

    def __init__(self, listener: socket.socket, folder: Path, slot: int) -> None:
        self.connections: set[asyncio.BaseTransport] = set()
        self.tally = Tally(Workplace(folder=folder, slot=slot, num_slots=SIZE))
        self.acceptor = Acceptor(
            listener.dup(), lambda: Kept(self), count=lambda: len(self.connections), tally=self.tally
        )


class Kept(asyncio.Protocol):
    """A connection."""

    def __init__(self, side: Side) -> None:
        self.side = side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.side.connections.add(transport)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Of all."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as made:
        yield made


async def connect(listener: socket.socket, count: int, sides: list[Side]) -> list[socket.socket]:
    """So many clients; returns when all have been taken."""
    clients = [socket.create_connection(listener.getsockname()) for _ in range(count)]
    async with asyncio.timeout(10):
        while sum(len(side.connections) for side in sides) < count:  # noqa: ASYNC110 (as in `wait_for`)
            await asyncio.sleep(0.001)
    return clients


async def build_sides(listener: socket.socket, folder: Path) -> list[Side]:
    """All of them, none of which has begun."""
    make_tally(folder, SIZE)
    return [Side(listener, folder, slot) for slot in range(SIZE)]


async def finish(sides: list[Side], clients: list[socket.socket]) -> None:
    """Close all."""
    for side in sides:
        side.acceptor.close()
        await side.acceptor.wait_closed()
        for connection in side.connections:
            connection.close()
    for client in clients:
        client.close()
    await asyncio.sleep(0)


async def test_all_get_as_many(listener: socket.socket, tmp_path: Path) -> None:
    """A burst of connections is divided."""
    sides = await build_sides(listener, tmp_path)
    for side in sides:
        side.acceptor.start()
    clients = await connect(listener, 60, sides)
    assert all(16 <= len(side.connections) <= 24 for side in sides)
    await finish(sides, clients)


async def test_who_has_fewer_takes_more(listener: socket.socket, tmp_path: Path) -> None:
    """Who comes later catches up."""
    sides = await build_sides(listener, tmp_path)
    sides[0].acceptor.start()
    clients = await connect(listener, 20, sides)
    assert len(sides[0].connections) == 20, "nobody else is there"
    sides[1].acceptor.start()
    clients += await connect(listener, 35, sides)
    assert len(sides[1].connections) >= 12
    await finish(sides, clients)


async def test_nobody_waits_for_who_is_stuck(listener: socket.socket, tmp_path: Path) -> None:
    """One that has fewer and takes none is not waited for."""
    sides = await build_sides(listener, tmp_path)
    sides[0].acceptor.start()
    sides[1].tally.write(0)
    clients = await connect(listener, 60, sides)
    assert len(sides[0].connections) == 60
    await finish(sides, clients)


async def test_who_has_closed_takes_none(listener: socket.socket, tmp_path: Path) -> None:
    """What waits on the socket is for the others, and is not lost; to close twice does no harm."""
    sides = await build_sides(listener, tmp_path)
    for side in sides[:2]:
        side.acceptor.start()
    with closing(socket.create_connection(listener.getsockname())):
        sides[0].acceptor.close()
        sides[0].acceptor.close()
        clients = await connect(listener, 9, sides)
        assert not sides[0].connections and sides[2].tally.least_of_others() is not None
    await finish(sides, clients)
