"""Which sequences run, and what of them goes into the next step. Owns all request state; knows no tensors.

Every running sequence that has its prompt computed says at least a token per step; what is left of the
step's budget goes to prompts, so a long prompt does not stall the others. Tiers: who goes first is let in first and
has its prompt computed first; flex makes room for the others, and stands back while a priority prompt is computed.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from antiphon.engine.base import Tier
from antiphon.engine.llama.drafting.costs import StepCosts
from antiphon.engine.llama.drafting.step import with_drafts
from antiphon.engine.llama.pace import Pace
from antiphon.engine.llama.plan import Budget, Part, Plan
from antiphon.engine.llama.prefix_cache import ALWAYS_COMPUTED, Keep, PrefixCache, Reuse
from antiphon.engine.llama.sequence import RequestKey, Sequence
from antiphon.engine.llama.waiting import RANKS, Waiting

PASS_WORTH = 4
"""llama.cpp computes runs of equal length together, and takes another pass for what one has more than the others. From
this many tokens on that costs less than a token in each step, in company.
"""


class Scheduler:
    """num_slots: sequences that run together. max_waiting: sequences of a tier that wait for a slot. cache: what has
    been computed. costs: of a step, by which drafts are cut; None for no drafts. even_runs: whether every run has an
    even number of tokens. can_cut: whether what was computed of a sequence can be shortened.

    Used slots are kept consecutive, from 0: llama.cpp would cut the batch at every gap.
    """

    def __init__(
        self,
        *,
        num_slots: int,
        max_waiting: int,
        budget: Budget,
        cache: PrefixCache,
        costs: StepCosts | None = None,
        even_runs: bool = False,
        can_cut: bool = True,
    ) -> None:
        self.slots: list[Sequence | None] = [None] * num_slots
        self.waiting = Waiting(max_waiting)
        self.budget = budget
        self.pace = Pace(budget.chunk)
        self.cache = cache
        self.costs = costs
        self.even_runs = even_runs
        self.prompts_turn = False
        self.can_cut = can_cut

    @property
    def running(self) -> list[Sequence]:
        """The sequences that have a slot, in the order of slots."""
        return [sequence for sequence in self.slots if sequence]

    @property
    def idle(self) -> bool:
        """Whether there is nothing to compute."""
        return not (len(self.waiting) or any(self.slots))

    def has_room_for(self, count: int, tier: Tier) -> bool:
        """Whether `count` more sequences may wait. An empty server takes any request; flex makes room for others."""
        num_flex = sum(sequence.tier == "flex" for sequence in self.running) if tier != "flex" else 0
        return self.idle or self.waiting.has_room_for(count, tier, num_free=self.slots.count(None) + num_flex)

    def add(self, sequences: list[Sequence]) -> None:
        """Let them wait for a slot."""
        for sequence in sequences:
            self.waiting.add(sequence)

    def schedule(self) -> Plan:
        """Give free slots to who is next, close gaps, and divide the step's budget."""
        self._let_in()
        preparations = self._close_gaps()
        running = self._active()
        speaking = [sequence for sequence in running if sequence.prompt_computed]
        if self._only_prompts(running, len(speaking)):
            speaking = []
        parts = [self._run(sequence, running) for sequence in speaking]
        if self.costs:
            parts = with_drafts(parts, self.costs, self.budget.most - self.budget.chunk)
        budget = self._prompt_budget(parts, running)
        for sequence in sorted(running, key=urgency):
            if budget > 0 and not sequence.prompt_computed and not self._waits_for_sibling(sequence):
                preparations += self._begin(sequence)
                num_tokens = self._prompt_part(sequence, budget, alone=len(parts) == len(speaking))
                if not num_tokens:
                    continue
                parts.append(Part(sequence, num_tokens, samples=num_tokens == sequence.num_uncomputed))
                budget -= num_tokens
        num_prompt = sum(part.num_tokens for part in parts[len(speaking) :])
        parts.sort(key=lambda part: part.sequence.slot)
        return Plan(preparations, [self._padded(part) for part in parts], num_prompt, len(speaking))

    def took(self, plan: Plan, step_ms: float) -> None:
        """Learn from how long a step took."""
        if plan.num_speaking:
            self.pace.learn(plan.num_prompt, step_ms)

    def computed(self, part: Part) -> None:
        """The tokens of a part are in the cache now."""
        sequence = part.sequence
        sequence.num_computed += part.num_tokens
        if sequence.num_computed - part.num_tokens < sequence.prefill or not self.can_cut:
            self._hold(sequence)

    def verified(self, part: Part) -> bool:
        """What a part has sampled stands behind its sequence's tokens now: how much of the draft was right. Returns
        whether its slot has more than was right, which must be cut off.
        """
        sequence = part.sequence
        said = sequence.tokens_from(sequence.num_computed, len(part.draft))
        num_right = next((i for i, (a, b) in enumerate(zip(said, part.draft, strict=False)) if a != b), len(said))
        sequence.num_computed += num_right
        if part.draft and sequence.drafter:
            num_tried = min(len(part.draft), num_right + 1) if sequence.finish is None else num_right
            sequence.drafter.learn(num_tried, num_right)
        return len(part.draft) + part.padding > num_right

    def remove(self, sequence: Sequence) -> None:
        """A running sequence ends. What it has computed stays in its slot for who begins alike."""
        self.slots[sequence.slot] = None
        self._hold(sequence)

    def cancel(self, request: RequestKey) -> None:
        """Forget all choices of a request."""
        self.waiting.cancel(request)
        for sequence in self.running:
            if sequence.request == request:
                self.remove(sequence)

    def lost(self, reuse: Reuse) -> Sequence | None:
        """What was to be reused is not there: the sequence begins anew in the next step."""
        self.cache.forget(reuse.source)
        sequence = self.slots[reuse.target]
        if sequence:
            sequence.num_computed, sequence.num_cached = 0, None
            self._hold(sequence)
        return sequence

    def _let_in(self) -> None:
        """Sequences that wait take free slots, or those of flex."""
        while len(self.waiting):
            slot = self.slots.index(None) if None in self.slots else self._preempt()
            if slot is None:
                return
            self._place(self.waiting.take(), slot)

    def _preempt(self) -> int | None:
        """The slot of the flex sequence that came last, if somebody waits who goes before it. It goes on later: what it
        has computed is held like that of one that has ended.
        """
        flex = [sequence for sequence in self.running if sequence.tier == "flex"]
        if not (flex and self.waiting.urgent):
            return None
        last = max(flex, key=lambda sequence: sequence.number)
        self.slots[last.slot] = None
        length = last.placement.before(last.num_computed)
        if not self.can_cut and length < last.num_computed:
            length = 0
        self.cache.hold(last.slot, last.tokens[:length], replace(last.caching, namespace=last.namespace))
        last.interrupt()
        self.waiting.put_back(last)
        return last.slot

    def _place(self, sequence: Sequence, slot: int) -> None:
        sequence.slot = slot
        self.slots[slot] = sequence

    def _hold(self, sequence: Sequence) -> None:
        """Its slot holds what it has computed, as far as others may find it."""
        length = sequence.num_shared(sequence.num_computed)
        if not self.can_cut and length < sequence.num_computed:
            length = 0
        self.cache.hold(sequence.slot, sequence.tokens[:length], sequence.caching)

    def _close_gaps(self) -> list[Reuse | Keep]:
        """Sequences of the highest slots move into free ones below them."""
        moves: list[Reuse | Keep] = []
        running = self.running
        for gap in range(len(running)):
            if self.slots[gap] is None:
                last = running.pop()
                if last.num_computed:
                    move = last.reuse(last.slot, gap, last.num_computed)
                    moves += self._kept_before(move, last)
                    self.cache.copy(last.slot, gap)
                self.slots[last.slot] = None
                self._place(last, gap)
        return moves

    def _active(self) -> list[Sequence]:
        """Who takes part in the step: all, but flex not while a priority prompt is computed."""
        running = self.running
        hurried = any(sequence.tier == "priority" and not sequence.prompt_computed for sequence in running)
        return [sequence for sequence in running if not (hurried and sequence.tier == "flex")]

    def _run(self, sequence: Sequence, running: list[Sequence]) -> Part:
        """What a sequence has said and not computed: its last token, and what a grammar forced behind it."""
        num_tokens = min(sequence.num_uncomputed, self.budget.most // len(running))
        if num_tokens < PASS_WORTH and len(running) > 1:
            num_tokens = 1
        return Part(sequence, num_tokens, samples=num_tokens == sequence.num_uncomputed)

    def _only_prompts(self, running: list[Sequence], num_speaking: int) -> bool:
        """Whether this step computes nothing but prompts: where only flex runs, in turn with steps that give tokens. So
        its steps are short, and who comes does not wait long for the end of one.
        """
        waiting = 0 < num_speaking < len(running)
        self.prompts_turn = waiting and is_flex(running) and not self.prompts_turn
        return self.prompts_turn

    def _prompt_budget(self, parts: list[Part], running: list[Sequence]) -> int:
        """Tokens of prompts in this step."""
        left = self.budget.most - sum(part.length for part in parts)
        if is_flex(running):
            return 0 if parts else min(self.budget.flex, left)
        return min(self.pace.chunk if parts else self.budget.prompts, left)

    def _prompt_part(self, sequence: Sequence, budget: int, *, alone: bool) -> int:
        """How many tokens of a prompt come next; no single one is left behind, as none is by the cache. alone: no other
        prompt is in this step, so that what must be computed at once may be more than the budget; else it waits.
        """
        left, stretch = sequence.num_uncomputed, sequence.placement.stretch(sequence.num_computed)
        length = left if stretch.length is None else min(left, stretch.length)
        if stretch.whole:
            return length if alone or length <= budget else 0
        num_tokens = min(budget, length, self._to_checkpoint(sequence))
        return num_tokens - 1 if length - num_tokens == 1 and num_tokens > ALWAYS_COMPUTED else num_tokens

    def _padded(self, part: Part) -> Part:
        """Of even length where that is wanted, but for what would see what it is filled up with."""
        whole = part.sequence.placement.stretch(part.sequence.num_computed).whole
        return part._replace(padding=part.length % 2) if self.even_runs and not whole else part

    def _waits_for_sibling(self, sequence: Sequence) -> bool:
        """Choices of one request have one prompt: the first computes it, the others take it over."""
        if sequence.num_computed:
            return False
        siblings = list(self._siblings(sequence))
        computed = any(other.prompt_computed for other in siblings)
        return not computed and any(other.number < sequence.number for other in siblings)

    def _siblings(self, sequence: Sequence) -> Iterator[Sequence]:
        """Other choices of its request that run."""
        return (other for other in self.running if other.request == sequence.request and other is not sequence)

    def _begin(self, sequence: Sequence) -> list[Reuse | Keep]:
        """What comes before more of a prompt is computed: at its beginning what is there already; where it cannot be
        cut later, a checkpoint at the places that others may want to go on from.
        """
        if sequence.num_computed == 0:
            return self._reuse(sequence)
        if self.can_cut or sequence.num_computed not in sequence.checkpoints:
            return []
        keep = self.cache.checkpoint(sequence.slot)
        return [keep] if keep else []

    def _to_checkpoint(self, sequence: Sequence) -> int:
        """Tokens until the next one, if there is any."""
        places = () if self.can_cut else sequence.checkpoints
        ahead = (place - sequence.num_computed for place in places if place > sequence.num_computed)
        return min(ahead, default=sequence.num_uncomputed)

    def _reuse(self, sequence: Sequence) -> list[Reuse | Keep]:
        """What a slot is to hold at the beginning, and what is to be kept of what it held."""
        reuse = self._find(sequence)
        steps = self._kept_before(reuse, sequence)
        sequence.num_computed = reuse.length
        if sequence.num_cached is None:
            sequence.num_cached = min(reuse.length, len(sequence.prompt))
        self._hold(sequence)
        return steps

    def _find(self, sequence: Sequence) -> Reuse:
        """The best beginning: that of a sibling, else what others have left."""
        computed = [sibling for sibling in self._siblings(sequence) if sibling.prompt_computed]
        if computed and not sequence.goes_on and self.can_cut:
            return sequence.reuse(computed[0].slot, sequence.slot, len(sequence.prompt) - 1)
        wanted = sequence.tokens if sequence.goes_on else sequence.prompt
        left = 1 if sequence.sampled else sequence.always_computed
        reuse = self.cache.find(wanted, sequence.slot, namespace=sequence.namespace, left=left)
        shared = sequence.placement.before if sequence.goes_on else sequence.num_shared
        length = shared(reuse.length)
        if self.can_cut:
            return sequence.reuse(reuse.source, reuse.target, sequence.placement.steady(length))
        return reuse if length == reuse.length else Reuse(sequence.slot, sequence.slot, 0)

    def _kept_before(self, reuse: Reuse, sequence: Sequence) -> list[Reuse | Keep]:
        """The same, after what its target held is kept aside, if that is worth it."""
        keep = self.cache.keep(reuse, sequence.prompt, namespace=sequence.caching.namespace)
        return [keep, reuse] if keep else [reuse]


def is_flex(running: list[Sequence]) -> bool:
    """Whether all are flex: nobody waits for them."""
    return all(sequence.tier == "flex" for sequence in running)


def urgency(sequence: Sequence) -> tuple[int, int]:
    """Whose prompt is computed first."""
    return RANKS[sequence.tier], sequence.number
