"""engine/llama/scheduler.py: who runs, and what goes into a step. Without a model: a toy cache keeps the books."""

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine.base import Decoding
from antiphon.engine.llama.scheduler import Plan, Scheduler
from antiphon.engine.llama.sequence import Sequence

SLOTS, BATCH, CHUNK = 4, 16, 4


def make_scheduler(**changes: int) -> Scheduler:
    sizes = {"num_slots": SLOTS, "max_waiting": 8, "batch_tokens": BATCH, "chunk_tokens": CHUNK} | changes
    return Scheduler(**sizes)


def make_sequence(name: str, prompt: list[int], limit: int = 3, *, choice: int = 0, tenant: str = "t") -> Sequence:
    return Sequence((b"me", name), choice, prompt=prompt, limit=limit, decoding=Decoding(), tenant=tenant)


class ToyEngine:
    """Runs plans on lists in place of a KV cache, and checks what llama.cpp would need."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.cache: list[list[int]] = [[] for _ in scheduler.slots]
        self.ended: list[Sequence] = []

    def step(self) -> Plan:
        plan = self.scheduler.schedule()
        for reuse in plan.reuses:
            assert reuse.length <= len(self.cache[reuse.source])
            self.cache[reuse.target] = self.cache[reuse.source][: reuse.length]
        slots = [part.sequence.slot for part in plan.parts]
        assert slots == sorted(set(slots))
        assert [bool(sequence) for sequence in self.scheduler.slots] == sorted(
            (bool(sequence) for sequence in self.scheduler.slots), reverse=True
        ), "used slots are consecutive"
        for sequence, num_tokens, samples in plan.parts:
            cache = self.cache[sequence.slot]
            assert len(cache) == sequence.num_computed
            cache += sequence.uncomputed(num_tokens)
            assert cache == sequence.tokens[: len(cache)], "the cache holds the sequence's own tokens"
            assert samples == (len(cache) == len(sequence.tokens))
        for part in plan.parts:
            self.scheduler.computed(part)
            if part.samples:
                part.sequence.append(len(part.sequence.sampled))
                if len(part.sequence.sampled) >= part.sequence.limit:
                    self.scheduler.remove(part.sequence)
                    self.ended.append(part.sequence)
        return plan


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


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_schedule_keeps_the_books(data: st.DataObject) -> None:
    """Whatever comes, goes and is cancelled: caches hold what they should, and everything ends once."""
    scheduler = make_scheduler(max_waiting=1000)
    engine = ToyEngine(scheduler)
    alive: dict[str, list[Sequence]] = {}
    for number in range(data.draw(st.integers(1, 12))):
        name = str(number)
        prompt = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=30))
        tenant = data.draw(st.sampled_from("ab"))
        count, limit = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 6))
        alive[name] = [make_sequence(name, prompt, limit, choice=choice, tenant=tenant) for choice in range(count)]
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
