"""Sound as numbers: mono, 24,000 samples a second, float32 between -1 and 1. Knows not where it comes from or goes."""

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
FRAME = 300
QUIET = 0.002
"""What is below this, of a frame's root mean square, is nothing that is heard (-54 dB)."""

LEAD_S, TAIL_S = 0.04, 0.08
"""How much is left beside what is heard: breath and the soft beginning of an f are quieter than QUIET."""

Samples = NDArray[np.float32]


def silence(duration_s: float) -> Samples:
    """Nothing, for so long."""
    return np.zeros(round(duration_s * RATE), np.float32)


def trim(samples: Samples) -> Samples:
    """Without the silence at both ends, which differs from sentence to sentence and would delay the first."""
    num_frames = len(samples) // FRAME
    frames = samples[: num_frames * FRAME].reshape(num_frames, FRAME)
    heard = np.flatnonzero(np.sqrt(np.mean(frames * frames, axis=1)) > QUIET)
    if not len(heard):
        return samples[:0]
    begin = int(heard[0]) * FRAME - round(LEAD_S * RATE)
    end = int(heard[-1] + 1) * FRAME + round(TAIL_S * RATE)
    return samples[max(0, begin) : end]
