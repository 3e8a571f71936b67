"""engine/llama/scheduler.py: who runs, and what goes into a step. Without a model: a toy cache keeps the books."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine.base import Caching, Decoding, Service, Tier
from antiphon.engine.llama.drafting.costs import StepCosts
from antiphon.engine.llama.drafting.drafter import Drafter
from antiphon.engine.llama.plan import Budget, Part, Plan
from antiphon.engine.llama.prefix_cache import Held, Keep, PrefixCache, Reuse
from antiphon.engine.llama.scheduler import PASS_WORTH, Scheduler
from antiphon.engine.llama.sequence import Sequence

SLOTS, BATCH, CHUNK, FLEX = 4, 16, 4, 2


def make_scheduler(
    *,
    num_slots: int = SLOTS,
    max_waiting: int = 8,
    batch: int = BATCH,
    cache_tokens: int = 0,
    can_cut: bool = True,
    **changes: Any,
) -> Scheduler:
    return Scheduler(
        num_slots=num_slots,
        max_waiting=max_waiting,
        budget=Budget(most=batch, prompts=batch, chunk=CHUNK, flex=FLEX),
        cache=PrefixCache(num_slots, cache_tokens, can_cut=can_cut),
        can_cut=can_cut,
        **changes,
    )


def make_sequence(
    name: str,
    prompt: list[int],
    limit: int = 3,
    *,
    choice: int = 0,
    tier: Tier = "default",
    ahead: int = 0,
    **caching: Any,
) -> Sequence:
    """ahead: tokens that its grammar forces before the first choice."""
    service = Service(tier=tier, caching=Caching(**caching))
    sequence = Sequence((b"me", name), choice, prompt=prompt, limit=limit, decoding=Decoding(), service=service)
    for token in range(min(ahead, limit - 1)):
        sequence.append(token)
    return sequence


class ToyEngine:
    """Runs plans on lists in place of a KV cache, and checks what llama.cpp would need. runs: for a sequence how many
    tokens come by force behind each that it samples.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.cache: list[list[int]] = [[] for _ in scheduler.slots]
        self.kept: dict[int, list[int]] = {}
        self.ended: list[Sequence] = []
        self.runs: dict[int, int] = {}

    def step(self) -> Plan:
        plan = self.scheduler.schedule()
        for step in plan.preparations:
            self.prepare(step)
        slots = [part.sequence.slot for part in plan.parts]
        assert slots == sorted(set(slots))
        assert [bool(sequence) for sequence in self.scheduler.slots] == sorted(
            (bool(sequence) for sequence in self.scheduler.slots), reverse=True
        ), "used slots are consecutive"
        padding = sum(part.padding for part in plan.parts)
        assert 0 < sum(part.length for part in plan.parts) - padding <= self.scheduler.budget.most
        for part in plan.parts:
            self.compute(part)
        for part in plan.parts:
            self.scheduler.computed(part)
            if part.samples:
                self.say(part)
            elif part.padding:
                self.cut(part.sequence)
        return plan

    def compute(self, part: Part) -> None:
        sequence, cache = part.sequence, self.cache[part.sequence.slot]
        assert part.num_tokens > 0
        assert len(cache) == sequence.num_computed
        cache += sequence.uncomputed(part.num_tokens)
        assert cache == sequence.tokens[: len(cache)], "the cache holds the sequence's own tokens"
        assert part.samples == (len(cache) == len(sequence.tokens))
        assert part.samples or not part.draft
        assert not self.scheduler.even_runs or part.length % 2 == 0
        cache += [*part.draft, *[-1] * part.padding]

    def prepare(self, step: Reuse | Keep) -> None:
        if isinstance(step, Keep):
            for number in step.dropped:
                del self.kept[number]
            self.kept[step.number] = self.cache[step.slot][: step.length]
            assert len(self.kept[step.number]) == step.length
            assert self.scheduler.can_cut or step.length == len(self.cache[step.slot])
            return
        source = self.kept[step.source] if step.source in self.kept else self.cache[step.source]
        assert step.length <= len(source)
        assert self.scheduler.can_cut or step.length in (0, len(source)), "what cannot be cut is taken whole"
        self.cache[step.target] = source[: step.length]

    def cut(self, sequence: Sequence) -> None:
        del self.cache[sequence.slot][sequence.num_computed :]

    def say(self, part: Part) -> None:
        """A token for each guessed right and one more, and what comes behind each by force, up to the limit."""
        sequence, before = part.sequence, len(part.sequence.sampled)
        for row in range(1 + len(part.draft)):
            if len(sequence.sampled) - before == row:
                self.append(sequence)
            if sequence.sampled[before:] != list(part.draft[: len(sequence.sampled) - before]):
                break
        if len(sequence.sampled) >= sequence.limit:
            sequence.finish = "length"
        if self.scheduler.verified(part):
            self.cut(sequence)
        if sequence.finish:
            self.scheduler.remove(sequence)
            self.ended.append(sequence)

    def append(self, sequence: Sequence) -> None:
        for _ in range(1 + self.runs.get(sequence.number, 0)):
            if len(sequence.sampled) < sequence.limit:
                sequence.append(len(sequence.sampled))


def sizes(plan: Plan) -> list[tuple[int, bool]]:
    """Of each part, with whether it samples."""
    return [(part.num_tokens, part.samples) for part in plan.parts]


def test_prompts_alone_get_the_whole_budget() -> None:
    """While nobody is given tokens, a step is filled with prompts."""
    scheduler = make_scheduler()
    scheduler.add([make_sequence("a", list(range(10))), make_sequence("b", list(range(50, 70)))])
    assert [(part.sequence.request[1], part.num_tokens) for part in scheduler.schedule().parts] == [("a", 10), ("b", 6)]


def test_long_prompt_does_not_stall_others() -> None:
    """A running sequence gets a token in every step while a long prompt is computed in chunks."""
    scheduler = make_scheduler()
    engine = ToyEngine(scheduler)
    running = make_sequence("running", [1], limit=100)
    scheduler.add([running])
    engine.step()
    scheduler.add([make_sequence("long", list(range(2, 42)))])
    for number in range(1, 10):
        parts = engine.step().parts
        assert [part.num_tokens for part in parts] == [1, CHUNK]
        assert len(running.sampled) == number + 1


def test_more_wait_than_run() -> None:
    """What has no slot waits, in the order it came, and is let in when one is free."""
    scheduler = make_scheduler()
    engine = ToyEngine(scheduler)
    scheduler.add([make_sequence(str(number), [number], limit=1 + number) for number in range(6)])
    engine.step()
    assert len(scheduler.running) == SLOTS - 1
    assert [sequence.request[1] for sequence in scheduler.waiting] == ["4", "5"]
    engine.step()
    assert [sequence.request[1] for sequence in scheduler.waiting] == ["5"]
    while not scheduler.idle:
        engine.step()
    assert sorted(sequence.request[1] for sequence in engine.ended) == list("012345")


def test_queue_is_bounded() -> None:
    """No more than `max_waiting` sequences wait; an empty server takes any request."""
    scheduler = make_scheduler(max_waiting=2)
    assert scheduler.has_room_for(128, "default")
    scheduler.add([make_sequence(str(number), [number]) for number in range(5)])
    assert scheduler.has_room_for(1, "default")
    assert not scheduler.has_room_for(2, "default")
    scheduler.schedule()
    assert scheduler.has_room_for(1, "default")
    assert not scheduler.has_room_for(2, "default")
    scheduler.add([make_sequence("x", [9])])
    assert not scheduler.has_room_for(1, "default")
    assert scheduler.has_room_for(2, "flex"), "each tier has a queue of its own"


def test_choices_share_one_prefill() -> None:
    """The prompt of n choices is computed once; the others take it over, but for the last token."""
    scheduler = make_scheduler()
    engine = ToyEngine(scheduler)
    prompt = list(range(12))
    choices = [make_sequence("r", prompt, limit=9, choice=choice) for choice in range(3)]
    scheduler.add(choices)
    assert [part.num_tokens for part in engine.step().parts] == [12]
    assert [part.num_tokens for part in engine.step().parts] == [1, 1, 1]
    assert [sequence.num_cached for sequence in choices] == [0, 11, 11]


def test_conversation_goes_on_where_it_was() -> None:
    """The next turn of a conversation computes only what is new."""
    scheduler = make_scheduler()
    engine = ToyEngine(scheduler)
    first = make_sequence("1", list(range(10)))
    scheduler.add([first])
    while not scheduler.idle:
        engine.step()
    second = make_sequence("2", [*first.tokens, 77])
    scheduler.add([second])
    engine.step()
    assert second.num_cached == len(first.tokens) - 1  # the last sampled token was never computed


def test_cancel_frees_the_slot_at_once() -> None:
    """A request that nobody waits for has no place in the next step, running or waiting."""
    scheduler = make_scheduler(num_slots=1)
    engine = ToyEngine(scheduler)
    scheduler.add([make_sequence("a", [1], limit=99), make_sequence("b", [2]), make_sequence("c", [3])])
    engine.step()
    scheduler.cancel((b"me", "a"))
    scheduler.cancel((b"me", "b"))
    assert [part.sequence.request[1] for part in engine.step().parts] == ["c"]


def test_a_forced_run_is_computed_at_once() -> None:
    """What a grammar forced behind a token goes through the model together with it."""
    engine = ToyEngine(make_scheduler())
    sequence = make_sequence("a", [1, 2], limit=100)
    engine.runs[sequence.number] = 5
    engine.scheduler.add([sequence])
    assert [sizes(engine.step()) for _ in range(3)] == [[(2, True)], [(6, True)], [(6, True)]]
    assert len(sequence.sampled) == 18


def test_a_forced_run_is_cut_at_its_share() -> None:
    """Runs share the step's budget evenly, so nobody else waits; one that is not complete does not sample yet."""
    engine = ToyEngine(make_scheduler())
    sequences = [make_sequence(str(number), [number], limit=100) for number in range(SLOTS)]
    engine.runs[sequences[1].number] = 8
    engine.scheduler.add(sequences)
    assert sizes(engine.step()) == [(1, True)] * SLOTS
    for share, samples in ((4, False), (4, False), (1, True), (4, False)):
        assert sizes(engine.step()) == [(1, True), (share, samples), (1, True), (1, True)]
    assert [len(sequence.sampled) for sequence in sequences] == [5, 18, 5, 5]


def test_a_short_run_goes_along_with_the_others() -> None:
    """In company it is computed a token a step, which costs less than a pass of its own; alone at once."""
    engine = ToyEngine(make_scheduler(num_slots=2))
    forced, other = make_sequence("a", [1], limit=100), make_sequence("b", [2], limit=3)
    engine.runs[forced.number] = PASS_WORTH - 2
    engine.scheduler.add([forced, other])
    assert sizes(engine.step()) == [(1, True), (1, True)]
    for samples in (False, False, True):
        assert sizes(engine.step())[0] == (1, samples)
    assert other in engine.ended
    assert sizes(engine.step()) == [(PASS_WORTH - 1, True)]


def test_what_a_slot_loses_is_kept() -> None:
    """Another prompt's turn in a slot keeps aside what it held, and the first prompt's next finds it there."""
    scheduler = make_scheduler(num_slots=1, batch=64, cache_tokens=1000)
    engine = ToyEngine(scheduler)
    first, second = list(range(100, 150)), list(range(200, 250))
    steps = []
    for number, prompt in enumerate((first, second, first)):
        scheduler.add([make_sequence(str(number), prompt, limit=1)])
        steps.append(engine.step().preparations)
    assert steps[0] == [Reuse(0, 0, 0)]
    keep, begin = steps[1]
    assert isinstance(keep, Keep) and keep.slot == 0 and begin == Reuse(0, 0, 0)
    assert steps[2][-1] == Reuse(keep.number, 0, 48)


def test_what_a_move_overwrites_is_kept() -> None:
    """Where a running sequence moves into the place of one that ended, what that one computed is found again."""
    scheduler = make_scheduler(num_slots=2, batch=128, cache_tokens=1000)
    engine = ToyEngine(scheduler)
    first, second = list(range(100, 150)), list(range(200, 250))
    scheduler.add([make_sequence("first", first, limit=1), make_sequence("second", second, limit=9)])
    engine.step()
    assert [type(step) for step in engine.step().preparations] == [Keep, Reuse]
    again = make_sequence("again", [*first, 7, 7], limit=1)
    scheduler.add([again])
    while not scheduler.idle:
        engine.step()
    assert again.num_cached == len(first)


def test_runs_leave_prompts_what_is_left() -> None:
    """A prompt waits while runs fill the step, and goes on when they leave room."""
    engine = ToyEngine(make_scheduler(num_slots=2))
    running, long = make_sequence("a", [1], limit=100), make_sequence("b", list(range(20)))
    engine.runs[running.number] = 6
    engine.scheduler.add([running])
    engine.step()
    engine.scheduler.add([long])
    assert sizes(engine.step()) == [(7, True), (CHUNK, False)]
    engine.runs[running.number] = 30
    assert sizes(engine.step()) == [(7, True), (CHUNK, False)]
    assert sizes(engine.step()) == [(8, False), (CHUNK, False)]


@pytest.mark.parametrize(("prompt", "ahead", "parts"), [
    (3, 4, [(7, True)]),
    (3, 0, [(3, True)]),
    (14, 6, [(16, False), (4, True)]),
    (16, 6, [(16, False), (6, True)]),
    (20, 20, [(16, False), (16, False), (8, True)]),
])  # fmt: skip
def test_what_comes_first_by_force_is_computed_with_the_prompt(
    prompt: int, ahead: int, parts: list[tuple[int, bool]]
) -> None:
    """They are one text for the model; only behind all of it is the first token chosen."""
    engine = ToyEngine(make_scheduler())
    sequence = make_sequence("a", list(range(prompt)), limit=100, ahead=ahead)
    engine.scheduler.add([sequence])
    assert [sizes(engine.step()) for _ in parts] == [[part] for part in parts]
    assert len(sequence.sampled) == ahead + 1


def test_choices_share_the_prompt_and_not_what_is_forced() -> None:
    """Choices take over the prompt that the first has computed, and compute what their grammar forces behind it."""
    engine = ToyEngine(make_scheduler())
    choices = [make_sequence("r", list(range(10)), limit=100, choice=choice, ahead=3) for choice in range(3)]
    engine.scheduler.add(choices)
    assert sizes(engine.step()) == [(13, True)]
    assert sizes(engine.step()) == [(1, True), (4, True)]
    assert sizes(engine.step()) == [(1, True), (1, True), (4, True)]
    assert [sequence.num_cached for sequence in choices] == [0, 9, 9]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_schedule_keeps_the_books(data: st.DataObject) -> None:
    """Whatever comes, goes, is cancelled, preempted, guessed or said by force: caches hold what they should, and
    everything ends once.
    """
    can_cut = data.draw(st.sampled_from([True, True, False]))
    costs = StepCosts(data.draw(st.sampled_from([{1: 10.0, 16: 20.0}, {1: 10.0, 16: 60.0}])))
    scheduler = make_scheduler(
        max_waiting=1000,
        cache_tokens=data.draw(st.sampled_from([0, 120])),
        costs=costs if can_cut else None,
        even_runs=can_cut and data.draw(st.booleans()),
        can_cut=can_cut,
    )
    engine = ToyEngine(scheduler)
    alive: dict[str, list[Sequence]] = {}
    for number in range(data.draw(st.integers(1, 12))):
        name = str(number)
        prompt = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=30))
        namespace, tier = data.draw(st.sampled_from("ab")), data.draw(st.sampled_from(("priority", "default", "flex")))
        caching = {"namespace": namespace, "explicit": data.draw(st.booleans())}
        breakpoints = tuple(sorted(data.draw(st.sets(st.integers(1, len(prompt)), max_size=2))))
        count, limit = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 6) | st.integers(1, 60))
        ahead, run = data.draw(st.sampled_from([(0, 0), (0, 2), (3, 0), (20, 30)]))
        alive[name] = [
            make_sequence(name, prompt, limit, choice=choice, tier=tier, ahead=ahead, **caching)
            for choice in range(count)
        ]
        prediction = data.draw(st.none() | st.lists(st.integers(0, 9), min_size=1, max_size=20) | st.just(range(60)))
        for sequence in alive[name]:
            sequence.breakpoints = breakpoints
            sequence.drafter = Drafter(list(prediction) if prediction else None, prompt)
        engine.runs.update((sequence.number, run) for sequence in alive[name])
        scheduler.add(alive[name])
        for _ in range(data.draw(st.integers(0, 3))):
            if not scheduler.idle:
                engine.step()
        if data.draw(st.booleans()):
            victim = data.draw(st.sampled_from(sorted(alive)))
            scheduler.cancel((b"me", victim))
            alive[victim] = [sequence for sequence in alive[victim] if sequence in engine.ended]
    for _ in range(2000):
        if scheduler.idle:
            break
        engine.step()
    assert scheduler.idle
    expected = {id(sequence) for sequences in alive.values() for sequence in sequences}
    assert expected == {id(sequence) for sequence in engine.ended}
    assert len(engine.ended) == len(expected)


def test_flex_makes_room_and_goes_on() -> None:
    """Where a slot is wanted, flex loses its own, keeps what it has computed, and says later what it would have."""
    scheduler = make_scheduler(num_slots=1, batch=128, cache_tokens=1000)
    engine = ToyEngine(scheduler)
    flex = make_sequence("flex", list(range(100, 140)), limit=6, tier="flex")
    scheduler.add([flex])
    while len(flex.sampled) < 2:
        engine.step()
    scheduler.add([make_sequence("default", list(range(200, 240)), limit=2)])
    assert {part.sequence.request[1] for _ in range(2) for part in engine.step().parts} == {"default"}
    assert not flex.num_computed and len(flex.sampled) == 2
    [part] = engine.step().parts
    assert (part.sequence, part.num_tokens) == (flex, 1), "what it had computed was kept"
    while not scheduler.idle:
        engine.step()
    assert flex.sampled == list(range(6)) and flex.num_cached == 0


def test_flex_of_an_explicit_cache_goes_on() -> None:
    """What nobody else may find of it is there for itself."""
    scheduler = make_scheduler(num_slots=1, batch=128, cache_tokens=1000)
    engine = ToyEngine(scheduler)
    flex = make_sequence("flex", list(range(100, 140)), limit=6, tier="flex", explicit=True)
    scheduler.add([flex])
    while not flex.sampled:
        engine.step()
    scheduler.add([make_sequence("other", list(range(100, 140)), limit=1)])
    assert [part.num_tokens for part in engine.step().parts] == [40], "it was not for others"
    assert [part.num_tokens for part in engine.step().parts] == [1]


def test_flex_stands_back_while_a_priority_prompt_is_computed() -> None:
    """Then it goes on, beside it."""
    scheduler = make_scheduler()
    engine = ToyEngine(scheduler)
    flex = make_sequence("flex", [1], limit=50, tier="flex")
    scheduler.add([flex])
    engine.step()
    scheduler.add([make_sequence("fast", list(range(2, 34)), limit=9, tier="priority")])
    assert [[part.sequence.tier for part in engine.step().parts] for _ in range(3)] == [
        ["priority"], ["priority"], ["flex", "priority"]
    ]  # fmt: skip


def test_priority_prompts_go_first() -> None:
    """Of prompts that are computed at a time, that of the highest tier."""
    scheduler = make_scheduler()
    engine = ToyEngine(scheduler)
    scheduler.add([make_sequence("default", list(range(40)))])
    engine.step()
    scheduler.add([make_sequence("fast", list(range(100, 110)), tier="priority")])
    assert [part.sequence.request[1] for part in engine.step().parts] == ["default", "fast"]


def test_slots_of_flex_are_free_for_others() -> None:
    """Whom flex makes room for does not count as waiting."""
    scheduler = make_scheduler(num_slots=2, max_waiting=1)
    scheduler.add([make_sequence(str(number), [number], tier="flex") for number in range(2)])
    scheduler.schedule()
    assert scheduler.has_room_for(3, "default") and not scheduler.has_room_for(4, "default")
    assert scheduler.has_room_for(1, "flex") and not scheduler.has_room_for(2, "flex")


def test_flex_alone_takes_turns() -> None:
    """Steps that give tokens and steps that compute prompts, so that each is short; with others both are in one."""
    engine = ToyEngine(make_scheduler())
    engine.scheduler.add([make_sequence("first", [1, 2], limit=50, tier="flex")])
    engine.step()
    engine.scheduler.add([make_sequence("second", list(range(20)), limit=50, tier="flex")])
    steps = [[part.sequence.request[1] for part in engine.step().parts] for _ in range(2 * 20 // FLEX)]
    assert steps[:4] == [["second"], ["first"], ["second"], ["first"]]
    engine.scheduler.add([make_sequence("third", list(range(50, 70)), limit=50)])
    assert [part.sequence.request[1] for part in engine.step().parts] == ["first", "second", "third"]


def test_flex_alone_takes_small_steps() -> None:
    """So that who comes does not wait long."""
    scheduler = make_scheduler()
    engine = ToyEngine(scheduler)
    scheduler.add([make_sequence("flex", list(range(40)), tier="flex")])
    assert sizes(engine.step()) == [(FLEX, False)]


def test_explicit_caching() -> None:
    """Others find what lies before a breakpoint, and nothing where there is none; choices share their prompt."""
    for breakpoints, found in (((), 0), ((4,), 4), ((4, 8), 8)):
        scheduler = make_scheduler()
        engine = ToyEngine(scheduler)
        first = [make_sequence("1", list(range(10)), choice=choice, explicit=True) for choice in range(2)]
        for sequence in first:
            sequence.breakpoints = breakpoints
        scheduler.add(first)
        engine.step()
        assert [part.num_tokens for part in engine.step().parts] == [1, 1]
        while not scheduler.idle:
            engine.step()
        second = make_sequence("2", [*range(10), 77])
        scheduler.add([second])
        engine.step()
        assert second.num_cached == found


def test_explicit_reading() -> None:
    """A request with explicit caching takes over whole prefixes, up to a breakpoint of its own."""
    scheduler = make_scheduler()
    engine = ToyEngine(scheduler)
    scheduler.add([make_sequence("1", list(range(12)), limit=1)])
    engine.step()
    second = make_sequence("2", [*range(10), 77, 78], explicit=True)
    second.breakpoints = (6, 11)
    scheduler.add([second])
    engine.step()
    assert second.num_cached == 6


def test_a_draft_is_verified() -> None:
    """What was guessed right is said in one step; what was not is cut off, and the next token is right all the same."""
    scheduler = make_scheduler(costs=StepCosts({1: 10.0, 16: 11.0}))
    engine = ToyEngine(scheduler)
    sequence = make_sequence("a", [50, 51], limit=20)
    sequence.drafter = Drafter([0, 1, 2, 3, 4, 5, 99, 7, 8], None)
    scheduler.add([sequence])
    steps = 0
    while not scheduler.idle:
        engine.step()
        steps += 1
    assert sequence.sampled == list(range(20))
    assert (sequence.drafter.num_accepted, sequence.drafter.num_rejected) == (7, 1)
    assert steps < 20


@pytest.mark.parametrize(("length", "parts"), [(20, [16, 4]), (17, [15, 2]), (33, [16, 15, 2]), (1, [1]), (2, [2])])
def test_no_token_of_a_prompt_is_left_alone(length: int, parts: list[int]) -> None:
    """A run of one token is computed by another kernel; so the same prompt is never cut before its last token."""
    engine = ToyEngine(make_scheduler(batch=16))
    sequence = make_sequence("a", list(range(length)), limit=1)
    engine.scheduler.add([sequence])
    assert [part.num_tokens for _ in parts for part in engine.step().parts] == parts


def test_what_is_lost_is_computed_again() -> None:
    """Where a copy turns out to be broken, its sequence begins anew, and nobody looks there again."""
    scheduler = make_scheduler()
    held = Held("", np.arange(100, dtype=np.int32))
    number = scheduler.cache.number()
    scheduler.cache.stored[number] = held
    sequence = make_sequence("a", list(range(100)))
    scheduler.add([sequence])
    [reuse] = scheduler.schedule().preparations
    assert reuse == Reuse(number, 0, 98)
    assert scheduler.lost(reuse) is sequence
    assert scheduler.schedule().preparations == [Reuse(0, 0, 0)]
    assert sequence.num_cached == 0


def test_checkpoints_of_what_cannot_be_cut() -> None:
    """Whole states are kept: of the prompt but for its end, at breakpoints, and of what has ended."""
    scheduler = make_scheduler(num_slots=1, batch=128, cache_tokens=1000, can_cut=False)
    engine = ToyEngine(scheduler)
    prompt = list(range(100))
    first = make_sequence("1", prompt, limit=50)
    first.breakpoints = (50,)
    scheduler.add([first])
    assert [sizes(engine.step()) for _ in range(3)] == [[(50, False)], [(48, False)], [(2, True)]]
    while not scheduler.idle:
        engine.step()
    for tail, found in (([], 98), ([*first.sampled, 7], 149), ([7], 98)):
        again = make_sequence("again", prompt + tail, limit=1)
        scheduler.add([again])
        while not scheduler.idle:
            engine.step()
        assert again.num_cached == found
    other = make_sequence("other", [*prompt[:60], 7], limit=1)
    scheduler.add([other])
    engine.step()
    assert other.num_cached == 50


def test_choices_of_what_cannot_be_cut() -> None:
    """They go on from the checkpoint of the first."""
    scheduler = make_scheduler(batch=128, cache_tokens=1000, can_cut=False)
    engine = ToyEngine(scheduler)
    choices = [make_sequence("r", list(range(60)), choice=choice) for choice in range(3)]
    scheduler.add(choices)
    while not scheduler.idle:
        engine.step()
    assert [sequence.num_cached for sequence in choices] == [0, 58, 58]


def test_thousands_wait() -> None:
    """Of 2,000 requests of all tiers each is answered once, those who go first before those who came first."""
    scheduler = make_scheduler(max_waiting=2000)
    engine = ToyEngine(scheduler)
    tiers: tuple[Tier, ...] = ("flex", "default", "priority")
    everybody = [make_sequence(str(n), [n % 7, n % 5], limit=2, tier=tiers[n % 3]) for n in range(2000)]
    scheduler.add(everybody)
    while not scheduler.idle:
        engine.step()
    assert {id(sequence) for sequence in engine.ended} == {id(sequence) for sequence in everybody}
    assert len(engine.ended) == 2000
    places = {tier: [n for n, one in enumerate(engine.ended) if one.tier == tier] for tier in tiers}
    assert max(places["priority"]) < max(places["default"]) < min(places["flex"]) + SLOTS
