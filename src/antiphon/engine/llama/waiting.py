"""Sequences that wait for a slot, by tier: who is let in next. Each tier has a queue and a bound of its own.

Priority goes before default, but not more than four times in a row while default waits. Flex goes when nobody else
waits.
"""

from collections import deque
from collections.abc import Iterator

from antiphon.engine.base import Tier
from antiphon.engine.llama.sequence import RequestKey, Sequence

MOST_IN_A_ROW = 4
RANKS: dict[Tier, int] = {"priority": 0, "default": 1, "flex": 2}
"""Who goes first."""


class Waiting:
    """most: how many may wait in each tier."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.queues: dict[Tier, deque[Sequence]] = {tier: deque() for tier in RANKS}
        self.num_in_a_row = 0

    def __len__(self) -> int:
        return sum(map(len, self.queues.values()))

    def __iter__(self) -> Iterator[Sequence]:
        for queue in self.queues.values():
            yield from queue

    @property
    def urgent(self) -> bool:
        """Whether somebody waits for whom flex makes room."""
        return bool(self.queues["priority"] or self.queues["default"])

    def has_room_for(self, count: int, tier: Tier, *, num_free: int) -> bool:
        """Whether so many more may wait. num_free: slots that are free now; those who go before take theirs first."""
        num_before = sum(len(queue) for other, queue in self.queues.items() if RANKS[other] < RANKS[tier])
        return len(self.queues[tier]) + count <= self.most + max(0, num_free - num_before)

    def add(self, sequence: Sequence) -> None:
        """At the end of its queue."""
        self.queues[sequence.tier].append(sequence)

    def put_back(self, sequence: Sequence) -> None:
        """One that had a slot goes on before all others of its tier."""
        self.queues[sequence.tier].appendleft(sequence)

    def take(self) -> Sequence:
        """Who is next. There must be somebody."""
        tier = self._next_tier()
        self.num_in_a_row = self.num_in_a_row + 1 if tier == "priority" else 0
        return self.queues[tier].popleft()

    def _next_tier(self) -> Tier:
        if self.queues["priority"] and not (self.num_in_a_row >= MOST_IN_A_ROW and self.queues["default"]):
            return "priority"
        return "default" if self.queues["default"] else "flex"

    def cancel(self, request: RequestKey) -> None:
        """Forget all choices of a request."""
        for tier, queue in self.queues.items():
            self.queues[tier] = deque(sequence for sequence in queue if sequence.request != request)
