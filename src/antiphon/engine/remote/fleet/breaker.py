"""A circuit breaker: an upstream that fails again and again is left alone for a while. Pure; knows seconds only."""

FAILURES = 3
"""In a row."""
SHORTEST_S, LONGEST_S = 2.0, 60.0


class Breaker:
    """Closed at first. Open: nobody is let through until `until`. Then one tries, and others wait for how it goes."""

    def __init__(self) -> None:
        self.failures = 0
        self.rests = 0
        self.until = 0.0
        self.trying = False

    def lets_through(self, now: float) -> bool:
        """Whether another request may be sent."""
        return self.failures < FAILURES or (now >= self.until and not self.trying)

    def begin(self) -> bool:
        """One is sent. Whether it is the one that tries."""
        if self.failures < FAILURES or self.trying:
            return False
        self.trying = True
        return True

    def succeed(self) -> None:
        """It answered."""
        self.failures, self.rests, self.trying = 0, 0, False

    def fail(self, now: float) -> None:
        """It did not. Each time in a row that it has to rest, it rests twice as long."""
        self.failures += 1
        self.trying = False
        if self.failures >= FAILURES and now >= self.until:
            self.until = now + min(LONGEST_S, SHORTEST_S * 2**self.rests)
            self.rests += 1

    def leave(self, *, tried: bool) -> None:
        """One has ended, and perhaps nothing is known of how it went. tried: whether it was the one that tries."""
        self.trying = self.trying and not tried
