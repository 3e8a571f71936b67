"""Time to the first token by the length of the prompt, for new prompts and for the same once more: what a cache gains.

The lengths come in ascending order, again and again while the time lasts; what does not fit is left out and told. The
first is measured once in any case.
"""

import math
from collections.abc import Callable

from antiphon.bench.asker import Asker, Pace
from antiphon.bench.budget import Budget
from antiphon.bench.figures import FirstToken, compute_first_token
from antiphon.bench.reply import Reply

LENGTHS = (100, 500, 1000, 2000, 4000)
MOST_RUNS = 5
ANSWER_TOKENS = 8
"""More than one: the first token of an answer may not be a whole character, or no text at all."""
GROWTH = 1.2
"""A token of a long prompt costs more than one of a short prompt: the exponent of an estimate on the safe side."""

Pair = tuple[Reply, Reply]


class FirstTokens:
    """Measures all lengths. skipped: sentences on what was left out."""

    def __init__(self, asker: Asker, budget: Budget, pace: Pace) -> None:
        self._asker = asker
        self._budget = budget
        self._answer_s = 2 * ANSWER_TOKENS / pace.written_per_s
        self._known = (1.0, 1 / pace.read_per_s)
        self._pairs: dict[int, list[Pair]] = {}
        self.skipped: list[str] = []

    async def measure(self, tell: Callable[[float], object]) -> tuple[FirstToken, ...]:
        """The figures of every length that was measured."""
        lengths = list(LENGTHS)
        for run in range(MOST_RUNS):
            for place, length in enumerate(tuple(lengths)):
                if not await self._measure_length(length):
                    lengths = lengths[:place]
                    break
                tell((run + place / len(lengths)) / MOST_RUNS)
        tell(1.0)
        figures = (compute_first_token(pairs, asked_tokens=length) for length, pairs in self._pairs.items())
        return tuple(one for one in figures if one)

    async def _measure_length(self, length: int) -> bool:
        """Whether it could be measured once more."""
        needed_s = self._estimate(length)
        if self._pairs and not self._budget.fits(needed_s):
            return self._skip(length, self._budget.refuse(describe(length), needed_s))
        prompt = self._asker.build_prompt(length)
        pair = (await self._asker.ask(prompt, ANSWER_TOKENS), await self._asker.ask(prompt, ANSWER_TOKENS))
        if error := pair[0].error or pair[1].error:
            return self._skip(length, f"{describe(length)} failed: {error.rstrip('.')}.")
        self._pairs.setdefault(length, []).append(pair)
        self._known = (length, pair[0].first_token_s)
        return True

    def _skip(self, length: int, sentence: str) -> bool:
        if length not in self._pairs:
            self.skipped.append(sentence)
        return False

    def _estimate(self, length: int) -> float:
        """Seconds for a pair, from the last one that was measured."""
        known_length, known_s = self._known
        return known_s * math.pow(length / known_length, GROWTH) + self._answer_s


def describe(length: int) -> str:
    """A prompt that is left out, and with it the longer ones."""
    longer = " (longer ones were not tried)" if length < LENGTHS[-1] else ""
    return f"A prompt of {length} tokens{longer}"
