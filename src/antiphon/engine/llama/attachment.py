"""The line to the worker of one model: goes where the worker is, and to the next one when that has ended.

Knows where workers listen, and not who keeps them or what is asked of them. The invariant: `line` is one that can be
used, or None; `settled` is over as soon as there is one, or never will be.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from antiphon.engine.llama.line import Line, News
from antiphon.engine.llama.messages import Ready
from antiphon.engine.llama.upkeep import Standing, Upkeep
from antiphon.errors import ConfigurationError

RECONNECT_S = 0.1


class Attachment:
    """use: is given the card of each worker before its line can be used. Raises `ConfigurationError` when it cannot."""

    def __init__(self, upkeep: Upkeep, use: Callable[[Ready], None]) -> None:
        self.upkeep = upkeep
        self.use = use
        self.line: Line | None = None
        self._unusable: str | None = None
        self._path: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        upkeep.watch(self._follow)

    @property
    def failure(self) -> str | None:
        """A sentence, when there never will be a line."""
        return self.upkeep.standing.failure or self._unusable

    @property
    def unready_reason(self) -> str | None:
        """Why there is no line; None when there is."""
        told = self.failure and self.failure.rstrip(".")
        return told or self.upkeep.standing.unready_reason or (None if self.line else "its process is being called")

    async def settled(self) -> None:
        """Wait until there is a line, or never will be one."""
        await self._settled.wait()

    async def close(self) -> None:
        """Hang up, until the next worker."""
        if task := self._let_go():
            await asyncio.gather(task, return_exceptions=True)

    def _follow(self, standing: Standing) -> None:
        if standing.socket_path != self._path:
            self._let_go()
            self._path, self._unusable = standing.socket_path, None
            if self._path is not None:
                self._task = asyncio.create_task(self._stay_attached(self._path))
        self._settle()

    def _let_go(self) -> asyncio.Task[None] | None:
        task, self._task, self._path, self.line = self._task, None, None, None
        if task:
            task.cancel()
        return task

    async def _stay_attached(self, path: str) -> None:
        """Call, and call again when that is lost: that the worker has ended, we are told, and then let go."""
        while True:
            line = Line(lambda news: self._hear(line, news))  # noqa: B023 (it is called while this is the line)
            with suppress(OSError):
                await line.connect(path)
                try:
                    await line.lost.wait()
                finally:
                    line.close()
                    self._lose(line)
            await asyncio.sleep(RECONNECT_S)

    def _hear(self, line: Line, news: News) -> None:
        if not isinstance(news, Ready):
            return
        try:
            self.use(news)
        except ConfigurationError as error:
            self._unusable = str(error)
        else:
            self.line = line
        self._settle()

    def _lose(self, line: Line) -> None:
        if self.line is line:
            self.line = None
            self._settle()

    def _settle(self) -> None:
        if self.line or self.failure is not None:
            self._settled.set()
        else:
            self._settled.clear()
