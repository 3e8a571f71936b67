"""What is older than it may get is deleted, and nothing else."""

import asyncio
import time

from antiphon.store.retention import MOST_AT_ONCE, Sweeper
from antiphon.store.store import Store
from tests.store.databases import check_nothing_dangles, count_rows, empty, fetch, open_url
from tests.store.records import CREATED, LARGE, make_record, with_images

DAY_S = 24 * 3600.0


async def test_only_what_is_too_old(store: Store) -> None:
    """What was created before a second is deleted, in every project; what was created in it or later is not."""
    await store.completions.add_all(
        [
            make_record(f"{project}{place}", project=project, created=CREATED + place, messages=with_images(LARGE))
            for project in ("ours", "theirs")
            for place in (-2, -1, 0, 1)
        ]
    )
    assert [await store.completions.sweep(CREATED, most=100) for _ in range(3)] == [2, 2, 0]
    kept = [("ours0",), ("ours1",), ("theirs0",), ("theirs1",)]
    assert await fetch(store, "completions", "id") == kept
    await check_nothing_dangles(store)


async def test_most_at_a_time(store: Store) -> None:
    """A sweep deletes so many of a project at most, the oldest first."""
    await store.completions.add_all([make_record(f"{place}", created=place) for place in range(10)])
    assert await store.completions.sweep(8, most=3) == 3
    assert [name for (name,) in await fetch(store, "completions", "id")] == list("3456789")
    assert [await store.completions.sweep(8, most=3) for _ in range(3)] == [3, 2, 0]


async def test_swept_places_stay_known(store: Store) -> None:
    """One can go on from what was swept meanwhile."""
    await store.completions.add_all([make_record("a"), make_record("b", created=CREATED + 1)])
    await store.completions.sweep(CREATED + 1, most=10)
    assert (await store.completions.find_position("ours", "a")).created == CREATED


async def test_sweeper(store: Store) -> None:
    """The sweeper deletes all that is too old, however many they are, and tells how many."""
    now = int(time.time())
    old = [make_record(f"old-{place}", created=now - 2 * int(DAY_S)) for place in range(2 * MOST_AT_ONCE + 1)]
    new = [make_record(f"new-{place}", created=now - place) for place in range(5)]
    await store.completions.add_all([*old, *new])
    sweeper = Sweeper(store.completions, retention_s=DAY_S)
    assert await sweeper.sweep() == len(old)
    assert await sweeper.sweep() == 0
    assert (await count_rows(store))["completions"] == len(new)


async def test_two_sweepers(store: Store, url: str) -> None:
    """Two servers that sweep at once delete each completion once."""
    await store.completions.add_all([make_record(f"{place}", messages=with_images(LARGE)) for place in range(300)])
    async with open_url(url) as other:
        sweepers = [Sweeper(each.completions, retention_s=DAY_S) for each in (store, other)]
        swept = await asyncio.gather(*(sweeper.sweep() for sweeper in sweepers))
        assert sum(swept) == 300
    assert await count_rows(store) == {"deletions": 300}


async def test_sweeps_in_the_background(url: str) -> None:
    """An open store with a retention deletes what is too old by itself; one without deletes nothing."""
    async with open_url(url) as store:
        await empty(store)
        await store.completions.add(make_record("old"))
        await asyncio.sleep(0.05)
        assert await store.completions.get("ours", "old") is not None
    async with open_url(url, retention_s=DAY_S) as store:
        await until_gone(store, "old")
        await store.completions.add(make_record("new", created=int(time.time())))
    async with open_url(url) as store:
        assert await fetch(store, "completions", "id") == [("new",)]


async def until_gone(store: Store, name: str) -> None:
    """Return when a completion is not there any more; each look at it lets others go on."""
    async with asyncio.timeout(10):
        while await store.completions.get("ours", name) is not None:
            pass
