"""The engine's loop: drain the inbox, schedule, decode, sample, publish.

Knows the order of things and who is told what; each thing itself is done by its own room.
"""

import time
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Protocol

from antiphon.engine.events import TokenLogprob, TopLogprob
from antiphon.engine.llama.intake import Intake
from antiphon.engine.llama.messages import (
    Admitted,
    Cancel,
    Delta,
    FromWorker,
    Full,
    Step,
    Submit,
    TooLong,
    UnknownToken,
)
from antiphon.engine.llama.runner import Logits, Run, Runner
from antiphon.engine.llama.sampler import Row, Sampled, sample
from antiphon.engine.llama.scheduler import Part, Scheduler
from antiphon.engine.llama.sequence import Sequence
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
        governor: ThreadGovernor,
        context: int,
    ) -> None:
        self.mailbox = mailbox
        self.runner = runner
        self.tokenizer = tokenizer
        self.scheduler = scheduler
        self.governor = governor
        self.context = context
        self.intake = Intake(tokenizer, mailbox.wake)

    def run(self) -> None:
        """Until nobody can send to us any more."""
        while self.mailbox.open:
            for sender, message in self.mailbox.receive(wait=self.scheduler.idle):
                self.handle(sender, message)
            for sender, submit, prompt in self.intake.take():
                self.admit(sender, submit, prompt)
            if not self.scheduler.idle:
                self.step()

    def handle(self, sender: int, message: Submit | Cancel) -> None:
        """Take a request in, or forget one."""
        if isinstance(message, Cancel):
            self.intake.cancel((sender, message.request))
            self.scheduler.cancel((sender, message.request))
        elif (prompt := self.intake.put(sender, message)) is not None:
            self.admit(sender, message, prompt)

    def admit(self, sender: int, message: Submit, prompt: list[int]) -> None:
        """Let a request wait for a slot, or refuse it."""
        self.mailbox.send(sender, self._admit(sender, message, prompt))

    def step(self) -> None:
        """One pass through the model for everything that runs."""
        reuses, parts = self.scheduler.schedule()
        for reuse in reuses:
            self.runner.reuse(reuse.source, reuse.target, length=reuse.length)
        logits = self._decode(parts)
        rows = iter(logits)
        outbox: defaultdict[int, list[Delta]] = defaultdict(list)
        for part in parts:
            self.scheduler.computed(part)
            if part.samples and (delta := self._advance(part.sequence, next(rows))):
                outbox[part.sequence.request[0]].append(delta)
        for receiver, deltas in outbox.items():
            self.mailbox.send(receiver, Step(tuple(deltas)))

    def _admit(self, sender: int, message: Submit, prompt: list[int]) -> FromWorker:
        request, decoding = message.request, message.decoding
        for token in decoding.logit_bias:
            if token >= self.tokenizer.num_tokens:
                return UnknownToken(request, token)
        room = self.context - len(prompt)
        limit = room if decoding.max_tokens is None else decoding.max_tokens
        if not 0 < limit <= room:
            return TooLong(request, len(prompt))
        if not self.scheduler.has_room_for(decoding.n):
            return Full(request, self.scheduler.max_waiting)
        key = (sender, request)
        build = partial(Sequence, key, prompt=prompt, limit=limit, decoding=decoding, tenant=message.tenant)
        self.scheduler.add([build(choice) for choice in range(decoding.n)])
        return Admitted(request, len(prompt))

    def _decode(self, parts: list[Part]) -> Logits:
        self.runner.set_threads(self.governor.num_threads)
        began = time.perf_counter()
        logits = self.runner.decode([run_of(part) for part in parts])
        self.governor.observe(time.perf_counter() - began)
        return logits

    def _advance(self, sequence: Sequence, row: Row) -> Delta | None:
        sampled = sample(row, sequence)
        if sampled.token in self.tokenizer.end_of_generation:
            sequence.finish = "stop"
            text, logprobs = sequence.text.finish()
        else:
            text, logprobs = self._append(sequence, sampled)
        if sequence.finish:
            self.scheduler.remove(sequence)
        if not (text or logprobs or sequence.finish):
            return None
        counts = (len(sequence.sampled), sequence.num_cached)
        return Delta(sequence.request[1], sequence.choice, text, logprobs, sequence.finish, *counts)

    def _append(self, sequence: Sequence, sampled: Sampled) -> tuple[str, tuple[TokenLogprob, ...]]:
        sequence.append(sampled.token)
        entry = None if sampled.logprob is None else self._entry(sampled, sampled.logprob)
        text, logprobs = sequence.text.push(self.tokenizer.piece(sampled.token), entry)
        if sequence.text.stopped:
            sequence.finish = "stop"
        elif len(sequence.sampled) >= sequence.limit:
            sequence.finish = "length"
            more, entries = sequence.text.finish()
            return text + more, logprobs + entries
        return text, logprobs

    def _entry(self, sampled: Sampled, logprob: float) -> TokenLogprob:
        name, piece = self.tokenizer.spelling, self.tokenizer.spelling_bytes
        top = tuple(TopLogprob(name(token), piece(token), value) for token, value in sampled.top)
        return TokenLogprob(name(sampled.token), piece(sampled.token), logprob, top)


def run_of(part: Part) -> Run:
    """A scheduled part as the runner takes it."""
    sequence = part.sequence
    return Run(sequence.slot, sequence.num_computed, sequence.uncomputed(part.num_tokens), int(part.samples))
