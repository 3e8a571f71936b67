"""The time that a benchmark may take, and what fits into the rest of it."""

import time


class Budget:
    """Counts from now. seconds: all that there is."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.began_s = time.perf_counter()

    @property
    def spent_s(self) -> float:
        """So far."""
        return time.perf_counter() - self.began_s

    @property
    def left_s(self) -> float:
        """Until the end; never negative."""
        return max(self.seconds - self.spent_s, 0.0)

    def share(self, part: float) -> "Budget":
        """A budget of its own: a part of all, and no more than is left."""
        return Budget(min(self.seconds * part, self.left_s))

    def fits(self, needed_s: float) -> bool:
        """Whether something that takes so long ends in time."""
        return needed_s <= self.left_s

    def refuse(self, what: str, needed_s: float) -> str:
        """The sentence that says why something is left out."""
        return f"{what} would take about {needed_s:.0f} s, more than is left of the time (--seconds)."
