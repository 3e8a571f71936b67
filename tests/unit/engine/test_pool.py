"""The pool with engines whose loading the tests control."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.engine import pool as pools
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from antiphon.errors import ConfigurationError, EngineLoading, ModelNotFound, ModelTooLarge

LIMIT = 10
FAULT = ConfigurationError("The file is broken.")


class LoadedByHand(ScriptedEngine):
    """Is loaded when the test says so. faults: of its next loads; None for one that goes well. grows_to: what it takes
    once it is loaded, where that was misjudged.
    """

    def __init__(self, size: int, *, grows_to: int | None = None) -> None:
        self.size = size
        self.grows_to = grows_to
        self.faults: list[ConfigurationError] = []
        self.fault_of_size: ConfigurationError | None = None
        self.num_starts = 0
        self.num_sized = 0
        self.runs = False
        self.unready_reason: str | None = "it is waiting"
        self.may_load = asyncio.Event()
        self.may_stop = asyncio.Event()
        self.may_stop.set()

    @property
    def memory_bytes(self) -> int | None:  # type: ignore[override]
        return self.grows_to if self.runs else None

    async def estimate_bytes(self) -> int:
        self.num_sized += 1
        await asyncio.sleep(0)
        if self.fault_of_size:
            raise self.fault_of_size
        return self.size

    async def start(self) -> None:
        assert not self.runs, "it is started twice"
        self.runs = True
        self.num_starts += 1

    async def loaded(self) -> None:
        await self.may_load.wait()
        if self.faults:
            raise self.faults.pop()
        self.unready_reason = None

    async def stop(self) -> None:
        await self.may_stop.wait()
        self.runs = False


class Log:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def loading(self, model: str) -> None:
        self.told.append(f"{model} loading")

    def loaded(self, model: str) -> None:
        self.told.append(f"{model} loaded")

    def failed(self, model: str, reason: str) -> None:
        self.told.append(f"{model} failed: {reason}")

    def unloading(self, model: str, room_for: str | None) -> None:
        self.told.append(f"{model} unloading for {room_for}")


class Client:
    """A request that ends when it is told to."""

    def __init__(self, pool: Pool, name: str) -> None:
        self.end = asyncio.Event()
        self.served = asyncio.Event()
        self.task = asyncio.create_task(self._ask(pool, name))

    async def _ask(self, pool: Pool, name: str) -> None:
        async with pool.hold(name) as (_, engine):
            assert isinstance(engine, LoadedByHand) and engine.runs
            self.served.set()
            await self.end.wait()
            assert engine.runs, "it was unloaded in the middle"

    async def stop(self) -> None:
        self.end.set()
        await self.task

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def serve(limit: int | None = LIMIT, *, preload: bool = False, **sizes: int) -> AsyncIterator[Pool]:
    """A pool of such engines, which all load at once unless `may_load` is cleared."""
    pool = Pool({name: LoadedByHand(size) for name, size in sizes.items()}, {}, memory_limit=limit, preload=preload)
    for name in sizes:
        by_hand(pool, name).may_load.set()
    try:
        yield pool
    finally:
        await pool.stop()
        assert not any(by_hand(pool, name).runs for name in sizes)


def by_hand(pool: Pool, name: str) -> LoadedByHand:
    """An engine, as what it is."""
    engine = pool.engines[name]
    assert isinstance(engine, LoadedByHand)
    return engine


async def settle() -> None:
    """Let everything go on that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_only_the_default_is_loaded_at_start() -> None:
    """Others are loaded when they are first used, and stay."""
    async with serve(None, a=1, b=1) as pool:
        await pool.start()
        await pool.loaded()
        assert [by_hand(pool, name).num_starts for name in "ab"] == [1, 0]
        for _ in range(2):
            await Client(pool, "b").stop()
        assert [by_hand(pool, name).num_starts for name in "ab"] == [1, 1]


async def test_all_are_loaded_at_start_where_that_is_asked_for() -> None:
    """`preload`: nobody waits for a first use."""
    async with serve(preload=True, a=5, b=5) as pool:
        await pool.start()
        await pool.loaded()
        assert [by_hand(pool, name).runs for name in "ab"] == [True, True]


async def test_many_wait_for_one_load() -> None:
    """Requests for a model that loads wait for it, and it is loaded once."""
    async with serve(a=1) as pool:
        engine = by_hand(pool, "a")
        engine.may_load.clear()
        clients = [Client(pool, "a") for _ in range(5)]
        await settle()
        assert not any(client.served.is_set() for client in clients)
        engine.may_load.set()
        for client in clients:
            await client.stop()
        assert (engine.num_starts, engine.num_sized) == (1, 1)


@pytest.mark.parametrize("leaves", [0, 1])
async def test_who_leaves_takes_nobody_along(leaves: int) -> None:
    """A client that leaves, also the one for whom the load was begun, does not stop it for others."""
    async with serve(a=1) as pool:
        by_hand(pool, "a").may_load.clear()
        clients = [Client(pool, "a") for _ in range(2)]
        await settle()
        await clients.pop(leaves).leave()
        by_hand(pool, "a").may_load.set()
        await clients[0].stop()
        assert by_hand(pool, "a").num_starts == 1


async def test_room_is_made_and_the_model_comes_again() -> None:
    """Where two do not fit, one goes for the other and comes again when it is asked for."""
    async with serve(a=6, b=6) as pool:
        log = Log()
        pool.watch(log)
        for name in "aba":
            await Client(pool, name).stop()
        assert log.told == [
            "a loading", "a loaded", "a unloading for b", "b loading", "b loaded",
            "b unloading for a", "a loading", "a loaded",
        ]  # fmt: skip


async def test_a_busy_model_is_waited_for() -> None:
    """A request waits until the model in the way is idle; one that comes while that goes has it loaded again."""
    async with serve(a=6, b=6) as pool:
        first = Client(pool, "a")
        await first.served.wait()
        second = Client(pool, "b")
        await settle()
        assert not second.served.is_set() and by_hand(pool, "a").runs
        by_hand(pool, "a").may_stop.clear()
        await first.stop()
        third = Client(pool, "a")
        await settle()
        assert by_hand(pool, "b").num_starts == 0, "the room is not free before the other has ended"
        by_hand(pool, "a").may_stop.set()
        await second.stop()
        await third.stop()
        assert by_hand(pool, "a").num_starts == 2


async def test_a_wait_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot be served within bounds is told so, with 503, and takes up no room."""
    monkeypatch.setattr(pools, "LONGEST_WAIT_S", 0.01)
    async with serve(a=6, b=6) as pool:
        first = Client(pool, "a")
        await first.served.wait()
        with pytest.raises(EngineLoading, match="under --memory-limit there is no room"):
            await Client(pool, "b").task
        by_hand(pool, "b").may_load.clear()
        await first.stop()
        with pytest.raises(EngineLoading, match="it is waiting"):
            await Client(pool, "b").task


async def test_a_load_that_fails_is_told_and_tried_again() -> None:
    """All who wait for it are told why; the next who asks has it loaded again."""
    async with serve(a=1) as pool:
        by_hand(pool, "a").faults = [FAULT, FAULT]
        for num_starts in (1, 2):
            clients = [Client(pool, "a") for _ in range(2)]
            results = await asyncio.gather(*(client.task for client in clients), return_exceptions=True)
            assert [str(result) for result in results] == ["The model 'a' is not ready: The file is broken."] * 2
            assert by_hand(pool, "a").num_starts == num_starts
        await Client(pool, "a").stop()


async def test_a_file_that_is_not_found_is_told() -> None:
    """What fails before there is anything to load is told too, and looked for again by the next."""
    async with serve(a=1) as pool:
        by_hand(pool, "a").fault_of_size = FAULT
        with pytest.raises(EngineLoading, match="The file is broken"):
            await Client(pool, "a").task
        by_hand(pool, "a").fault_of_size = None
        await Client(pool, "a").stop()


async def test_a_model_over_the_limit_is_refused() -> None:
    """A model that alone takes more than the limit is refused, at once where that is known before it is loaded."""
    async with serve(a=11, b=1) as pool:
        by_hand(pool, "b").grows_to = 11
        for name, num_starts in (("a", 0), ("b", 1), ("b", 1)):
            with pytest.raises(ModelTooLarge, match="takes about 11 bytes"):
                await Client(pool, name).task
            assert by_hand(pool, name).num_starts == num_starts


@pytest.mark.parametrize("fault", ["size", "load", "too large", "together"])
async def test_a_start_that_cannot_be(fault: str) -> None:
    """What is to be there from the start and cannot is a mistake of configuration, in one sentence."""
    async with serve(preload=fault == "together", a=11 if fault == "too large" else 6, b=6) as pool:
        by_hand(pool, "a").fault_of_size = FAULT if fault == "size" else None
        by_hand(pool, "a").faults = [FAULT] if fault == "load" else []
        await pool.start()
        with pytest.raises(ConfigurationError):
            await pool.loaded()
        assert not by_hand(pool, "b").num_starts


async def test_what_was_misjudged_is_put_right() -> None:
    """A model that takes more than was thought makes an idle one go when that is seen; a measure is kept for later."""
    async with serve(a=3, b=3) as pool:
        by_hand(pool, "a").grows_to = by_hand(pool, "b").grows_to = 6
        await Client(pool, "a").stop()
        await Client(pool, "b").stop()
        await settle()
        assert [by_hand(pool, name).runs for name in "ab"] == [False, True]
        await Client(pool, "a").stop()
        assert [by_hand(pool, name).runs for name in "ab"] == [True, False]


async def test_the_pool_is_ready_while_its_default_can_come_again() -> None:
    """Not ready before the first load and after a crash; ready where the default was unloaded for another."""
    async with serve(a=6, b=6) as pool:
        assert pool.unready_reason == "it is waiting"
        await pool.start()
        assert pool.unready_reason == "it is waiting"
        await pool.loaded()
        assert pool.unready_reason is None
        by_hand(pool, "a").unready_reason = "it has crashed"
        assert pool.unready_reason == "it has crashed"
        await Client(pool, "b").stop()
        assert not by_hand(pool, "a").runs
        assert pool.unready_reason is None


async def test_an_unknown_model() -> None:
    """No model and no alias of that name: nothing is loaded."""
    async with serve(a=1) as pool:
        with pytest.raises(ModelNotFound):
            await Client(pool, "b").task


async def test_a_stop_in_the_middle_of_everything() -> None:
    """A stop ends loads, unloads and whoever waits; nothing is loaded after it."""
    async with serve(a=6, b=6, c=6) as pool:
        by_hand(pool, "b").may_load.clear()
        await Client(pool, "a").stop()
        waiting = [Client(pool, name) for name in "bac"]
        await settle()
        await pool.stop()
        for client in waiting:
            await client.leave()
        await settle()
        assert not any(by_hand(pool, name).runs for name in "abc")


def do(action: str, number: int, pool: Pool, clients: list[Client]) -> None:
    """One thing that may happen at any time."""
    name = "abcd"[number % 4]
    engine, here = by_hand(pool, name), [client for client in clients if not client.task.done()]
    match action:
        case "ask":
            clients.append(Client(pool, name))
        case "leave" if here:
            here[number % len(here)].task.cancel()
        case "end" if here:
            here[number % len(here)].end.set()
        case "hold up":
            engine.may_load.clear()
            engine.may_stop.clear()
        case "let go":
            engine.may_load.set()
            engine.may_stop.set()
        case "break":
            engine.faults = [FAULT]


ACTIONS = st.sampled_from(["ask", "ask", "leave", "end", "hold up", "let go", "break"])


@settings(max_examples=200)
@given(st.lists(st.tuples(ACTIONS, st.integers(0, 9)), max_size=40))
def test_no_request_is_lost(actions: list[tuple[str, int]]) -> None:
    """In any order of requests, ends, departures, slow loads and failures, everybody is served or told why not."""
    asyncio.run(play(actions))


async def play(actions: list[tuple[str, int]]) -> None:
    """All of it, with something or nothing in between; then whatever holds anybody up goes on."""
    clients: list[Client] = []
    async with serve(a=3, b=4, c=6, d=10) as pool:
        for action, number in actions:
            do(action, number, pool, clients)
            for _ in range(number):
                await asyncio.sleep(0)
        for number in range(4):
            do("let go", number, pool, clients)
        for client in clients:
            client.end.set()
        async with asyncio.timeout(10):
            results = await asyncio.gather(*(client.task for client in clients), return_exceptions=True)
    assert all(result is None or isinstance(result, EngineLoading | asyncio.CancelledError) for result in results)
