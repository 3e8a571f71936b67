"""Keeps the worker of one model alive: finds the file, starts the process, starts it again, gives up.

Knows processes and what they say of themselves; requests go past it, over lines of their own. Never loads model code.
The invariant: where the worker stands is one value (`standing`), and all who follow are told of every new one.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from antiphon.engine.llama.config import WorkerConfig
from antiphon.engine.llama.gguf import estimate_bytes
from antiphon.engine.llama.line import News
from antiphon.engine.llama.messages import Converting, Failed, Measuring, Progress, Ready
from antiphon.engine.llama.process import WorkerProcess
from antiphon.engine.llama.source import Files
from antiphon.engine.llama.upkeep import Follow, Standing
from antiphon.errors import ConfigurationError

log = logging.getLogger(__name__)

RESTART_DELAYS_S = (0.0, 0.5, 2.0, 10.0, 30.0)


class Supervision:
    """An `Upkeep`. name: for messages. find_files: gives the files, may take long and raise `ConfigurationError`.
    check: raises `ConfigurationError` for a model that cannot be used though it can be loaded.
    """

    def __init__(
        self, name: str, find_files: Callable[[], Files], config: WorkerConfig, *, check: Callable[[Ready], object]
    ) -> None:
        self.name = name
        self.find_files = find_files
        self.config = config
        self.check = check
        self.standing = Standing(unready_reason="it is waiting to be loaded")
        self.card: Ready | None = None
        self.worker: WorkerProcess | None = None
        self._followers: list[Follow] = []
        self._files: Files | None = None
        self._settled = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def unready_reason(self) -> str | None:
        """Why the worker cannot answer."""
        return self.standing.unready_reason

    @property
    def context_length(self) -> int | None:
        """Longest sequence in tokens."""
        return self.standing.context_length

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is not as one would expect."""
        return tuple(build_remarks(self.card)) if self.card else ()

    @property
    def memory_bytes(self) -> int | None:
        """The worker's resident set."""
        return self.worker.memory_bytes if self.worker and self.worker.process else None

    def watch(self, follow: Follow) -> None:
        """See `Upkeep.watch`."""
        self._followers.append(follow)

    async def estimate_bytes(self) -> int:
        """See `Engine.estimate_bytes`; downloads the file if need be."""
        files = await self._find()
        try:
            return await asyncio.to_thread(estimate_bytes, files.model, name_files(self.config, files))
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise ConfigurationError(f"Cannot read the model file '{files.model}': {reason}.") from None

    async def start(self) -> None:
        """Begin to load and to watch over the worker."""
        self._settled.clear()
        self._tell("it is waiting to be loaded")
        self._supervisor = asyncio.create_task(self._supervise())

    async def loaded(self) -> None:
        """Wait until the worker can answer, or for the reason why it cannot."""
        await self._settled.wait()
        if self.standing.failure:
            raise ConfigurationError(self.standing.failure)

    async def stop(self) -> None:
        """End the worker and what it carries. What is known of the model stays known."""
        if self._supervisor:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
        self._settled.clear()
        self._tell("it is not loaded")
        if self.worker:
            await self.worker.stop()

    async def _supervise(self) -> None:
        """Load, and load again whenever the worker ends, ever more slowly while it does not get ready."""
        try:
            config = name_files(self.config, await self._find())
        except ConfigurationError as error:
            return self._give_up(str(error))
        failures = 0
        while self.standing.failure is None:
            self._tell("it is loading")
            began = time.monotonic()
            try:
                self.worker = WorkerProcess(config, self._receive)
                await self.worker.start()
            except OSError as error:  # no memory, no disk, no more processes
                return self._give_up(
                    f"The process of '{self.name}' cannot be started: {os.strerror(error.errno or 0)}."
                )
            status = await self.worker.ended()
            failures = 0 if self._settled.is_set() else failures + 1
            log.error("%s: worker %d ended with status %d", self.name, self.worker.pid, status)
            self._crashed()
            delay_s = RESTART_DELAYS_S[min(failures, len(RESTART_DELAYS_S) - 1)]
            await asyncio.sleep(max(0.0, began + delay_s - time.monotonic()))

    async def _find(self) -> Files:
        """Once, because the hub may be away later; looked for again only when one is gone."""
        if self._files is None or not all(path.is_file() for path in self._files if path):
            self._tell("its file is being found or downloaded")
            self._files = await asyncio.to_thread(self.find_files)
        return self._files

    def _crashed(self) -> None:
        assert self.worker
        self.worker.close()
        if self.standing.failure is None:
            self._settled.clear()
            self._tell("its process ended unexpectedly and is being started again")

    def _give_up(self, failure: str) -> None:
        self._tell(failure.rstrip("."), failure=failure)
        self._settled.set()

    def _receive(self, news: News) -> None:
        match news:
            case Progress(share=share):
                self._tell(f"it is loading ({share:.0%})")
            case Measuring():
                self._tell("it is measuring, this once, what is fastest on this machine")
            case Converting(layout=layout):
                self._tell(f"its weights are being converted to {layout}, this once")
            case Failed(reason=reason):
                self._give_up(reason)
            case Ready():
                self._become_ready(news)

    def _become_ready(self, card: Ready) -> None:
        try:
            self.check(card)
        except ConfigurationError as error:
            return self._give_up(str(error))
        if card.layout_remark:
            log.warning("%s: its weights stay as the file has them: %s", self.name, card.layout_remark)
        assert self.worker
        self.card = card
        self._tell(None, socket_path=self.worker.config.socket_path)
        self._settled.set()

    def _tell(self, reason: str | None, *, socket_path: str | None = None, failure: str | None = None) -> None:
        context = self.card.context if self.card else None
        self.standing = Standing(
            unready_reason=reason, socket_path=socket_path, failure=failure, context_length=context
        )
        for follow in self._followers:
            follow(self.standing)


def name_files(config: WorkerConfig, files: Files) -> WorkerConfig:
    """The same, of a model."""
    return replace(config, model_path=str(files.model), projector_path=str(files.projector or ""))


def build_remarks(card: Ready) -> Iterator[str]:
    """What is not as one would expect of a model."""
    if card.layout != "file":
        yield f"weights converted to {card.layout}"
    if not card.can_cut:
        yield "prompts are kept as whole checkpoints and predictions ignored, because its memory cannot be cut"
