"""Where the worker of a model stands, and who sees to it that there is one: this process or another.

Values and a protocol only. `Supervision` keeps a worker here; `HostedModel` tells of one that another process keeps.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct


class Standing(Struct, frozen=True, kw_only=True):
    """unready_reason: why the worker cannot answer; None when it can. socket_path: where it listens then. failure: a
    sentence, when it never will. context_length: in tokens, as soon as it is known.
    """

    unready_reason: str | None
    socket_path: str | None = None
    failure: str | None = None
    context_length: int | None = None


Follow = Callable[[Standing], None]


class Upkeep(Protocol):
    """Keeps the worker of one model. See `Engine` for what the methods mean that both have."""

    @property
    def standing(self) -> Standing:
        """Now."""

    @property
    def memory_bytes(self) -> int | None:
        """What the worker takes."""

    def watch(self, follow: Follow) -> None:
        """Have every new standing told, in the event loop."""

    async def estimate_bytes(self) -> int:
        """What it will take."""

    async def start(self) -> None:
        """Begin to load."""

    async def loaded(self) -> None:
        """Wait until the worker can answer. Raises `ConfigurationError` when it never will."""

    async def stop(self) -> None:
        """End the worker."""
