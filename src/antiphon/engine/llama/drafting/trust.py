"""How often drafts came true lately: of a first token at a new place, and of one behind a token that did."""

MEMORY = 0.9
"""What an older outcome counts after a newer one."""
FORGETTING = 0.97
"""What all outcomes count after a draft that was not worth a try: later it may be."""


class Share:
    """Of tokens that came true. prior: what is believed at first, as if `weight` tokens had been seen."""

    def __init__(self, prior: float, weight: float) -> None:
        self.prior, self.weight = prior, weight
        self.hits, self.total = prior * weight, weight

    @property
    def value(self) -> float:
        """Between 0 and 1, never quite either."""
        return min(0.99, max(0.01, self.hits / self.total))

    def learn(self, num_right: int, *, failed: bool) -> None:
        """So many came true, and then perhaps one did not."""
        if num_right or failed:
            self.hits = self.hits * MEMORY + num_right
            self.total = self.total * MEMORY + num_right + failed

    def relax(self) -> None:
        """Believe the outcomes a little less, and the prior a little more."""
        self.hits = self.hits * FORGETTING + self.prior * self.weight * (1 - FORGETTING)
        self.total = self.total * FORGETTING + self.weight * (1 - FORGETTING)


class Trust:
    """In the drafts of one source for one answer."""

    def __init__(self, *, first: float, following: float, weight: float) -> None:
        self.first = Share(first, weight)
        self.following = Share(following, weight)

    def learn(self, num_tried: int, num_right: int, *, settled: bool) -> None:
        """So many tokens of a draft were tried, and the first `num_right` came true. settled: it went on from a place
        that was known.
        """
        failed = num_right < num_tried
        if settled:
            return self.following.learn(num_right, failed=failed)
        self.first.learn(min(num_right, 1), failed=num_right == 0)
        if num_right:
            self.following.learn(num_right - 1, failed=failed)

    def relax(self) -> None:
        """A draft was not worth a try."""
        self.first.relax()
        self.following.relax()
