"""Random numbers of a choice, by position: what else is computed at the time does not change them.

Counter-based (Philox, Salmon et al. 2011), keyed by seed and choice, one uniform number per token.
"""

import numpy as np

BLOCK = 256
UINT64 = 2**64


class Draws:
    """seed: int64."""

    def __init__(self, seed: int, choice: int) -> None:
        self.key = np.array([seed % UINT64, choice], np.uint64)
        self.block_number = -1
        self.block: list[float] = []

    def at(self, position: int) -> float:
        """A number in [0, 1) that depends on seed, choice and position only."""
        number, offset = divmod(position, BLOCK)
        if number != self.block_number:
            # Each counter step gives four 64-bit numbers, one for each double.
            generator = np.random.Generator(np.random.Philox(key=self.key, counter=number * BLOCK // 4))
            self.block_number, self.block = number, generator.random(BLOCK).tolist()
        return self.block[offset]
