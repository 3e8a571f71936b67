"""A host and its guests over a real socket, with models whose loading the tests control."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from antiphon.engine.hosting.divided import Divided
from antiphon.engine.hosting.guest import Guest
from antiphon.engine.hosting.host import Host
from antiphon.engine.llama.upkeep import Follow, Standing
from antiphon.engine.loader import Loader
from antiphon.engine.pool import Pool
from antiphon.engine.scripted import ScriptedEngine
from antiphon.errors import ConfigurationError, EngineLoading, ModelTooLarge

LIMIT = 10
READY = Standing(unready_reason=None, socket_path="/worker", context_length=8)
LOADING, OUT = Standing(unready_reason="it is loading"), Standing(unready_reason="it is not loaded")


class UpkeepByHand:
    """An `Upkeep` whose worker is loaded at once, if `may_load` is set and there is no fault."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.standing = OUT
        self.num_starts = 0
        self.fault: ConfigurationError | None = None
        self.may_load = asyncio.Event()
        self.may_load.set()
        self.followers: list[Follow] = []

    @property
    def memory_bytes(self) -> int | None:
        return None

    def watch(self, follow: Follow) -> None:
        self.followers.append(follow)

    def tell(self, standing: Standing) -> None:
        self.standing = standing
        for follow in self.followers:
            follow(standing)

    async def estimate_bytes(self) -> int:
        return self.size

    async def start(self) -> None:
        self.num_starts += 1
        self.tell(LOADING)

    async def loaded(self) -> None:
        await self.may_load.wait()
        if self.fault:
            raise self.fault
        self.tell(READY)

    async def stop(self) -> None:
        self.tell(OUT)


class House:
    """A host, and what it keeps."""

    def __init__(self, folder: Path, **sizes: int) -> None:
        self.folder = folder
        self.upkeeps = {name: UpkeepByHand(size) for name, size in sizes.items()}
        self.host = Host(self.upkeeps, Loader(self.upkeeps, LIMIT))

    @asynccontextmanager
    async def guest(self) -> AsyncIterator[Guest]:
        """One that has called, and knows what there is."""
        guest = Guest(self.folder, self.upkeeps)
        calling = asyncio.create_task(guest.load_first([]))
        await until(lambda: guest.models["a"].standing == self.upkeeps["a"].standing)
        try:
            yield guest
        finally:
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)
            await guest.stop()

    def states(self) -> list[str]:
        return [self.host.loader.state(name) for name in self.upkeeps]


@asynccontextmanager
async def build_house(folder: Path, **sizes: int) -> AsyncIterator[House]:
    """One that is open."""
    house = House(folder, **sizes)
    await house.host.start(folder)
    try:
        yield house
    finally:
        await house.host.stop()


async def until(condition: Callable[[], bool]) -> None:
    """Let everything go on until that holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 (what it looks at has no event)
            await asyncio.sleep(0.001)


async def test_one_model_for_two(tmp_path: Path) -> None:
    """It is loaded once, whoever asks; both know where its worker listens."""
    async with build_house(tmp_path, a=1) as house, house.guest() as one, house.guest() as two:
        async with one.present("a"), two.present("a"):
            assert [guest.models["a"].standing for guest in (one, two)] == [READY, READY]
            assert house.upkeeps["a"].num_starts == 1
        assert house.states() == ["in"], "nobody needs the room"


async def test_who_comes_late_is_told(tmp_path: Path) -> None:
    """A guest learns of all that was before it; `load_first` is over when the host has begun."""
    async with build_house(tmp_path, a=1, b=1) as house:
        await house.host.load_first(["a"])
        guest = Guest(tmp_path, ["a", "b"])
        await guest.load_first([])
        assert [guest.models[name].standing for name in "ab"] == [READY, OUT]
        assert [guest.state(name) for name in "ab"] == ["in", "out"]
        await guest.stop()


async def test_progress_is_told(tmp_path: Path) -> None:
    """Every standing, in order."""
    async with build_house(tmp_path, a=1) as house, house.guest() as guest:
        told: list[Standing] = []
        guest.models["a"].watch(told.append)
        for share in range(3):
            house.upkeeps["a"].tell(Standing(unready_reason=f"it is loading ({share})"))
        await until(lambda: len(told) == 3)
        assert [standing.unready_reason for standing in told] == [f"it is loading ({share})" for share in range(3)]


async def test_room_is_made_among_guests(tmp_path: Path) -> None:
    """What one guest uses stays, and another waits for its room; then all are told that it has gone."""
    async with build_house(tmp_path, a=6, b=6) as house, house.guest() as one, house.guest() as two:
        async with AsyncExitStack() as held:
            await held.enter_async_context(one.present("a"))
            waiting = asyncio.create_task(hold(two, "b"))
            await asyncio.sleep(0.02)
            assert house.states() == ["in", "out"] and not waiting.done()
        await waiting
        await until(lambda: one.state("b") == two.state("b") == "in")
        assert one.models["a"].standing == two.models["a"].standing == OUT


async def hold(guest: Guest, model: str) -> None:
    """For a moment."""
    async with guest.present(model):
        pass


@pytest.mark.parametrize("admitted", [True, False])
async def test_who_dies_holds_nothing(tmp_path: Path, admitted: bool) -> None:
    """The end of a connection is the end of all holds, of those that wait too."""
    async with build_house(tmp_path, a=6, b=6) as house, house.guest() as kept:
        house.upkeeps["a"].may_load.set() if admitted else house.upkeeps["a"].may_load.clear()
        async with house.guest() as dying:
            using = asyncio.create_task(hold_on(dying, "a"))
            await until(lambda: house.states()[0] == ("in" if admitted else "coming"))
            await dying.stop()
            with pytest.raises(ConfigurationError, match="has ended"):
                await using
        await hold(kept, "b")
        assert house.states() == ["out", "in"]


async def hold_on(guest: Guest, model: str) -> None:
    """Until the host is gone."""
    async with guest.present(model):
        await guest._connection.lost.wait()
        raise ConfigurationError("The host has ended.")


async def test_who_leaves_takes_nobody_along(tmp_path: Path) -> None:
    """A request that ends while it waits does not end the load, or the wait of others."""
    async with build_house(tmp_path, a=1) as house, house.guest() as guest:
        house.upkeeps["a"].may_load.clear()
        leaving, staying = (asyncio.create_task(hold(guest, "a")) for _ in range(2))
        await until(lambda: house.states() == ["coming"])
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await leaving
        house.upkeeps["a"].may_load.set()
        await staying
        assert house.upkeeps["a"].num_starts == 1


async def test_what_cannot_be(tmp_path: Path) -> None:
    """Why a model cannot be loaded, a guest is told as if it had loaded it itself; the next one tries again."""
    async with build_house(tmp_path, a=1, b=11) as house, house.guest() as guest:
        house.upkeeps["a"].fault = ConfigurationError("The file is broken.")
        for _ in range(2):
            with pytest.raises(ConfigurationError, match=r"^The file is broken\.$"):
                await hold(guest, "a")
        with pytest.raises(ModelTooLarge, match="'b' takes about 11 bytes of memory, more than the 10"):
            await hold(guest, "b")
        house.upkeeps["a"].fault = None
        await hold(guest, "a")


async def test_a_host_that_is_gone(tmp_path: Path) -> None:
    """Nobody waits for it: neither who has asked, nor who asks then, nor who finds none."""
    async with build_house(tmp_path, a=1) as house, house.guest() as guest:
        house.upkeeps["a"].may_load.clear()
        waiting = asyncio.create_task(hold(guest, "a"))
        await until(lambda: house.states() == ["coming"])
        await house.host.stop()
        for asking in (waiting, hold(guest, "a"), Guest(tmp_path / "none", ["a"]).load_first([])):
            with pytest.raises(ConfigurationError, match="has ended"):
                await asking


async def test_a_pool_of_both(tmp_path: Path) -> None:
    """A pool has models of the host and models of its own, and asks each of who has it."""
    async with build_house(tmp_path, a=1) as house:
        guest = Guest(tmp_path, ["a"])
        own = Loader({"mine": ScriptedEngine()}, None)
        engines = {"mine": ScriptedEngine(), "a": ScriptedEngine()}
        pool = Pool(engines, {}, presence=Divided(guest, own), memory_limit=LIMIT)
        await pool.start()
        house.upkeeps["a"].fault = ConfigurationError("The file is broken.")
        async with pool.hold("mine") as (name, _):
            assert name == "mine"
        with pytest.raises(EngineLoading, match="The model 'a' is not ready: The file is broken"):
            await asyncio.create_task(hold_in(pool, "a"))
        await house.host.load_first([])
        await pool.loaded()
        await pool.stop()


async def hold_in(pool: Pool, model: str) -> None:
    """For a moment."""
    async with pool.hold(model):
        pass
