"""Models by name: which engine answers for a name, directly or by an alias, and stays loaded while it does."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from fnmatch import fnmatchcase

from antiphon.capability import Capability
from antiphon.engine.base import LONGEST_WAIT_S, Engine
from antiphon.engine.loader import Loader
from antiphon.engine.presence import Presence, Watcher
from antiphon.errors import ConfigurationError, EngineLoading, ModelNotFound


class Pool:
    """engines: by model name, the first is the default. aliases: pattern (`gpt-*`) to model name,
    of which the first match counts. memory_limit: bytes that all models may take together. preload: whether all are
    loaded at start, and not only the default. presence: who loads them; this process without it. num_held: how often
    an engine is held now.
    """

    def __init__(
        self,
        engines: Mapping[str, Engine],
        aliases: Mapping[str, str],
        *,
        memory_limit: int | None = None,
        preload: bool = False,
        presence: Presence | None = None,
    ) -> None:
        self.engines = dict(engines)
        self.aliases = dict(aliases)
        self.memory_limit = memory_limit
        self.preload = preload
        self.num_held = 0
        self._presence = presence or Loader(self.engines, memory_limit)
        self._starting: asyncio.Task[None] | None = None

    @property
    def unready_reason(self) -> str | None:
        """Why the default model cannot answer; None when it can, or would be loaded again by the next request."""
        name, engine = next(iter(self.engines.items()))
        has_begun = self._starting is not None and self._starting.done()
        is_out = self._presence.state(name) != "in"
        return None if has_begun and is_out else engine.unready_reason

    def find(self, name: str) -> tuple[str, Engine]:
        """The model's own name and its engine, loaded or not. Raises `ModelNotFound`."""
        if name in self.engines:
            return name, self.engines[name]
        for pattern, model in self.aliases.items():
            if fnmatchcase(name, pattern):
                return model, self.engines[model]
        raise ModelNotFound(name, list(self.engines))

    def who_can(self, capability: Capability) -> list[str]:
        """The models in memory that have it."""
        present = (name for name in self.engines if self._presence.state(name) == "in")
        return [name for name in present if capability in self.engines[name].capabilities]

    def own_name(self, name: str) -> str:
        """What answers are signed with that were asked of this name. A model that is gone has the name it had."""
        try:
            return self.find(name)[0]
        except ModelNotFound:
            return name

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[tuple[str, Engine]]:
        """The model's own name and its engine, which is ready, and stays loaded until the end of the block.
        Raises `ModelNotFound`, `ModelTooLarge`, and `EngineLoading` when it fails or takes too long.
        """
        model, engine = self.find(name)
        present = self._presence.present(model)
        await self._enter(model, present)
        self.num_held += 1
        try:
            await engine.ready()
            yield model, engine
        finally:
            self.num_held -= 1
            await present.__aexit__(None, None, None)

    async def _enter(self, model: str, present: AbstractAsyncContextManager[None]) -> None:
        """Wait within bounds until a model is there. Raises as `hold` does."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                await present.__aenter__()
        except TimeoutError:
            raise EngineLoading(model, self._why_out(model)) from None
        except ConfigurationError as error:
            raise EngineLoading(model, str(error).rstrip(".")) from None

    def watch(self, watcher: Watcher) -> None:
        """Have it told what becomes of models from now on."""
        self._presence.watch(watcher)

    async def start(self) -> None:
        """Begin to load what is to be there from the start."""
        first = list(self.engines) if self.preload else list(self.engines)[:1]
        self._starting = asyncio.create_task(self._presence.load_first(first))

    async def loaded(self) -> None:
        """Wait until that is there. Raises `ConfigurationError` when it never will be."""
        assert self._starting, "nobody has started it"
        await asyncio.shield(self._starting)

    async def stop(self) -> None:
        """End all engines."""
        if self._starting:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await self._presence.stop()

    def _why_out(self, model: str) -> str:
        if self.memory_limit is not None and self._presence.state(model) != "coming":
            return "under --memory-limit there is no room for it while others are busy"
        return self.engines[model].unready_reason or "it takes too long to load"
