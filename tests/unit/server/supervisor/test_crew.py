"""Who keeps API processes at work, with processes that do what the test says."""

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import ConfigurationError
from antiphon.server.supervisor import crew as crews
from antiphon.server.supervisor.crew import Crew, num_slots
from antiphon.server.supervisor.messages import Drain, End, Order, Ready, Retire
from antiphon.server.supervisor.process import ApiProcess

FAULT = ConfigurationError("The file is broken.")


class ByHand:
    """In place of an API process. It ends when it is told to, unless it is busy, or stuck, which is worse."""

    def __init__(self, slot: int, number: int) -> None:
        self.slot = slot
        self.pid = number
        self.age_s = 60.0
        self.ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        self.ready.add_done_callback(lambda ready: ready.cancelled() or ready.exception())
        self.orders: list[Order] = []
        self.is_busy = self.is_stuck = False
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def send(self, order: Order) -> None:
        self.orders.append(order)
        if not self.is_stuck and (order == End() or not self.is_busy):
            self.end(0)

    async def ended(self) -> int:
        status = await self._ended
        if not self.ready.done():
            self.ready.set_exception(FAULT)
        return status

    def end(self, status: int) -> None:
        if not self._ended.done():
            self._ended.set_result(status)

    def kill(self) -> None:
        self.end(-9)


class Factory:
    """Where they come from. fault: of those that are made from now on; None where they get ready at once."""

    def __init__(self, size: int) -> None:
        self.made: list[ByHand] = []
        self.living: set[int] = set()
        self.fault: Exception | None = None
        self.crew = Crew(size, launch=cast(Any, self.launch), bury=self.bury)

    async def launch(self, slot: int) -> ByHand:
        assert slot not in self.living and 0 <= slot < num_slots(self.crew.size)
        self.living.add(slot)
        await asyncio.sleep(0)
        process = ByHand(slot, len(self.made))
        self.made.append(process)
        if self.fault is None:
            process.ready.set_result(Ready(asks_key=False))
        else:
            process.ready.set_exception(self.fault)
            process.end(1)
        return process

    def bury(self, process: ApiProcess) -> None:
        self.living.remove(process.slot)

    @property
    def active(self) -> list[ByHand]:
        return cast(list[ByHand], self.crew.active)


@pytest.fixture(autouse=True)
def no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the next try."""
    monkeypatch.setattr(crews, "RESTART_DELAYS_S", (0.0,))


async def settle() -> None:
    """Let everything go on that can."""
    for _ in range(30):
        await asyncio.sleep(0)


async def test_a_start() -> None:
    """As many as asked for, each in a slot of its own; a stop tells all of them and waits for them."""
    factory = Factory(3)
    assert await factory.crew.start() == Ready(asks_key=False)
    assert len(factory.active) == 3 and len(factory.living) == 3
    await factory.crew.drain(5)
    assert [process.orders for process in factory.made] == [[Drain(5)]] * 3 and not factory.living


async def test_a_start_that_cannot_be() -> None:
    """What one says is told."""
    factory = Factory(2)
    factory.fault = FAULT
    with pytest.raises(ConfigurationError, match="broken"):
        await factory.crew.start()
    await factory.crew.end()
    assert not factory.living


async def test_replacing() -> None:
    """Each goes when another is ready, and may take its time."""
    factory = Factory(2)
    await factory.crew.start()
    old = list(factory.active)
    for process in old:
        process.is_busy = True
    await factory.crew.replace()
    assert [process.orders for process in old] == [[Retire()]] * 2
    assert len(factory.living) == 4 and not set(factory.active) & set(old)
    old[0].end(0)
    await settle()
    assert len(factory.living) == 3 and len(factory.active) == 2
    await factory.crew.end()


async def test_replacing_by_what_cannot_be() -> None:
    """Nobody goes for one that does not get ready, and nobody comes in its place."""
    factory = Factory(2)
    await factory.crew.start()
    old = list(factory.active)
    factory.fault = FAULT
    with pytest.raises(ConfigurationError, match="broken"):
        await factory.crew.replace()
    await settle()
    assert factory.active == old and len(factory.made) == 3
    assert not any(process.orders for process in old)
    await factory.crew.end()


async def test_one_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new one that does not get ready in time is killed."""
    monkeypatch.setattr(crews, "START_LIMIT_S", 0.01)
    factory = Factory(1)
    await factory.crew.start()
    monkeypatch.setattr(asyncio, "shield", lambda future: asyncio.sleep(1))
    with pytest.raises(ConfigurationError, match=r"not ready within 0\.01 seconds"):
        await factory.crew.replace()
    await settle()
    assert len(factory.living) == 1
    await factory.crew.end()


async def test_who_ends_is_replaced() -> None:
    """Also when that fails at first; the others stay as they are."""
    factory = Factory(2)
    await factory.crew.start()
    first, second = factory.active
    factory.fault = FAULT
    first.end(-11)
    await settle()
    assert factory.active == [second] and len(factory.made) > 3
    factory.fault = None
    await settle()
    assert len(factory.active) == 2 and factory.active[0] is second
    await factory.crew.end()


async def test_a_stop_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not go is killed."""
    monkeypatch.setattr(crews, "END_GRACE_S", 0.05)
    factory = Factory(1)
    await factory.crew.start()
    factory.made[0].is_stuck = True
    await factory.crew.end()
    assert factory.made[0].orders == [End()] and not factory.living


ACTIONS = st.sampled_from(["crash", "replace", "finish", "break", "mend"])


@settings(max_examples=60)
@given(st.lists(st.tuples(ACTIONS, st.integers(0, 9)), max_size=30))
def test_any_order(actions: list[tuple[str, int]]) -> None:
    """Whatever happens, no two that live share a slot, and in the end there are as many as there should be."""
    asyncio.run(play(actions))


async def play(actions: list[tuple[str, int]]) -> None:
    """All of it; `launch` and `bury` look after the slots."""
    factory = Factory(2)
    tasks: set[asyncio.Task[None]] = set()
    await factory.crew.start()
    for action, number in actions:
        do(action, number, factory, tasks)
        for _ in range(number):
            await asyncio.sleep(0)
    factory.fault = None
    while any(not task.done() for task in tasks) or len(factory.active) != 2:
        finish_retired(factory)
        await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    await factory.crew.end()
    assert not factory.living


def do(action: str, number: int, factory: Factory, tasks: set[asyncio.Task[None]]) -> None:
    """One thing that may happen at any time."""
    match action:
        case "crash" if factory.active:
            factory.active[number % len(factory.active)].end(-9)
        case "replace":
            for process in factory.active:
                process.is_busy = bool(number % 2)
            tasks.add(asyncio.create_task(factory.crew.replace()))
        case "finish":
            finish_retired(factory)
        case "break" | "mend":
            factory.fault = FAULT if action == "break" else None


def finish_retired(factory: Factory) -> None:
    """All that are retired have answered."""
    for process in factory.made:
        if process.orders:
            process.end(0)
