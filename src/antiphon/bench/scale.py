"""Where a number stands on an axis, and which round numbers are written beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = (1, 2, 2.5, 5, 10)
MOST_TICKS = 6


@dataclass(frozen=True)
class Scale:
    """From 0 or the first value to the last, onto pixels. is_log: each doubling takes the same room."""

    low: float
    high: float
    from_px: float
    to_px: float
    is_log: bool = False

    def place(self, value: float) -> float:
        """In pixels."""
        low, high, at = (math.log2(number) if self.is_log else number for number in (self.low, self.high, value))
        part = (at - low) / (high - low) if high > low else 0.5
        return self.from_px + part * (self.to_px - self.from_px)


def choose_ticks(highest: float) -> Sequence[float]:
    """Round numbers from 0 on, evenly apart, of which the last is no lower than the highest value."""
    if highest <= 0:
        return (0.0, 1.0)
    rough = highest / (MOST_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * step for step in STEPS if power * step >= rough * (1 - 1e-9))
    return tuple(step * number for number in range(math.ceil(highest / step - 1e-9) + 1))


def render_tick(value: float) -> str:
    """Without digits that say nothing."""
    return f"{value:,.6g}" if value < 1e6 else f"{value:.3g}"
