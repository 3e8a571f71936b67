"""Which sequences run, and what of them goes into the next step. Owns all request state; knows no tensors.

Every running sequence that has its prompt computed says at least a token per step; what is left of the
step's budget goes to prompts, oldest first, so a long prompt does not stall the others.
"""

from collections import deque
from typing import NamedTuple

from antiphon.engine.llama.prefix_cache import Keep, PrefixCache, Reuse
from antiphon.engine.llama.sequence import RequestKey, Sequence

PASS_WORTH = 4
"""llama.cpp computes runs of equal length together, and takes another pass for what one has more than the others. From
this many tokens on that costs less than a token in each step, in company.
"""


class Part(NamedTuple):
    """The next `num_tokens` tokens of a sequence. When no uncomputed token is left after them, it samples."""

    sequence: Sequence
    num_tokens: int
    samples: bool


class Plan(NamedTuple):
    """A step: first what the caches are to hold, then what is computed, in the order of slots."""

    preparations: list[Reuse | Keep]
    parts: list[Part]


class Scheduler:
    """num_slots: sequences that run together. max_waiting: sequences that wait for a slot.
    batch_tokens: budget of a step when only prompts are computed. chunk_tokens: budget for
    prompts in a step that also gives tokens to others, which is what bounds their pause. cache_tokens: what may be kept
    aside of what was computed.

    Used slots are kept consecutive, from 0: llama.cpp would cut the batch at every gap.
    """

    def __init__(
        self,
        *,
        num_slots: int,
        max_waiting: int,
        batch_tokens: int,
        chunk_tokens: int,
        cache_tokens: int = 0,
        reuses_prefixes: bool = True,
    ) -> None:
        self.slots: list[Sequence | None] = [None] * num_slots
        self.max_waiting = max_waiting
        self.batch_tokens = batch_tokens
        self.chunk_tokens = chunk_tokens
        self.waiting: deque[Sequence] = deque()
        self.cache = PrefixCache(num_slots, cache_tokens)
        self.reuses_prefixes = reuses_prefixes

    @property
    def running(self) -> list[Sequence]:
        """The sequences that have a slot, in the order of slots."""
        return [sequence for sequence in self.slots if sequence]

    @property
    def idle(self) -> bool:
        """Whether there is nothing to compute."""
        return not (self.waiting or any(self.slots))

    def has_room_for(self, count: int) -> bool:
        """Whether `count` more sequences may wait. An empty server takes any request."""
        return self.idle or len(self.waiting) + count <= self.max_waiting + self.slots.count(None)

    def add(self, sequences: list[Sequence]) -> None:
        """Let them wait for a slot."""
        self.waiting.extend(sequences)

    def schedule(self) -> Plan:
        """Give free slots to who waits longest, close gaps, and divide the step's budget."""
        while self.waiting and None in self.slots:
            self._place(self.waiting.popleft(), self.slots.index(None))
        preparations = self._close_gaps()
        running = self.running
        parts = [self._run(sequence, running) for sequence in running if sequence.prompt_computed]
        left = self.batch_tokens - sum(part.num_tokens for part in parts)
        budget = min(self.chunk_tokens, left) if parts else self.batch_tokens
        for sequence in sorted(running, key=lambda sequence: sequence.number):
            if budget and not sequence.prompt_computed and not self._waits_for_sibling(sequence):
                if sequence.num_computed == 0:
                    preparations += self._reuse(sequence)
                num_tokens = min(budget, sequence.num_uncomputed)
                parts.append(Part(sequence, num_tokens, samples=num_tokens == sequence.num_uncomputed))
                budget -= num_tokens
        parts.sort(key=lambda part: part.sequence.slot)
        return Plan(preparations, parts)

    def _run(self, sequence: Sequence, running: list[Sequence]) -> Part:
        """What a sequence has said and not computed: its last token, and what a grammar forced behind it."""
        num_tokens = min(sequence.num_uncomputed, self.batch_tokens // len(running))
        if num_tokens < PASS_WORTH and len(running) > 1:
            num_tokens = 1
        return Part(sequence, num_tokens, samples=num_tokens == sequence.num_uncomputed)

    def computed(self, part: Part) -> None:
        """The tokens of a part are in the cache now."""
        sequence = part.sequence
        sequence.num_computed += part.num_tokens
        if sequence.num_computed - part.num_tokens < len(sequence.prompt):
            self.cache.hold(sequence.slot, sequence.tenant, sequence.prompt[: sequence.num_computed])

    def remove(self, sequence: Sequence) -> None:
        """A running sequence ends. What it has computed stays in its slot for who begins alike."""
        self.slots[sequence.slot] = None
        self.cache.hold(sequence.slot, sequence.tenant, sequence.tokens[: sequence.num_computed])

    def cancel(self, request: RequestKey) -> None:
        """Forget all choices of a request."""
        self.waiting = deque(sequence for sequence in self.waiting if sequence.request != request)
        for sequence in self.running:
            if sequence.request == request:
                self.remove(sequence)

    def _place(self, sequence: Sequence, slot: int) -> None:
        sequence.slot = slot
        self.slots[slot] = sequence

    def _close_gaps(self) -> list[Reuse | Keep]:
        """Sequences of the highest slots move into free ones below them."""
        moves: list[Reuse | Keep] = []
        running = self.running
        for gap in range(len(running)):
            if self.slots[gap] is None:
                last = running.pop()
                move = Reuse(last.slot, gap, last.num_computed)
                moves += self._kept_before(move, last)
                self.remove(last)
                self.cache.copy(last.slot, gap)
                self._place(last, gap)
        return moves

    def _waits_for_sibling(self, sequence: Sequence) -> bool:
        """Choices of one request have one prompt: the first computes it, the others take it over."""
        if sequence.num_computed or not self.reuses_prefixes:
            return False
        siblings = [other for other in self.running if other.request == sequence.request]
        computed = any(other.prompt_computed for other in siblings)
        return not computed and any(other.number < sequence.number for other in siblings)

    def _reuse(self, sequence: Sequence) -> list[Reuse | Keep]:
        """What a slot is to hold at the beginning, and what is to be kept of what it held."""
        reuse = Reuse(sequence.slot, sequence.slot, 0)
        if self.reuses_prefixes:
            reuse = self.cache.find(sequence.prompt, sequence.slot, tenant=sequence.tenant)
        steps = self._kept_before(reuse, sequence)
        sequence.num_computed = sequence.num_cached = reuse.length
        self.cache.hold(sequence.slot, sequence.tenant, sequence.prompt[: reuse.length])
        return steps

    def _kept_before(self, reuse: Reuse, sequence: Sequence) -> list[Reuse | Keep]:
        """The same, after what its target held is kept aside, if that is worth it."""
        keep = self.cache.keep(reuse, sequence.prompt, tenant=sequence.tenant) if self.reuses_prefixes else None
        return [keep, reuse] if keep else [reuse]
