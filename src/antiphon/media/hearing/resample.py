"""Sound at another rate: a polyphase filter, a sinc under a Kaiser window.

Between any two rates by a fraction with small numbers, which is exact for those that are in use, and off by less than
one in 1,000 for others. Memory is that of the result and of the filter.
(Crochiere and Rabiner, "Multirate Digital Signal Processing", 1983.)
"""

import math
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from antiphon.media.hearing.samples import Samples

LARGEST = 1000
"""Denominator of the ratio: how far a phase of the filter walks through the input."""

CROSSINGS = 32
"""Zeros of the sinc to either side."""

PASSED = 0.92
"""Of the band that both rates can hold; above it the filter closes."""

BETA = 9.0


def resample(samples: Samples, rate: int) -> Samples:
    """The same sound with so many samples a second. An empty one stays empty."""
    ratio = Fraction(rate, samples.rate).limit_denominator(LARGEST)
    if ratio == 1 or not len(samples.mono):
        return Samples(rate, samples.mono)
    up, down = ratio.numerator, ratio.denominator
    half = math.ceil(CROSSINGS * max(1.0, 1 / float(ratio)))
    result = np.zeros(-(-len(samples.mono) * up // down), np.float32)
    windows = sliding_window_view(np.pad(samples.mono, half), 2 * half)
    for phase in range(min(up, len(result))):
        start, left = divmod(phase * down, up)
        wanted = result[phase::up]
        wanted[:] = np.einsum("ij,j->i", windows[start + 1 :: down][: len(wanted)], taps(left / up, half, ratio))
    return Samples(rate, result)


def taps(offset: float, half: int, ratio: Fraction) -> NDArray[np.float32]:
    """The filter for what lies this part of an input's step behind an input; `2 * half` long."""
    distance = np.arange(1 - half, half + 1) - offset
    cutoff = PASSED * min(1.0, float(ratio))
    window = np.i0(BETA * np.sqrt(np.clip(1 - (distance / half) ** 2, 0, 1))) / np.i0(BETA)
    shape = np.sinc(cutoff * distance) * window
    normal: NDArray[np.float32] = (shape / shape.sum()).astype(np.float32)
    return normal
