"""What a pass through the model costs by its number of tokens, and so how much of which draft is worth a try.

A draft that ignores this gains nothing: where a pass is bound by arithmetic, one more costs nearly as much as a step.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import product

from antiphon.engine.llama.drafting.draft import Draft

LENGTHS = (1, 2, 3, 5, 7, 9, 11, 15, 19, 23, 27, 31)
"""Of drafts that are considered."""
LIKELY = 0.7
"""Drafts whose first token is at least so likely are considered without the others, too."""
WORTH = 1.04
"""A step with drafts must give so many times the tokens per second of one without."""


class StepCosts:
    """measured: milliseconds by the number of tokens; between them is a straight line, and so it goes on behind."""

    def __init__(self, measured: Mapping[int, float]) -> None:
        self.counts = sorted(measured)
        self.milliseconds = [measured[count] for count in self.counts]

    def of_pass(self, num_tokens: int) -> float:
        """Milliseconds of one pass."""
        right = min(max(bisect_right(self.counts, num_tokens), 1), len(self.counts) - 1)
        (low, high), (before, after) = self.counts[right - 1 : right + 1], self.milliseconds[right - 1 : right + 1]
        slope = (after - before) / (high - low)
        return max(before + slope * (num_tokens - low), self.milliseconds[0])

    def of_step(self, lengths: Sequence[int]) -> float:
        """Milliseconds of a step whose runs are so long: llama.cpp computes as many tokens of all runs together as the
        shortest has, and takes another pass for what the others have more.
        """
        total, done = 0.0, 0
        ordered = sorted(lengths)
        for place, length in enumerate(ordered):
            if length > done:
                total += self.of_pass((len(ordered) - place) * (length - done))
                done = length
        return total

    def most_tokens(self, limit_ms: float, *, least: int, most: int) -> int:
        """The largest power of two of tokens whose pass is done within the limit, but `least` at least."""
        count = least
        while count * 2 <= most and self.of_pass(count * 2) <= limit_ms:
            count *= 2
        return count


def choose_drafts(costs: StepCosts, lengths: Sequence[int], drafts: Sequence[Draft | None], room: int) -> list[int]:
    """How much of each draft to try, for the most tokens per second of all together, but as much as it must have.
    lengths: of the runs without drafts. room: tokens that a step may have more than these.
    """

    def rate(counts: Sequence[int]) -> float:
        expected = sum(d.expected(count) if d else 1.0 for d, count in zip(drafts, counts, strict=True))
        return expected / costs.of_step([length + count for length, count in zip(lengths, counts, strict=True)])

    best = [min(d.least, len(d.tokens)) if d else 0 for d in drafts]
    if sum(best) > room:
        best = [0] * len(drafts)
    least, best_rate = best, WORTH * rate(best)
    for most, least_likely in product(LENGTHS, (0.0, LIKELY)):
        wanted = [min(most, len(d.tokens)) if d and d.first >= least_likely else 0 for d in drafts]
        counts = list(map(max, wanted, least))
        if counts != least and sum(counts) <= room and (found := rate(counts)) > best_rate:
            best, best_rate = counts, found
    return best
