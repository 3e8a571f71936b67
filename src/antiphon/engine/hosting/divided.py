"""Some models are kept by a host, the others by this process: each is asked of who has it. Knows nothing else."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from antiphon.engine.hosting.guest import Guest
from antiphon.engine.loader import Loader
from antiphon.engine.presence import Presence, Watcher
from antiphon.engine.residency import State


class Divided:
    """A `Presence`. guest: of the host. loader: of all other models."""

    def __init__(self, guest: Guest, loader: Loader) -> None:
        self.guest = guest
        self.loader = loader

    def present(self, model: str) -> AbstractAsyncContextManager[None]:
        """See `Presence.present`."""
        return self._of(model).present(model)

    def state(self, model: str) -> State:
        """See `Presence.state`."""
        return self._of(model).state(model)

    def watch(self, watcher: Watcher) -> None:
        """See `Presence.watch`."""
        self.loader.watch(watcher)

    async def load_first(self, models: Sequence[str]) -> None:
        """See `Presence.load_first`."""
        own = [model for model in models if model not in self.guest.models]
        await asyncio.gather(self.guest.load_first(models), self.loader.load_first(own))

    async def stop(self) -> None:
        """See `Presence.stop`."""
        await self.guest.stop()
        await self.loader.stop()

    def _of(self, model: str) -> Presence:
        return self.guest if model in self.guest.models else self.loader
