"""Which sequences run, and what of them goes into the next step. Owns all request state; knows no tensors.

Every running sequence that has its prompt computed gets one token per step; what is left of the
step's budget goes to prompts, oldest first, so a long prompt does not stall the others.
"""

from collections import deque
from typing import NamedTuple

from antiphon.engine.llama.sequence import Sequence

RequestKey = tuple[bytes, str]


class Part:
    """What of a sequence goes into a step: its next `num_tokens` tokens. Logits follow when none is left after."""

    __slots__ = ("num_tokens", "samples", "sequence")

    def __init__(self, sequence: Sequence, num_tokens: int) -> None:
        self.sequence = sequence
        self.num_tokens = num_tokens
        self.samples = num_tokens == sequence.num_uncomputed


class Move(NamedTuple):
    """What a sequence has in the cache is to go from one slot to another."""

    source: int
    target: int


class Scheduler:
    """Sequences in `running` stand at the index of their slot: llama.cpp computes those of consecutive
    slots in one go and would cut the batch at every gap.

    num_slots: sequences that run together. max_waiting: sequences that wait for a slot.

    batch_tokens: budget of a step when only prompts are computed. chunk_tokens: budget for
    prompts in a step that also gives tokens to others, which is what bounds their pause.
    """

    def __init__(self, *, num_slots: int, max_waiting: int, batch_tokens: int, chunk_tokens: int) -> None:
        self.num_slots = num_slots
        self.max_waiting = max_waiting
        self.batch_tokens = batch_tokens
        self.chunk_tokens = chunk_tokens
        self.waiting: deque[Sequence] = deque()
        self.running: list[Sequence] = []

    @property
    def idle(self) -> bool:
        """Whether there is nothing to compute."""
        return not (self.waiting or self.running)

    def has_room_for(self, count: int) -> bool:
        """Whether `count` more sequences may wait. An empty server takes any request."""
        return self.idle or len(self.waiting) + count <= self.max_waiting + self.num_slots - len(self.running)

    def add(self, sequences: list[Sequence]) -> None:
        """Let them wait for a slot."""
        self.waiting.extend(sequences)

    def schedule(self) -> list[Part]:
        """Give free slots to who waits longest, and divide the step's budget."""
        while self.waiting and len(self.running) < self.num_slots:
            sequence = self.waiting.popleft()
            sequence.slot = len(self.running)
            self.running.append(sequence)
        parts = [Part(sequence, 1) for sequence in self.running if sequence.decoding_now]
        budget = min(self.chunk_tokens, self.batch_tokens - len(parts)) if parts else self.batch_tokens
        for sequence in sorted(self.running, key=lambda sequence: sequence.number):
            if budget and not sequence.decoding_now:
                part = Part(sequence, min(budget, sequence.num_uncomputed))
                parts.append(part)
                budget -= part.num_tokens
        parts.sort(key=lambda part: part.sequence.slot)
        return parts

    def remove(self, sequence: Sequence) -> Move | None:
        """Take a sequence out. The one in the last slot takes its place, which may be a move in the cache."""
        last = self.running.pop()
        if last is sequence:
            return None
        move = Move(last.slot, sequence.slot)
        self.running[sequence.slot] = last
        last.slot = sequence.slot
        return move

    def drop_waiting(self, request: RequestKey) -> None:
        """Forget the choices of a request that have not begun."""
        self.waiting = deque(sequence for sequence in self.waiting if sequence.request != request)

    def running_of(self, request: RequestKey) -> list[Sequence]:
        """The choices of a request that are being computed."""
        return [sequence for sequence in self.running if sequence.request == request]
