"""The engine's loop: drain the inbox, schedule, decode, sample, publish.

Knows the order of things and who is told what; each thing itself is done by its own room.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from antiphon.dialect.medium import Picture
from antiphon.dialect.reading.reader import Reader
from antiphon.engine.llama.constraint import MaskBuffer
from antiphon.engine.llama.disk_cache import DiskCache
from antiphon.engine.llama.intake import Arrival, Intake
from antiphon.engine.llama.masks import StepMasks
from antiphon.engine.llama.messages import (
    Admitted,
    BadGrammar,
    BadMedium,
    Cancel,
    Delta,
    Exhausted,
    FromWorker,
    Full,
    HungUp,
    Step,
    Submit,
    TooLong,
    UnknownToken,
)
from antiphon.engine.llama.plan import Part, Plan
from antiphon.engine.llama.prefix_cache import Reuse
from antiphon.engine.llama.runner import Logits, Run, Runner
from antiphon.engine.llama.sandbox import Verdict
from antiphon.engine.llama.scheduler import Scheduler
from antiphon.engine.llama.senses.embedding import num_positions
from antiphon.engine.llama.sequence import RequestKey, Sequence
from antiphon.engine.llama.speaker import Speaker
from antiphon.engine.llama.threads import ThreadGovernor
from antiphon.engine.llama.tokenizer import Tokenizer


class Mailbox(Protocol):
    """Where requests come from and answers go."""

    open: bool

    def receive(self, *, wait: bool) -> Iterable[tuple[int, Submit | Cancel | HungUp]]:
        """Messages that have come, with their senders; with `wait`, at least until something happens."""

    def send(self, receiver: int, message: FromWorker) -> None:
        """Never blocks."""

    def wake(self) -> None:
        """End a `receive` that waits; may be called from any thread."""


PADDING = 0
"""The token that a run is filled up with; what becomes of it is cut off."""


class Loop:
    """Puts the rooms together; see each of them for what it is."""

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        runner: Runner,
        tokenizer: Tokenizer,
        scheduler: Scheduler,
        intake: Intake,
        governor: ThreadGovernor,
        disk: DiskCache,
    ) -> None:
        self.mailbox = mailbox
        self.runner = runner
        self.tokenizer = tokenizer
        self.scheduler = scheduler
        self.governor = governor
        self.disk = disk
        self.speaker = Speaker(tokenizer)
        self.intake = intake
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
        self.disk.close()

    def handle(self, sender: int, message: Submit | Cancel | HungUp) -> None:
        """Take a request in, or forget one, or all of somebody who is gone."""
        match message:
            case Cancel(request=request):
                self.cancel((sender, request))
            case HungUp():
                for key in self.requests_of(sender):
                    self.cancel(key)
            case Submit():
                if arrival := self.intake.put(sender, message):
                    self.admit(sender, arrival)

    def cancel(self, key: RequestKey) -> None:
        """Forget a request."""
        self.intake.cancel(key)
        self.scheduler.cancel(key)

    def requests_of(self, sender: int) -> set[RequestKey]:
        """All that are under way for somebody."""
        begun = [sequence.request for sequence in (*self.scheduler.running, *self.scheduler.waiting)]
        return {key for key in (*self.intake.pending, *begun) if key[0] == sender}

    def admit(self, sender: int, arrival: Arrival) -> None:
        """Let a request wait for a slot, or refuse it."""
        self.mailbox.send(sender, self._admit(sender, arrival))

    def step(self) -> None:
        """One pass through the model for everything that runs."""
        plan = self.scheduler.schedule()
        parts = self._prepare(plan)
        if not parts:
            return
        logits = self._decode(plan, parts)
        for part in parts:
            self.scheduler.computed(part)
            if part.padding and not part.samples:
                self.runner.cut(part.sequence.slot, part.sequence.position(part.sequence.num_computed))
        choosing = [part for part in parts if part.samples]
        masks = StepMasks(self.masks, [part.sequence for part in choosing])
        outbox: defaultdict[int, list[Delta]] = defaultdict(list)
        for part, rows in zip(choosing, rows_of(choosing, logits), strict=True):
            if delta := self._advance(part, rows, masks):
                outbox[part.sequence.request[0]].append(delta)
        for receiver, deltas in outbox.items():
            self.mailbox.send(receiver, Step(tuple(deltas)))
        self._end_broken([part.sequence for part in choosing])

    def _prepare(self, plan: Plan) -> list[Part]:
        """Make the slots hold what they are to hold; returns what of the plan can be computed then."""
        parts = plan.parts
        on_disk = [step for step in plan.preparations if isinstance(step, Reuse) and step.source in self.disk]
        for preparation in plan.preparations:
            if isinstance(preparation, Reuse) and preparation in on_disk:
                if not self._load(preparation):
                    behind = self.scheduler.lost(preparation)
                    parts = [part for part in parts if part.sequence is not behind]
            else:
                self.runner.prepare(preparation)
        return parts

    def _load(self, reuse: Reuse) -> bool:
        """Put what is on disk into its slot, which is empty where that is lost."""
        state = self.disk.read(reuse.source)
        if state is not None and self.runner.load(state, reuse.target):
            self.runner.cut(reuse.target, reuse.position)
            return True
        self.disk.forget(reuse.source)
        self.runner.cut(reuse.target, 0)
        return False

    def _advance(self, part: Part, rows: Logits, masks: StepMasks) -> Delta | None:
        """What a sequence says, which may be its end."""
        sequence = part.sequence
        delta = self.speaker.advance(sequence, list(rows), part.draft, masks.of)
        if self.scheduler.verified(part):
            self.runner.cut(sequence.slot, sequence.position(sequence.num_computed))
        if sequence.finish:
            self.scheduler.remove(sequence)
            self._store(sequence)
        return delta

    def _store(self, sequence: Sequence) -> None:
        """Write what is to be found after a restart."""
        held = self.scheduler.cache.slots[sequence.slot]
        if sequence.caching.on_disk and self.disk.wants(held):
            state = self.runner.save(sequence.slot, num_positions(held.tokens))
            self.disk.write(held, state)

    def _end_broken(self, sequences: list[Sequence]) -> None:
        """End the requests whose grammar became too complex to go on with."""
        for key in {sequence.request for sequence in sequences if sequence.broken}:
            self.scheduler.cancel(key)
            self.mailbox.send(key[0], Exhausted(key[1]))

    def _admit(self, sender: int, arrival: Arrival) -> FromWorker:
        message, prompt, constraint, _, refused = arrival
        request, decoding = message.request, message.decoding
        if refused:
            kind: Literal["image", "audio"] = "image" if isinstance(refused.medium, Picture) else "audio"
            return BadMedium(request, kind, refused.medium.place, refused.reason)
        if isinstance(constraint, Verdict):
            return BadGrammar(request, constraint.place, constraint.reason)
        for token in decoding.logit_bias:
            if token >= self.tokenizer.num_tokens:
                return UnknownToken(request, token)
        num_tokens = len(prompt.tokens)
        room = self.intake.context - num_tokens
        limit = room if decoding.max_tokens is None else decoding.max_tokens
        if not 0 < limit <= room:
            return TooLong(request, num_tokens)
        tier = message.service.tier
        if not self.scheduler.has_room_for(decoding.n, tier):
            return Full(request, self.scheduler.waiting.most, tier)
        self.scheduler.add([self._begin(sender, arrival, choice, limit) for choice in range(decoding.n)])
        return Admitted(request, num_tokens, prompt.num_image, prompt.num_audio)

    def _begin(self, sender: int, arrival: Arrival, choice: int, limit: int) -> Sequence:
        """A sequence; what its grammar forces at the beginning is computed together with the prompt."""
        sequence = self._build(sender, arrival, choice, limit)
        if sequence.decoding.logprobs is None:
            sequence.unsaid = self.speaker.append_forced(sequence, limit - 1)
        return sequence

    def _build(self, sender: int, arrival: Arrival, choice: int, limit: int) -> Sequence:
        message, prompt, constraint, drafters, _ = arrival
        assert not isinstance(constraint, Verdict), "it has been refused"
        sequence = Sequence(
            (sender, message.request),
            choice,
            prompt=prompt.tokens,
            limit=limit,
            decoding=message.decoding,
            service=message.service,
            constraint=constraint.copy() if constraint else None,
            reader=Reader(message.reading, self.tokenizer.control) if message.reading else None,
        )
        sequence.drafter, sequence.breakpoints = drafters[choice], prompt.breakpoints
        sequence.placement = prompt.placement
        return sequence

    def _decode(self, plan: Plan, parts: list[Part]) -> Logits:
        """Compute what can be of a plan; the threads and the next plan go by how long that takes."""
        self.runner.set_threads(self.governor.num_threads)
        began = time.perf_counter()
        logits = self.runner.decode([run_of(part) for part in parts])
        step_s = time.perf_counter() - began
        self.governor.observe(step_s)
        self.scheduler.took(plan, step_s * 1000)
        return logits


def run_of(part: Part) -> Run:
    """A scheduled part as the runner takes it."""
    sequence = part.sequence
    tokens = [*sequence.uncomputed(part.num_tokens), *part.draft, *[PADDING] * part.padding]
    num_outputs = part.samples + len(part.draft)
    position = sequence.position(sequence.num_computed)
    return Run(
        sequence.slot, position, tokens, num_outputs, part.padding, sequence.shown(part.num_tokens, part.padding)
    )


def rows_of(parts: list[Part], logits: Logits) -> Iterator[Logits]:
    """The rows of each part that samples: behind its tokens, and behind each of its draft."""
    begin = 0
    for part in parts:
        end = begin + 1 + len(part.draft)
        yield logits[begin:end]
        begin = end
