"""An API process, seen from the supervisor. Lives once: after it comes a new one."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Callable

from antiphon.engine.llama.connection import Connection
from antiphon.errors import ConfigurationError
from antiphon.server.supervisor.messages import (
    Assignment,
    Failed,
    FromApi,
    Note,
    Order,
    Ready,
    decode_from_api,
)


class ApiProcess:
    """slot: its number among those that live. on_note: is called with what it says of its models. ready: is done when
    it answers; raises `ConfigurationError` when it never will.
    """

    def __init__(self, slot: int, on_note: Callable[[Note], None]) -> None:
        self.slot = slot
        self.on_note = on_note
        self.ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        self.ready.add_done_callback(lambda ready: ready.cancelled() or ready.exception())  # nobody may wait for it
        self.began = time.monotonic()
        self._connection = Connection(decode_from_api, self._receive, lambda: None)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, assignment: Assignment, *, metrics: str) -> None:
        """Spawn it. metrics: folder where it counts. Raises `OSError`."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "antiphon.server.supervisor", str(theirs.fileno())),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), assignment.listener),
                env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": metrics},
                start_new_session=True,  # Ctrl-C is for the supervisor alone
            )
        await asyncio.get_running_loop().create_unix_connection(lambda: self._connection, sock=ours)
        self._connection.send(assignment)

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process
        return self._process.pid

    @property
    def age_s(self) -> float:
        """Since it was started."""
        return time.monotonic() - self.began

    def send(self, order: Order) -> None:
        """Tell it what to do; lost when it has ended."""
        self._connection.send(order)

    async def ended(self) -> int:
        """Wait for its end; returns the exit status, negative for a signal."""
        assert self._process
        status = await self._process.wait()
        await self._connection.lost.wait()  # it may have said why
        if not self.ready.done():
            self.ready.set_exception(ConfigurationError(f"An API process ended with status {status} while starting."))
        return status

    def kill(self) -> None:
        """Without asking."""
        if self._process and self._process.returncode is None:
            self._process.kill()

    def _receive(self, message: FromApi) -> None:
        match message:
            case Note():
                self.on_note(message)
            case Ready() if not self.ready.done():
                self.ready.set_result(message)
            case Failed(reason=reason) if not self.ready.done():
                self.ready.set_exception(ConfigurationError(reason))
