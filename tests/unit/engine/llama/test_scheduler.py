"""engine/llama/scheduler.py: who runs, and what goes into a step. Without a model: a toy cache keeps the books."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine.base import Decoding
from antiphon.engine.llama.prefix_cache import Keep, Reuse
from antiphon.engine.llama.scheduler import PASS_WORTH, Plan, Scheduler
from antiphon.engine.llama.sequence import Sequence

SLOTS, BATCH, CHUNK = 4, 16, 4


def make_scheduler(**changes: int) -> Scheduler:
    sizes = {"num_slots": SLOTS, "max_waiting": 8, "batch_tokens": BATCH, "chunk_tokens": CHUNK} | changes
    return Scheduler(**sizes)


def make_sequence(
    name: str, prompt: list[int], limit: int = 3, *, choice: int = 0, tenant: str = "t", ahead: int = 0
) -> Sequence:
    """ahead: tokens that its grammar forces before the first choice."""
    sequence = Sequence((b"me", name), choice, prompt=prompt, limit=limit, decoding=Decoding(), tenant=tenant)
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
        assert 0 < sum(part.num_tokens for part in plan.parts) <= self.scheduler.batch_tokens
        for sequence, num_tokens, samples in plan.parts:
            assert num_tokens > 0
            cache = self.cache[sequence.slot]
            assert len(cache) == sequence.num_computed
            cache += sequence.uncomputed(num_tokens)
            assert cache == sequence.tokens[: len(cache)], "the cache holds the sequence's own tokens"
            assert samples == (len(cache) == len(sequence.tokens))
        for part in plan.parts:
            self.scheduler.computed(part)
            if part.samples:
                self.say(part.sequence)
        return plan

    def prepare(self, step: Reuse | Keep) -> None:
        if isinstance(step, Keep):
            for number in step.dropped:
                del self.kept[number]
            self.kept[step.number] = list(self.cache[step.slot])
            return
        source = self.kept[step.source] if step.source in self.kept else self.cache[step.source]
        assert step.length <= len(source)
        self.cache[step.target] = source[: step.length]

    def say(self, sequence: Sequence) -> None:
        """A token, and what comes behind it by force, up to the limit."""
        for _ in range(1 + self.runs.get(sequence.number, 0)):
            if len(sequence.sampled) < sequence.limit:
                sequence.append(len(sequence.sampled))
        if len(sequence.sampled) >= sequence.limit:
            self.scheduler.remove(sequence)
            self.ended.append(sequence)


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
    assert scheduler.has_room_for(128)
    scheduler.add([make_sequence(str(number), [number]) for number in range(5)])
    assert scheduler.has_room_for(1)
    scheduler.add([make_sequence("x", [9])])
    assert not scheduler.has_room_for(1)


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
    scheduler = make_scheduler(num_slots=1, batch_tokens=64, cache_tokens=1000)
    engine = ToyEngine(scheduler)
    first, second = list(range(100, 150)), list(range(200, 250))
    steps = []
    for number, prompt in enumerate((first, second, first)):
        scheduler.add([make_sequence(str(number), prompt, limit=1)])
        steps.append(engine.step().preparations)
    assert steps[0] == [Reuse(0, 0, 0)]
    keep, begin = steps[1]
    assert isinstance(keep, Keep) and keep.slot == 0 and begin == Reuse(0, 0, 0)
    assert steps[2][-1] == Reuse(keep.number, 0, 49)


def test_what_a_move_overwrites_is_kept() -> None:
    """Where a running sequence moves into the place of one that ended, what that one computed is found again."""
    scheduler = make_scheduler(num_slots=2, batch_tokens=128, cache_tokens=1000)
    engine = ToyEngine(scheduler)
    first, second = list(range(100, 150)), list(range(200, 250))
    scheduler.add([make_sequence("first", first, limit=1), make_sequence("second", second, limit=9)])
    engine.step()
    assert [type(step) for step in engine.step().preparations] == [Keep, Reuse]
    again = make_sequence("again", [*first, 7], limit=1)
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
    """Whatever comes, goes, is cancelled or said by force: caches hold what they should, and everything ends once."""
    scheduler = make_scheduler(max_waiting=1000, cache_tokens=data.draw(st.sampled_from([0, 120])))
    engine = ToyEngine(scheduler)
    alive: dict[str, list[Sequence]] = {}
    for number in range(data.draw(st.integers(1, 12))):
        name = str(number)
        prompt = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=30))
        tenant = data.draw(st.sampled_from("ab"))
        count, limit = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 6) | st.integers(1, 60))
        ahead, run = data.draw(st.sampled_from([(0, 0), (0, 2), (3, 0), (20, 30)]))
        alive[name] = [
            make_sequence(name, prompt, limit, choice=choice, tenant=tenant, ahead=ahead) for choice in range(count)
        ]
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
