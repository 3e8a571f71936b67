"""Batches, with a commit that is handed in and holds until it is let go."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from antiphon.errors import StoreUnavailable
from antiphon.store.batch import MOST_RECORDS, Batcher
from antiphon.store.record import Record


class BadRecord(Exception):
    """Something is wrong with one record."""


class Commits:
    """What was committed. While `gate` is closed a commit does not return. bad: ids that cannot be kept."""

    def __init__(self, *bad: str) -> None:
        self.bad = set(bad)
        self.asked: list[list[str]] = []
        self.kept: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: StoreUnavailable | None = None

    async def __call__(self, wanted: Callable[[], Sequence[Record]]) -> None:
        names = [record.id for record in wanted()]
        self.asked.append(names)
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        if self.bad & set(names):
            raise BadRecord(*names)
        self.kept += names


def record(name: object) -> Record:
    return Record(
        project="p", id=str(name), created=1, model="m", request_id="r", metadata={}, answer="{}", request="{}",
        messages="[]",
    )  # fmt: skip


def ask(batcher: Batcher, *names: object) -> list[asyncio.Task[None]]:
    """Each record from a task of its own."""
    return [asyncio.create_task(batcher.add(record(name)), name=str(name)) for name in names]


async def turn() -> None:
    """Let every task go on until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


async def block(commits: Commits, batcher: Batcher) -> asyncio.Task[None]:
    """A commit of one record that goes on until the gate opens."""
    commits.gate.clear()
    (first,) = ask(batcher, "first")
    await turn()
    return first


async def test_alone() -> None:
    """One record is committed at once, and whoever asked knows that it is kept."""
    commits = Commits()
    await Batcher(commits).add(record("a"))
    assert commits.asked == [["a"]]


async def test_together() -> None:
    """What came while a commit went on is committed together, in the order it came."""
    commits = Commits()
    batcher = Batcher(commits)
    first = await block(commits, batcher)
    others = ask(batcher, *"abc")
    await turn()
    assert commits.asked == [["first"]]
    commits.gate.set()
    await asyncio.gather(first, *others)
    assert commits.asked == [["first"], ["a", "b", "c"]]


async def test_nobody_is_told_before_the_commit() -> None:
    """Who asked waits until the commit has returned."""
    commits = Commits()
    first = await block(commits, batcher := Batcher(commits))
    assert not first.done()
    commits.gate.set()
    await batcher.close()
    assert first.done()


async def test_most_records() -> None:
    """A batch has an upper bound; the rest comes after it."""
    commits = Commits()
    first = await block(commits, batcher := Batcher(commits))
    others = ask(batcher, *range(2 * MOST_RECORDS + 3))
    await turn()
    commits.gate.set()
    await asyncio.gather(first, *others)
    assert [len(names) for names in commits.asked] == [1, MOST_RECORDS, MOST_RECORDS, 3]
    assert commits.kept == ["first", *map(str, range(2 * MOST_RECORDS + 3))]


async def test_cancelled_before_its_turn() -> None:
    """Who stops waiting before the commit has not asked."""
    commits = Commits()
    first = await block(commits, batcher := Batcher(commits))
    a, b = ask(batcher, "a", "b")
    await turn()
    a.cancel()
    await turn()
    commits.gate.set()
    await asyncio.gather(first, b)
    assert a.cancelled()
    assert commits.asked == [["first"], ["b"]]


async def test_all_cancelled_before_their_turn() -> None:
    """When nobody of a batch waits any more there is no commit."""
    commits = Commits()
    first = await block(commits, batcher := Batcher(commits))
    (a,) = ask(batcher, "a")
    await turn()
    a.cancel()
    await turn()
    commits.gate.set()
    await first
    await batcher.close()
    assert commits.asked == [["first"]]


async def test_cancelled_during_the_commit() -> None:
    """Who stops waiting during the commit does not disturb it, for the others' sake."""
    commits = Commits()
    commits.gate.clear()
    a, b = ask(Batcher(commits), "a", "b")
    await turn()
    assert commits.asked == [["a", "b"]]
    a.cancel()
    await turn()
    commits.gate.set()
    await b
    assert a.cancelled()
    assert commits.kept == ["a", "b"]


async def test_bad_record() -> None:
    """A record that cannot be kept fails only who asked for it."""
    commits = Commits("b")
    first = await block(commits, batcher := Batcher(commits))
    a, b, c = ask(batcher, *"abc")
    await turn()
    commits.gate.set()
    results = await asyncio.gather(first, a, b, c, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), type(None), BadRecord, type(None)]
    assert commits.kept == ["first", "a", "c"]
    assert commits.asked == [["first"], ["a", "b", "c"], ["a"], ["b"], ["c"]]


async def test_store_unavailable() -> None:
    """When the database cannot do it, all of the batch fail, and nothing is asked of it again one by one."""
    commits = Commits()
    first = await block(commits, batcher := Batcher(commits))
    others = ask(batcher, *"abc")
    await turn()
    commits.fault = StoreUnavailable("the disk is gone")
    commits.gate.set()
    results = await asyncio.gather(first, *others, return_exceptions=True)
    assert [str(result) for result in results] == ["The store is not available: the disk is gone."] * 4
    assert commits.asked == [["first"], ["a", "b", "c"]]


@pytest.mark.parametrize("fault", [StoreUnavailable("the disk is gone"), None], ids=["unavailable", "bad record"])
async def test_goes_on_after_a_fault(fault: StoreUnavailable | None) -> None:
    """What failed does not fail what comes later."""
    commits = Commits("a")
    commits.fault = fault
    batcher = Batcher(commits)
    with pytest.raises((StoreUnavailable, BadRecord)):
        await batcher.add(record("a"))
    commits.fault = None
    await batcher.add(record("b"))
    assert commits.kept == ["b"]


async def test_close() -> None:
    """Closing returns when nothing waits any more, whoever still waits for it."""
    commits = Commits()
    first = await block(commits, batcher := Batcher(commits))
    others = ask(batcher, *range(MOST_RECORDS + 1))
    closing = asyncio.create_task(batcher.close())
    await turn()
    assert not closing.done()
    commits.gate.set()
    await closing
    assert len(commits.kept) == MOST_RECORDS + 2
    await asyncio.gather(first, *others)


async def test_close_without_work() -> None:
    """Who was never asked has nothing to wait for."""
    await Batcher(Commits()).close()


async def test_every_record_is_kept_once() -> None:
    """However many ask at whatever moment, each record is committed exactly once."""
    commits = Commits()
    batcher = Batcher(commits)

    async def come_late(number: int) -> None:
        for _ in range(number % 7):
            await asyncio.sleep(0)
        await batcher.add(record(number))

    await asyncio.gather(*map(come_late, range(500)))
    assert sorted(commits.kept, key=int) == list(map(str, range(500)))
    assert max(map(len, commits.asked)) <= MOST_RECORDS
