"""A real server of OpenAI's API for tests, on a port and in a thread of its own, that behaves as it is told to.

It does not know who asks. Everything that it was asked is noted; nothing is noted that was not asked.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Coroutine
from typing import Any, Self

from tests.contract.upstreams.answers import Answer, send_json
from tests.contract.upstreams.kinds import Kind, describe
from tests.contract.upstreams.wire import Asked, Behaviour, Wire, read_body, read_head

CHAT = "/v1/chat/completions"
GLANCE_S = 0.005


class Upstream:
    """key: what must be sent to all below /v1; None for no key. behaviour: what becomes of streamed chat requests;
    trial: of others, by which it is found out what an upstream can do. health: of
    `GET /v1/models` and `GET /health`, in place of the kind's own. Both may change at any time. seen: cleared by who
    will set it when he has seen what was sent; before, no connection is cut off. most_bytes: of a request; it does not
    read longer ones, and hangs up on them.
    """

    def __init__(self, kind: Kind = "generic", *, key: str | None = None, behaviour: Behaviour | None = None) -> None:
        self.told = describe(kind)
        self.key = key
        self.behaviour: Behaviour = behaviour or Answer()
        self.trial: Behaviour = Answer()
        self.health: Behaviour | None = None
        self.asked: list[Asked] = []
        self.wires: set[Wire] = set()
        self.num_accepted = 0
        self.most_bytes = 1 << 26
        self.broken: list[BaseException] = []
        self.seen = threading.Event()
        self.seen.set()
        self.socket = bind(0)
        self.port: int = self.socket.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.server: asyncio.Server | None = None
        self.fillers: list[socket.socket] = []

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base URL of its API."""
        return f"http://{self.address}/v1"

    @property
    def chats(self) -> list[Asked]:
        """The chat requests, without trials."""
        return [asked for asked in self.asked if asked.path == CHAT and asked.body.get("stream")]

    @property
    def running(self) -> list[Asked]:
        """The chat requests that are being answered, as far as the upstream knows."""
        return [asked for asked in self.chats if not asked.ended]

    @property
    def num_open(self) -> int:
        """Connections."""
        return len(self.wires)

    def __enter__(self) -> Self:
        self.thread.start()
        self.accept()
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        for bound in (self.socket, *self.fillers):
            bound.close()
        assert not self.broken, self.broken

    def behave(self, behaviour: Behaviour) -> None:
        """From now on, with nothing noted yet."""
        self.behaviour = behaviour
        self.asked.clear()

    def accept(self) -> None:
        """Listen; again, after `refuse`."""
        self._run(self._accept())

    def refuse(self, *, hang_up: bool = True) -> None:
        """Refuse connections from now on, as where nobody listens. hang_up: reset those that are open too. The port
        stays ours.
        """
        self._run(self._refuse(hang_up=hang_up))

    def clog(self) -> None:
        """Take no connections from now on, and do not refuse them either: they wait in a queue that is full."""
        self.refuse()
        self.socket.listen(0)
        self.fillers = [socket.socket() for _ in range(4)]
        for filler in self.fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    async def _accept(self) -> None:
        self.server = await asyncio.start_server(self._talk, sock=self.socket, limit=1 << 26)

    async def _refuse(self, *, hang_up: bool) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
            self.socket = bind(self.port)
        for wire in [*self.wires] if hang_up else ():
            wire.hang_up("reset")

    async def _stop(self) -> None:
        await self._refuse(hang_up=True)
        await asyncio.sleep(0.01)  # who was let in just now gets so far that it can be ended
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # transports close in the loop's next turn

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(writer, self.seen)
        self.wires.add(wire)
        self.num_accepted += 1
        try:
            while not wire.closed and (asked := await read_head(reader)) is not None:
                if asked.length > self.most_bytes:
                    await send_json(wire, {"error": {"message": "Too much", "code": 413}}, 413)
                    return
                await read_body(reader, asked)
                self.asked.append(asked)
                await self._answer(asked, wire, reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            wire.closed = True
        finally:
            self.wires.discard(wire)
            writer.close()

    async def _answer(self, asked: Asked, wire: Wire, reader: asyncio.StreamReader) -> None:
        """Until the answer has ended or the client has left, whichever comes first."""
        answering = asyncio.ensure_future(self._choose(asked)(asked, wire))
        while not answering.done() and not reader.at_eof() and not wire.writer.transport.is_closing():
            await asyncio.wait((answering,), timeout=GLANCE_S)
        answering.cancel()
        (fault,) = await asyncio.gather(answering, return_exceptions=True)
        if fault is not None and not isinstance(fault, asyncio.CancelledError | ConnectionError):
            self.broken.append(fault)
        elif fault is not None and not wire.closed:
            asked.left_at = time.monotonic()
            wire.hang_up()
        asked.ended = True

    def _choose(self, asked: Asked) -> Behaviour:
        if asked.path.startswith("/v1/") and self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            return refuse_key
        if (asked.method, asked.path) == ("POST", CHAT):
            return self.behaviour if asked.body.get("stream") else self.trial
        if asked.path in ("/v1/models", "/health") and self.health is not None:
            return self.health
        return self._tell

    async def _tell(self, asked: Asked, wire: Wire) -> None:
        if asked.method == "GET" and asked.path in self.told:
            await send_json(wire, self.told[asked.path])
        else:
            await send_json(wire, {"detail": "Not Found"}, 404)


async def refuse_key(asked: Asked, wire: Wire) -> None:
    """Says back what it was sent, as some do."""
    told = f"Incorrect API key provided: {asked.headers.get('authorization')}."
    error = {"message": told, "type": "invalid_request_error", "param": None, "code": "invalid_api_key"}
    await send_json(wire, {"error": error}, 401)


def bind(port: int) -> socket.socket:
    """A socket that has a port, and does not listen yet: connections are refused."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound
