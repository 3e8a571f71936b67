"""Which models are in memory, in any order of events."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine.residency import Decision, Residency, Ticket

LIMIT = 10
NEEDS = {"a": 3, "b": 4, "c": 6, "d": 10}


def residency(limit: int | None = LIMIT, **needs: int) -> Residency:
    """Models of which it is known what they need."""
    built = Residency(needs or NEEDS, limit)
    for name, need in (needs or NEEDS).items():
        built.models[name].need = need
    return built


def load(models: Residency, name: str, *, keep: bool = False) -> Ticket:
    """Somebody has a model loaded, and leaves unless told otherwise."""
    ticket = models.ask(name)
    assert models.decide().load == [name]
    models.loaded(name)
    assert models.decide().admit == [ticket]
    if not keep:
        models.leave(ticket)
        models.decide()
    return ticket


def names(decision: Decision) -> list[str]:
    """Who is unloaded."""
    return [name for name, _ in decision.unload]


def test_a_model_is_loaded_once_for_all_who_wait() -> None:
    """The second who asks waits for the load that the first began, and both are let in when it is done."""
    models = residency()
    first, second = models.ask("a"), models.ask("a")
    assert models.decide() == Decision(["a"], [], [])
    third = models.ask("a")
    assert models.decide() == Decision([], [], [])
    models.loaded("a")
    assert models.decide().admit == [first, second, third]


def test_without_a_limit_nothing_is_unloaded() -> None:
    """Where there is no limit, nobody need know what a model takes."""
    models = Residency(NEEDS, None)
    for name in NEEDS:
        load(models, name)
    assert {resident.state for resident in models.models.values()} == {"in"}


def test_the_least_recently_used_goes_first() -> None:
    """As many idle models go as are needed, those used longest ago first, and the load begins when they are gone."""
    models = residency(limit=13)
    for name in ("a", "b", "c"):
        load(models, name)
    models.leave(models.ask("a"))  # used again, so that b is the oldest
    models.ask("d")
    assert models.decide().unload == [("b", "d"), ("c", "d")]
    models.unloaded("b")
    assert models.decide() == Decision([], [], [])
    models.unloaded("c")
    assert models.decide().load == ["d"]
    assert models.models["a"].state == "in"


def test_an_idle_one_goes_before_a_busy_one() -> None:
    """Whoever is used does not go, however long ago that began."""
    models = residency(limit=9)
    load(models, "a", keep=True)
    load(models, "b")
    models.ask("c")
    assert names(models.decide()) == ["b"]


def test_where_all_are_busy_one_waits_until_one_is_idle() -> None:
    """A busy model goes as soon as its last request has ended."""
    models = residency()
    using = load(models, "c", keep=True)
    waiting = models.ask("d")
    assert models.decide() == Decision([], [], [])
    models.leave(using)
    assert names(models.decide()) == ["c"]
    models.unloaded("c")
    assert models.decide().load == ["d"]
    models.loaded("d")
    assert models.decide().admit == [waiting]


def test_a_busy_model_does_not_keep_another_out_for_ever() -> None:
    """Who asks for a busy model after somebody began to wait for its room waits his turn; who was before goes on."""
    models = residency()
    using = load(models, "c", keep=True)
    waiting, late = models.ask("d"), models.ask("c")
    assert models.decide() == Decision([], [], [])
    models.leave(using)
    assert models.decide().unload == [("c", "d")]
    models.unloaded("c")
    assert models.decide().load == ["d"]
    models.loaded("d")
    assert models.decide().admit == [waiting]
    models.leave(waiting)
    assert models.decide().unload == [("d", "c")]
    models.unloaded("d")
    assert models.decide().load == ["c"]
    models.loaded("c")
    assert models.decide().admit == [late]


def test_when_the_waiting_leaves_everything_is_as_before() -> None:
    """Nobody need make room any more, so who waited behind is let in."""
    models = residency()
    load(models, "c", keep=True)
    waiting, late = models.ask("d"), models.ask("c")
    models.decide()
    models.leave(waiting)
    assert models.decide() == Decision([], [], [late])


def test_a_model_that_nobody_waits_for_any_more_may_go_while_it_loads() -> None:
    """A load that never ends keeps nobody out."""
    models = residency()
    models.leave(models.ask("c"))
    models.decide()
    ticket = models.ask("c")
    assert models.decide().load == ["c"]
    models.leave(ticket)
    models.ask("d")
    assert models.decide().unload == [("c", "d")]


def test_a_model_asked_for_while_it_goes_comes_again() -> None:
    """Who asks in between waits until it is gone, and for the load."""
    models = residency()
    load(models, "c")
    other = models.ask("d")
    assert names(models.decide()) == ["c"]
    again = models.ask("c")
    models.unloaded("c")
    models.decide()
    models.loaded("d")
    assert models.decide().admit == [other]
    models.leave(other)
    assert names(models.decide()) == ["d"]
    models.unloaded("d")
    assert models.decide().load == ["c"]
    models.loaded("c")
    assert models.decide().admit == [again]


def test_who_waits_for_a_model_that_fails_waits_no_longer() -> None:
    """A failed load ends the tickets, and the next one has it tried again, after it is cleared away."""
    models = residency()
    ticket = models.ask("a")
    models.decide()
    assert models.failed("a") == [ticket]
    later = models.ask("a")
    assert models.decide() == Decision([], [], [])
    models.leave(ticket)
    models.unloaded("a")
    assert models.decide().load == ["a"]
    models.loaded("a")
    assert models.decide().admit == [later]


def test_what_grows_makes_idle_ones_go() -> None:
    """When models have become larger than they may be, idle ones go, but never the one used last."""
    models = residency()
    load(models, "a")
    load(models, "b")
    models.models["b"].taken = 8
    assert models.decide().unload == [("a", None)]
    models.unloaded("a")
    models.models["b"].taken = 20
    assert models.decide().unload == []


@pytest.mark.parametrize(("need", "fits"), [(None, False), (10, True), (11, False)])
def test_what_fits(need: int | None, fits: bool) -> None:
    """A model that takes more than all may take does not fit, nor one of which nobody knows what it takes."""
    models = Residency("a", LIMIT)
    models.models["a"].need = need
    assert models.fits("a") == fits
    assert Residency("a", None).fits("a")


class World:
    """What the decisions lead to: loads and unloads under way, requests that run and wait."""

    def __init__(self) -> None:
        self.models = residency()
        self.coming: list[str] = []
        self.going: list[str] = []
        self.waiting: list[Ticket] = []
        self.running: list[Ticket] = []

    def ask(self, number: int) -> None:
        name = list(NEEDS)[number % len(NEEDS)]
        self.waiting.append(self.models.ask(name))

    def leave(self, number: int) -> None:
        if self.waiting:
            self.models.leave(self.waiting.pop(number % len(self.waiting)))

    def end(self, number: int) -> None:
        if self.running:
            self.models.leave(self.running.pop(number % len(self.running)))

    def come(self, number: int) -> None:
        if self.coming:
            self.models.loaded(self.coming.pop(number % len(self.coming)))

    def fail(self, number: int) -> None:
        if self.coming:
            self.going.append(self.coming.pop(number % len(self.coming)))
            dropped = self.models.failed(self.going[-1])
            self.waiting = [ticket for ticket in self.waiting if ticket not in dropped]

    def go(self, number: int) -> None:
        if self.going:
            self.models.unloaded(self.going.pop(number % len(self.going)))

    def grow(self, number: int) -> None:
        inside = [resident for resident in self.models.models.values() if resident.state == "in"]
        if inside:
            inside[number % len(inside)].taken += number

    def decide(self) -> None:
        """Carry a decision out, and look whether it was a good one."""
        load, unload, admit = self.models.decide()
        assert not {name for name, _ in unload} & {ticket.model for ticket in self.running}, "a busy one is unloaded"
        assert not load or self.total("coming", "in", "going") <= LIMIT, "there was no room"
        self.coming = [name for name in self.coming if name not in names(Decision([], unload, []))] + load
        self.going += [name for name, _ in unload]
        self.waiting = [ticket for ticket in self.waiting if ticket not in admit]
        self.running += admit
        assert self.models.decide() == Decision([], [], []), "a decision leaves nothing to decide"
        assert all(self.models.models[ticket.model].state == "in" for ticket in self.running)
        self.check_room()
        assert not self.waiting or self.coming or self.going or self.running, "all wait for nothing"

    def check_room(self) -> None:
        """As long as there is too much, or somebody waits for room, nothing idle stays that could make some."""
        models = self.models.models
        out = [ticket.model for ticket in self.waiting if models[ticket.model].state == "out"]
        needs = [models[name].need or 0 for name in out[:1]]
        if self.total("coming", "in") + sum(needs) > LIMIT:
            used = {ticket.model for ticket in (*self.running, *self.waiting)}
            present = [name for name in models if models[name].state in ("coming", "in")]
            last = max(present, key=lambda name: models[name].used)
            assert [name for name in present if name not in used] in ([], [] if needs else [last])

    def total(self, *states: str) -> int:
        return sum(resident.taken for resident in self.models.models.values() if resident.state in states)


EVENTS: list[Callable[[World, int], None]] = [
    World.ask, World.ask, World.leave, World.end, World.come, World.come, World.fail, World.go, World.grow,
]  # fmt: skip
PROGRESS = (World.end, World.go, World.come)


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 9)), max_size=80))
def test_any_order_of_events(events: list[tuple[Callable[[World, int], None], int]]) -> None:
    """In any order: no busy model goes, the limit is kept wherever an idle one could go, and everybody is served who
    stays, as long as answers, loads and unloads end.
    """
    world = World()
    for event, number in events:
        event(world, number)
        world.decide()
    for _ in range(5 * len(events)):
        for event in PROGRESS:
            event(world, 0)
            world.decide()
    assert not world.waiting


@given(st.lists(st.integers(0, 3), min_size=20, max_size=20))
def test_turns_come(wanted: list[int]) -> None:
    """However many ask for other models all the time, who waits for room gets it."""
    world = World()
    for number in (0, 2):
        world.ask(number)
        world.decide()
        world.come(0)
        world.decide()
    world.ask(3)
    world.decide()
    (first,) = world.waiting
    for number in wanted:
        world.ask(number)
        world.decide()
        for event in PROGRESS:
            event(world, 0)
            world.decide()
    assert first not in world.waiting
