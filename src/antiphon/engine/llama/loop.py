"""The engine's loop: drain the inbox, schedule, decode, sample, publish.

Knows the order of things and who is told what; each thing itself is done by its own room.
"""

import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from antiphon.dialect.reading.reader import Reader
from antiphon.engine.llama.compiler import Compiler
from antiphon.engine.llama.constraint import Mask, MaskBuffer
from antiphon.engine.llama.intake import Arrival, Intake
from antiphon.engine.llama.messages import (
    Admitted,
    BadGrammar,
    Cancel,
    Delta,
    Exhausted,
    FromWorker,
    Full,
    Step,
    Submit,
    TooLong,
    UnknownToken,
)
from antiphon.engine.llama.runner import Logits, Run, Runner
from antiphon.engine.llama.sandbox import Verdict
from antiphon.engine.llama.scheduler import Part, Scheduler
from antiphon.engine.llama.sequence import Sequence
from antiphon.engine.llama.speaker import Speaker
from antiphon.engine.llama.threads import ThreadGovernor
from antiphon.engine.llama.tokenizer import Tokenizer


class Mailbox(Protocol):
    """Where requests come from and answers go."""

    open: bool

    def receive(self, *, wait: bool) -> Iterable[tuple[int, Submit | Cancel]]:
        """Messages that have come, with their senders; with `wait`, at least until something happens."""

    def send(self, receiver: int, message: FromWorker) -> None:
        """Never blocks."""

    def wake(self) -> None:
        """End a `receive` that waits; may be called from any thread."""


class Loop:
    """context: longest sequence in tokens."""

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        runner: Runner,
        tokenizer: Tokenizer,
        scheduler: Scheduler,
        compiler: Compiler,
        governor: ThreadGovernor,
        context: int,
    ) -> None:
        self.mailbox = mailbox
        self.runner = runner
        self.tokenizer = tokenizer
        self.scheduler = scheduler
        self.governor = governor
        self.context = context
        self.speaker = Speaker(tokenizer)
        self.intake = Intake(tokenizer, compiler, mailbox.wake, context=context)
        self.masks = MaskBuffer(tokenizer.num_tokens, len(scheduler.slots))

    def run(self) -> None:
        """Until nobody can send to us any more."""
        while self.mailbox.open:
            for sender, message in self.mailbox.receive(wait=self.scheduler.idle):
                self.handle(sender, message)
            for sender, arrival in self.intake.take():
                self.admit(sender, arrival)
            if not self.scheduler.idle:
                self.step()

    def handle(self, sender: int, message: Submit | Cancel) -> None:
        """Take a request in, or forget one."""
        if isinstance(message, Cancel):
            self.intake.cancel((sender, message.request))
            self.scheduler.cancel((sender, message.request))
        elif arrival := self.intake.put(sender, message):
            self.admit(sender, arrival)

    def admit(self, sender: int, arrival: Arrival) -> None:
        """Let a request wait for a slot, or refuse it."""
        self.mailbox.send(sender, self._admit(sender, arrival))

    def step(self) -> None:
        """One pass through the model for everything that runs."""
        preparations, parts = self.scheduler.schedule()
        for preparation in preparations:
            self.runner.prepare(preparation)
        logits = self._decode(parts)
        for part in parts:
            self.scheduler.computed(part)
        choosing = [part.sequence for part in parts if part.samples]
        masks = self._masks(choosing)
        outbox: defaultdict[int, list[Delta]] = defaultdict(list)
        for sequence, row in zip(choosing, logits, strict=True):
            if sequence.broken:
                continue
            delta = self.speaker.advance(sequence, row, masks.get(sequence.number))
            if sequence.finish:
                self.scheduler.remove(sequence)
            if delta:
                outbox[sequence.request[0]].append(delta)
        for receiver, deltas in outbox.items():
            self.mailbox.send(receiver, Step(tuple(deltas)))
        self._end_broken(choosing)

    def _masks(self, sequences: list[Sequence]) -> dict[int, Mask]:
        """What each may say next that has a grammar and a choice, by its number."""
        bound = [sequence for sequence in sequences if sequence.constraint and not sequence.forced]
        masks = self.masks.fill([sequence.constraint for sequence in bound if sequence.constraint])
        for sequence, mask in zip(bound, masks, strict=True):
            sequence.broken = not mask.any()  # it always allows something, unless it has given up
        return {sequence.number: mask for sequence, mask in zip(bound, masks, strict=True)}

    def _end_broken(self, sequences: list[Sequence]) -> None:
        """End the requests whose grammar became too complex to go on with."""
        for key in {sequence.request for sequence in sequences if sequence.broken}:
            self.scheduler.cancel(key)
            self.mailbox.send(key[0], Exhausted(key[1]))

    def _admit(self, sender: int, arrival: Arrival) -> FromWorker:
        message, prompt, constraint = arrival
        request, decoding = message.request, message.decoding
        if isinstance(constraint, Verdict):
            return BadGrammar(request, constraint.place, constraint.reason)
        for token in decoding.logit_bias:
            if token >= self.tokenizer.num_tokens:
                return UnknownToken(request, token)
        room = self.context - len(prompt)
        limit = room if decoding.max_tokens is None else decoding.max_tokens
        if not 0 < limit <= room:
            return TooLong(request, len(prompt))
        if not self.scheduler.has_room_for(decoding.n):
            return Full(request, self.scheduler.max_waiting)
        self.scheduler.add([self._begin(sender, arrival, choice, limit) for choice in range(decoding.n)])
        return Admitted(request, len(prompt))

    def _begin(self, sender: int, arrival: Arrival, choice: int, limit: int) -> Sequence:
        """A sequence; what its grammar forces at the beginning is computed together with the prompt."""
        sequence = self._build(sender, arrival, choice, limit)
        if sequence.decoding.logprobs is None:
            sequence.unsaid = self.speaker.append_forced(sequence, limit - 1)
        return sequence

    def _build(self, sender: int, arrival: Arrival, choice: int, limit: int) -> Sequence:
        message, prompt, constraint = arrival
        assert not isinstance(constraint, Verdict), "it has been refused"
        return Sequence(
            (sender, message.request),
            choice,
            prompt=prompt,
            limit=limit,
            decoding=message.decoding,
            tenant=message.tenant,
            constraint=constraint.copy() if constraint else None,
            reader=Reader(message.reading, self.tokenizer.control) if message.reading else None,
        )

    def _decode(self, parts: list[Part]) -> Logits:
        self.runner.set_threads(self.governor.num_threads)
        began = time.perf_counter()
        logits = self.runner.decode([run_of(part) for part in parts])
        self.governor.observe(time.perf_counter() - began)
        return logits


def run_of(part: Part) -> Run:
    """A scheduled part as the runner takes it."""
    sequence = part.sequence
    return Run(sequence.slot, sequence.num_computed, sequence.uncomputed(part.num_tokens), int(part.samples))
