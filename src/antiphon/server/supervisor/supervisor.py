"""`antiphon serve --workers N`: listens, keeps the models and N API processes, and answers to signals.

Serves no HTTP and loads no model code. The invariant: what it started ends before it does, or, if it is killed, by
itself.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop
from rich.markup import escape

from antiphon.engine.hosting.host import Host
from antiphon.engine.loader import Loader
from antiphon.errors import ConfigurationError
from antiphon.server.listener import base_url, listen
from antiphon.server.local import build_supervision, local_models
from antiphon.server.progress import Progress
from antiphon.server.supervisor.crew import Crew, num_slots
from antiphon.server.supervisor.kept import describe_kept
from antiphon.server.supervisor.language import LANGUAGE
from antiphon.server.supervisor.messages import Assignment
from antiphon.server.supervisor.notes import NoteReader
from antiphon.server.supervisor.process import ApiProcess
from antiphon.server.supervisor.traces import METRICS, prepare, wipe
from antiphon.server.terminal import console, log_to_terminal, tell_start, tell_stop
from antiphon.settings import Settings

STDERR = 2


def run(settings: Settings, flags: Mapping[str, Any]) -> None:
    """Serve until told to stop. flags: of the command line. Raises `ConfigurationError` when that cannot begin."""
    log_to_terminal()
    with (
        listen(settings) as listener,
        TemporaryDirectory(prefix="antiphon-", ignore_cleanup_errors=True) as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(supervise(settings, flags, listener, folder=Path(folder)))


async def supervise(settings: Settings, flags: Mapping[str, Any], listener: socket.socket, *, folder: Path) -> None:
    """As `run`, within an event loop."""
    await Supervisor(settings, flags, listener, folder=folder).run()


class Supervisor:
    """folder: of its own, which only its owner can enter."""

    def __init__(self, settings: Settings, flags: Mapping[str, Any], listener: socket.socket, *, folder: Path) -> None:
        self.settings = settings
        self.flags = flags
        self.listener = listener
        self.folder = folder
        upkeeps = {name: build_supervision(settings, name, source) for name, source in local_models(settings).items()}
        self.host = Host(upkeeps, Loader(upkeeps, settings.memory_limit))
        self.crew = Crew(settings.workers, launch=self._launch, bury=self._bury)
        self.progress = Progress(console, upkeeps)
        self.notes = NoteReader(self.progress)
        self.host.loader.watch(self.progress)
        self._had_terminal = os.isatty(STDERR)
        self._stops, self._restarts = asyncio.Event(), asyncio.Event()
        self._ending: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until told to stop. Raises `ConfigurationError` when that cannot begin."""
        self._listen_to_signals()
        serving, stopping, showing = map(asyncio.create_task, (self._serve(), self._stops.wait(), self.progress.show()))
        try:
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not self._stops.is_set():
                await serving  # which has failed
            serving.cancel()
            tell_stop(self.settings.drain_timeout)
            await self.crew.drain(self.settings.drain_timeout)
        finally:
            for task in (serving, stopping, showing):
                task.cancel()
            await asyncio.gather(serving, stopping, showing, return_exceptions=True)
            await self.crew.end()
            await self.host.stop()

    async def _serve(self) -> None:
        """Begin, and replace all as often as that is asked for. Raises `ConfigurationError`."""
        prepare(self.folder, num_slots(self.settings.workers))
        await self.host.start(self.folder)
        first = list(self.settings.model)[: None if self.settings.preload else 1]
        loading = self.host.load_first([model for model in first if model in self.host.upkeeps])
        ready, _ = await asyncio.gather(self.crew.start(), loading)
        self.progress.started = True
        tell_start(base_url(self.listener), model=first[0], asks_key=ready.asks_key)
        while True:
            await self._restarts.wait()
            self._restarts.clear()
            await self._restart()

    async def _restart(self) -> None:
        console.print("Restarting: the API processes are replaced, one after another.")
        try:
            await self.crew.replace()
        except ConfigurationError as error:
            console.print(f"The restart ends here, and those that are left go on: {escape(str(error))}")
        else:
            console.print("Restarted.")

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._hear_hangup)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._hear_stop)

    def _hear_hangup(self) -> None:
        """Somebody wants a restart, or has closed the terminal that we are told of."""
        if self._had_terminal and not os.isatty(STDERR):
            self._stops.set()
        else:
            self._restarts.set()

    def _hear_stop(self) -> None:
        """A second time does not wait."""
        if self._stops.is_set():
            self._ending = asyncio.ensure_future(self.crew.end())
        self._stops.set()

    async def _launch(self, slot: int) -> ApiProcess:
        assignment = Assignment(
            flags=dict(self.flags),
            listener=self.listener.fileno(),
            folder=str(self.folder),
            slot=slot,
            num_slots=num_slots(self.settings.workers),
            kept=describe_kept(self.settings),
            language=LANGUAGE,
        )
        process = ApiProcess(slot, self.notes.read)
        await process.start(assignment, metrics=str(self.folder / METRICS))
        return process

    def _bury(self, process: ApiProcess) -> None:
        """Nothing that it has written of itself counts any more."""
        wipe(self.folder, slot=process.slot, pid=process.pid)
