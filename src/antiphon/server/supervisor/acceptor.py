"""Takes connections from a socket that other processes take from too, so that all get about as many.

An event loop's own server takes all that wait at once; then whoever wakes first has all the work. Here who has more
than another leaves it to him for a moment, and no longer: he may be busy.
"""

import asyncio
import logging
import socket
from collections.abc import Callable

from antiphon.server.supervisor.tally import Tally

log = logging.getLogger(__name__)

PATIENCE_S = 0.004
MOST_AT_ONCE = 4
"""Connections that are taken when nobody else did."""
SHORTAGE_S = 1.0
"""Of open files or memory, until there may be more."""


class Acceptor:
    """In place of an `asyncio.Server`. build_protocol: for each connection. count: how many this process has."""

    def __init__(
        self,
        listener: socket.socket,
        build_protocol: Callable[[], asyncio.Protocol],
        *,
        count: Callable[[], int],
        tally: Tally,
    ) -> None:
        self.listener = listener
        self.build_protocol = build_protocol
        self.count = count
        self.tally = tally
        self.loop = asyncio.get_running_loop()
        self._connecting: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """From now on."""
        self.listener.setblocking(False)
        self.tally.write(0)
        self.loop.add_reader(self.listener.fileno(), self._look)

    def close(self) -> None:
        """Leave it to the others."""
        if not self._is_closed:
            self.loop.remove_reader(self.listener.fileno())
            self.tally.leave()
            self.listener.close()

    async def wait_closed(self) -> None:
        """Wait for connections that are just being made."""
        await asyncio.gather(*self._connecting, return_exceptions=True)

    @property
    def _is_closed(self) -> bool:
        return self.listener.fileno() < 0

    def _look(self) -> None:
        """Somebody wants to connect."""
        least = self.tally.least_of_others()
        if least is None or self.count() + len(self._connecting) <= least:
            self._take()
        else:
            self._pause(PATIENCE_S)

    def _pause(self, duration_s: float) -> None:
        self.loop.remove_reader(self.listener.fileno())
        self.loop.call_later(duration_s, self._look_again)

    def _look_again(self) -> None:
        """Whether somebody still does."""
        if not self._is_closed:
            self.loop.add_reader(self.listener.fileno(), self._look)
            any(not self._take() for _ in range(MOST_AT_ONCE))

    def _take(self) -> bool:
        """One, if there still is one."""
        try:
            connection, _ = self.listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # another process was faster, or the client has left
            return False
        except OSError as error:
            log.error("no connection can be taken for a while: %s", error.strerror)
            self._pause(SHORTAGE_S)
            return False
        connection.setblocking(False)
        task = self.loop.create_task(self.loop.connect_accepted_socket(self.build_protocol, connection))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        self.tally.write(self.count() + len(self._connecting))
        return True
