"""Sound as numbers: one channel at one rate. Knows nothing of files."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]
"""Of one dimension, between -1 and 1."""

WINDOW_S = 0.05
FAINTEST = 0.0002
"""What moves less is silence: 74 dB below the loudest that can be, less than the noise of a microphone."""


class Samples(NamedTuple):
    """rate: how many there are of a second."""

    rate: int
    mono: Wave

    @property
    def duration_s(self) -> float:
        """How long it takes to hear them."""
        return len(self.mono) / self.rate


def is_silent(samples: Samples) -> bool:
    """Whether nothing is to be heard anywhere in it; a constant is not heard."""
    window = max(1, int(samples.rate * WINDOW_S))
    whole = len(samples.mono) // window * window
    rows, rest = samples.mono[:whole].reshape(-1, window), samples.mono[whole:]
    loudest = max((float(part.std(axis=-1).max()) for part in (rows, rest) if part.size), default=0.0)
    return loudest < FAINTEST


def mix(channels: Wave) -> Wave:
    """One channel of many, which are the rows; nothing in it is no number, or louder than the loudest, as floats of
    files may be.
    """
    with np.errstate(all="ignore"):
        mean: Wave = channels.mean(axis=0, dtype=np.float32)
    return np.clip(np.nan_to_num(mean, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
