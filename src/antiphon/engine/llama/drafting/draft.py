"""A draft: tokens that may come next, and how likely each is to. Knows nothing of where it comes from."""

from typing import NamedTuple


class Draft(NamedTuple):
    """first: how likely the first token is right. following: how likely each other is, if the one before it was. least:
    so many tokens are tried whatever that costs, as nothing is known yet.
    """

    tokens: tuple[int, ...]
    first: float
    following: float
    least: int = 0

    def expected(self, count: int) -> float:
        """Tokens that a pass gives on average which tries so many of it: those that are right, and one more."""
        if count == 0:
            return 1.0
        return 1 + self.first * (1 - self.following**count) / (1 - self.following)

    def cut(self, count: int) -> "Draft":
        """The first tokens of it."""
        return self._replace(tokens=self.tokens[:count])
