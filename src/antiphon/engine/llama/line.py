"""A connection to a worker, and the requests that are asked over it: each message goes to the request it is for.

Knows no process and no model. The invariant: a request whose connection is lost is told so (`EngineCrashed`).
"""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from antiphon.engine.llama.connection import Connection
from antiphon.engine.llama.messages import (
    Converting,
    Failed,
    FromWorker,
    Measuring,
    Progress,
    Ready,
    Step,
    ToWorker,
    decode_from_worker,
)
from antiphon.engine.llama.translation import FromRequest
from antiphon.errors import EngineCrashed

News = Progress | Measuring | Converting | Failed | Ready
Inbox = asyncio.Queue[FromRequest]


class Line:
    """on_news is called, in the event loop, with what is not for a request."""

    def __init__(self, on_news: Callable[[News], None]) -> None:
        self.on_news = on_news
        self.connection = Connection(decode_from_worker, self._receive, self._fail)
        self.lost = self.connection.lost
        self._inboxes: dict[str, Inbox] = {}
        self._numbers = itertools.count()

    async def connect(self, path: str) -> None:
        """To the worker that listens there. Raises `OSError` when none does."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self.connection, path)

    @contextmanager
    def open_request(self) -> Iterator[tuple[str, Inbox]]:
        """The id of a new request, and where its answers arrive until the end of the block."""
        request, inbox = str(next(self._numbers)), Inbox()
        self._inboxes[request] = inbox
        if self.lost.is_set():
            inbox.put_nowait(EngineCrashed())
        try:
            yield request, inbox
        finally:
            del self._inboxes[request]

    def send(self, message: ToWorker) -> None:
        """Queue a message; one to a worker that is gone is lost."""
        self.connection.send(message)

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def _receive(self, message: FromWorker) -> None:
        match message:
            case Step(deltas=deltas):
                for delta in deltas:
                    self._deliver(delta.request, delta)
            case Progress() | Measuring() | Converting() | Failed() | Ready():
                self.on_news(message)
            case _:
                self._deliver(message.request, message)

    def _deliver(self, request: str, answer: FromRequest) -> None:
        if inbox := self._inboxes.get(request):  # it may have been cancelled a moment ago
            inbox.put_nowait(answer)

    def _fail(self) -> None:
        for inbox in self._inboxes.values():
            inbox.put_nowait(EngineCrashed())
