"""Deletes what is older than it may get, in the background, a little at a time."""

import asyncio
import logging
import time

from antiphon.errors import StoreUnavailable
from antiphon.store.completions import Completions

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
"""Completions in one transaction, so that others get their turn."""
LONGEST_INTERVAL_S = 60.0


class Sweeper:
    """retention_s: the age at which completions are deleted, in seconds."""

    def __init__(self, completions: Completions, *, retention_s: float) -> None:
        self.completions = completions
        self.retention_s = retention_s

    async def run(self) -> None:
        """Sweep now and then, for ever."""
        while True:
            try:
                await self.sweep()
            except StoreUnavailable as error:
                log.warning("completions past their retention stay for now: %s", error.reason)
            except Exception:
                log.exception("completions past their retention stay for now")
            await asyncio.sleep(min(self.retention_s / 10, LONGEST_INTERVAL_S))

    async def sweep(self) -> int:
        """Delete all that is too old; how many they were."""
        number, before = 0, int(time.time() - self.retention_s)
        while swept := await self.completions.sweep(before, most=MOST_AT_ONCE):
            number += swept
        if number:
            log.info("%d completions were past their retention and have been deleted", number)
        return number
