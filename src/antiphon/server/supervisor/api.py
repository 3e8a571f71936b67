"""An API process: serves on a socket that others serve on too, and does what its supervisor says.

Loads no model and keeps none. The invariant: whoever loses the supervisor ends.
"""

import asyncio
import logging
import socket
from functools import partial
from pathlib import Path

import uvloop
from fastapi import FastAPI

from antiphon.engine.llama.connection import Connection
from antiphon.errors import ConfigurationError
from antiphon.server.app import build_app
from antiphon.server.collector import rest_collector
from antiphon.server.graceful import GracefulServer, build_config
from antiphon.server.serve import attend
from antiphon.server.supervisor.kept import check_kept
from antiphon.server.supervisor.language import LANGUAGE
from antiphon.server.supervisor.messages import (
    Assignment,
    Drain,
    End,
    Failed,
    Order,
    Ready,
    Retire,
    ToApi,
    decode_to_api,
)
from antiphon.server.supervisor.notes import Notes
from antiphon.server.supervisor.sharing import SharingServer
from antiphon.server.supervisor.tally import Tally
from antiphon.server.terminal import log_to_terminal
from antiphon.settings import Settings, load_settings
from antiphon.workplace import Workplace

log = logging.getLogger(__name__)


def main(line: int) -> int:
    """The whole of it; returns the exit status. line: file descriptor of the socket to the supervisor."""
    log_to_terminal()
    rest_collector()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work(socket.socket(fileno=line)))


async def work(line: socket.socket) -> int:
    """Be told what to do, and do it until told to end. What cannot be done, the supervisor is told."""
    supervisor = SupervisorLine()
    await asyncio.get_running_loop().create_unix_connection(lambda: supervisor.connection, sock=line)
    try:
        await serve(await supervisor.assignment, supervisor)
    except ConfigurationError as error:
        supervisor.connection.send(Failed(str(error)))
        return 1
    finally:
        supervisor.connection.close()
        await supervisor.connection.lost.wait()
    return 0


async def serve(assignment: Assignment, supervisor: "SupervisorLine") -> None:
    """Answer requests. Raises `ConfigurationError`."""
    settings = load_assigned(assignment)
    workplace = Workplace(folder=Path(assignment.folder), slot=assignment.slot, num_slots=assignment.num_slots)
    app = build_app(settings, workplace=workplace)
    server = SharingServer(build_config(app), traffic=app.state.traffic, tally=Tally(workplace))
    notes = Notes(supervisor.connection, app.state.pool.engines)
    app.state.pool.watch(notes)
    await attend(
        app,
        server,
        socket.socket(fileno=assignment.listener),
        telling=partial(tell_when_ready, app, server, notes),
        beside=partial(supervisor.obey, server, settings.request_timeout),
    )


def load_assigned(assignment: Assignment) -> Settings:
    """The settings as they are now. Raises `ConfigurationError`, also when they need another supervisor."""
    settings = load_settings(assignment.flags)
    check_kept(assignment.kept, settings)
    if assignment.language != LANGUAGE:
        raise ConfigurationError(
            "This version of Antiphon and the one that keeps the models do not understand each other: stop the server"
            " and start it again."
        )
    return settings


async def tell_when_ready(app: FastAPI, server: GracefulServer, notes: Notes) -> None:
    """That the place of another may be taken. Raises `ConfigurationError`."""
    await server.has_started.wait()
    await app.state.pool.loaded()
    notes.started = True
    notes.connection.send(Ready(asks_key=app.state.keyring.asks))


class SupervisorLine:
    """What the supervisor says. assignment: its first message. Orders wait until there is somebody to obey them."""

    def __init__(self) -> None:
        self.connection = Connection(decode_to_api, self._receive, self._lose)
        self.assignment: asyncio.Future[Assignment] = asyncio.get_running_loop().create_future()
        self.orders: asyncio.Queue[Order] = asyncio.Queue()

    async def obey(self, server: GracefulServer, answer_limit_s: float) -> None:
        """Each order, as it comes. answer_limit_s: that an answer may take."""
        async with asyncio.TaskGroup() as ways:
            while True:
                match await self.orders.get():
                    case Retire():
                        ways.create_task(server.retire(answer_limit_s))
                    case Drain(limit_s=limit_s):
                        ways.create_task(server.drain(limit_s))
                    case End():
                        server.end()

    def _receive(self, message: ToApi) -> None:
        if isinstance(message, Assignment):
            self.assignment.set_result(message)
        else:
            self.orders.put_nowait(message)

    def _lose(self) -> None:
        self.orders.put_nowait(End())
        if not self.assignment.done():
            self.assignment.set_exception(ConfigurationError("There is no supervisor."))
