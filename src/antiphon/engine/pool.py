"""Models by name: which engine answers for a name, directly or by an alias."""

import asyncio
from collections.abc import Mapping
from fnmatch import fnmatchcase

from antiphon.engine.base import Engine
from antiphon.errors import ModelNotFound


class Pool:
    """engines: by model name, the first is the default. aliases: pattern (`gpt-*`) to model name,
    of which the first match counts.
    """

    def __init__(self, engines: Mapping[str, Engine], aliases: Mapping[str, str]) -> None:
        self.engines = dict(engines)
        self.aliases = dict(aliases)

    @property
    def default(self) -> Engine:
        """The engine of the first model."""
        return next(iter(self.engines.values()))

    def find(self, name: str) -> tuple[str, Engine]:
        """The model's own name and its engine. Raises `ModelNotFound`."""
        if name in self.engines:
            return name, self.engines[name]
        for pattern, model in self.aliases.items():
            if fnmatchcase(name, pattern):
                return model, self.engines[model]
        raise ModelNotFound(name, list(self.engines))

    def own_name(self, name: str) -> str:
        """What answers are signed with that were asked of this name. A model that is gone has the name it had."""
        try:
            return self.find(name)[0]
        except ModelNotFound:
            return name

    async def start(self) -> None:
        """Begin to load all models."""
        await asyncio.gather(*(engine.start() for engine in self.engines.values()))

    async def stop(self) -> None:
        """End all engines."""
        await asyncio.gather(*(engine.stop() for engine in self.engines.values()))
