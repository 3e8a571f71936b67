"""How fast uploads come in: as fast as can be, but where answers are being written, which go before.

To parse and keep a megabyte takes about a hundredth of a second of one core, so that a fast network would take most of
one from those who compute the answers.
"""

import asyncio
from collections.abc import Callable

BYTES_PER_CORE_S = 5_000_000
"""For a twentieth of the machine."""
STEP_BYTES = 256 * 1024
"""So many come at once."""


class UploadPace:
    """Of all uploads of a process together. is_busy: whether answers are being written. bytes_per_s: while they
    are.
    """

    def __init__(self, is_busy: Callable[[], bool], *, bytes_per_s: float) -> None:
        self.is_busy = is_busy
        self.bytes_per_s = bytes_per_s
        self.num_taken = 0
        self.free_at_s = 0.0

    async def take(self, num_bytes: int) -> None:
        """So many more have come. Waits, so that others can go before."""
        await asyncio.sleep(self.delay(num_bytes, asyncio.get_running_loop().time()))

    def delay(self, num_bytes: int, now_s: float) -> float:
        """How many seconds that is."""
        self.num_taken += num_bytes
        if self.num_taken < STEP_BYTES:
            return 0.0
        taken, self.num_taken = self.num_taken, 0
        if not self.is_busy():
            return 0.0
        self.free_at_s = max(self.free_at_s, now_s) + taken / self.bytes_per_s
        return self.free_at_s - now_s
