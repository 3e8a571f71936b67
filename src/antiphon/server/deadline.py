"""How long a completion may take in all."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from antiphon.errors import RequestTimeout


class Deadline:
    """When a completion must be done, `limit_s` seconds from now."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.at = asyncio.get_running_loop().time() + limit_s

    async def hold(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of `work`. Raises `RequestTimeout`."""
        async with self.watch():
            return await work

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[None]:
        """Turns running over into `RequestTimeout`."""
        try:
            async with asyncio.timeout_at(self.at):
                yield
        except TimeoutError:
            raise RequestTimeout(self.limit_s) from None
