"""What a pool needs of whoever sees to it that models are loaded, in this process or in another. A protocol only."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from antiphon.engine.residency import State


class Watcher(Protocol):
    """Who is told what becomes of models."""

    def loading(self, model: str) -> None:
        """It is being loaded."""

    def loaded(self, model: str) -> None:
        """It is there."""

    def failed(self, model: str, reason: str) -> None:
        """It could not be loaded."""

    def unloading(self, model: str, room_for: str | None) -> None:
        """It goes. room_for: for whom; None where models have become larger than they may."""


class Presence(Protocol):
    """Has models loaded for those who need them."""

    def present(self, model: str) -> AbstractAsyncContextManager[None]:
        """Waits until the model is loaded; it stays so until the end of the block. Raises `ModelTooLarge`, and
        `ConfigurationError` when it cannot be loaded.
        """

    def state(self, model: str) -> State:
        """Whether it is in memory now."""

    def watch(self, watcher: Watcher) -> None:
        """Have it told what becomes of the models that are loaded by this process."""

    async def load_first(self, models: Sequence[str]) -> None:
        """Have those loaded that are to be there from the start. Raises `ConfigurationError` when one cannot be."""

    async def stop(self) -> None:
        """End what was loaded by this process."""
