"""Large inputs are kept once for all that have them, and as long as one has."""

import asyncio
from random import Random

from sqlalchemy import LargeBinary, Text, cast, insert, literal, select

from antiphon.store.query import Query
from antiphon.store.record import Record
from antiphon.store.store import Store
from antiphon.store.tables import blob_uses, blobs
from tests.store.databases import check_nothing_dangles, count_rows, fetch, open_url
from tests.store.records import CREATED, LARGE, large, make_record, with_images

NUM_ADDED = 50


async def export(store: Store, project: str = "ours") -> list[Record]:
    return [record async for record in store.completions.export(Query(project=project))]


async def test_kept_once(store: Store) -> None:
    """An input that many completions have, each several times even, is kept once in a project."""
    records = [make_record(f"{number}", messages=with_images(LARGE, LARGE, large(1))) for number in range(3)]
    await store.completions.add_all(records[:2])
    await store.completions.add(records[2])
    await store.completions.add(make_record("0", project="theirs", messages=with_images(LARGE)))
    assert [data for (data,) in await fetch(store, "blobs", "data")].count(LARGE.encode()) == 2
    assert (await count_rows(store))["blobs"] == 3
    assert (await count_rows(store))["blob_uses"] == 7
    assert all(LARGE not in messages for (messages,) in await fetch(store, "completions", "messages"))


async def test_kept_as_long_as_one_has_it(store: Store) -> None:
    """When a completion is deleted its inputs go, except those that another has."""
    a = make_record("a", messages=with_images(large("own"), large("shared")))
    b = make_record("b", messages=with_images(large("shared")))
    await store.completions.add_all([a, b])
    await store.completions.delete("ours", "a")
    assert await fetch(store, "blobs", "data") == [(large("shared").encode(),)]
    assert await export(store) == [b]
    await check_nothing_dangles(store)
    await store.completions.delete("ours", "b")
    assert await count_rows(store) == {"deletions": 2}


async def test_deleted_with_all_that_share_it(store: Store) -> None:
    """An input goes when the last that have it are swept together."""
    records = [make_record(f"{number}", messages=with_images(LARGE)) for number in range(5)]
    await store.completions.add_all(records)
    assert await store.completions.sweep(CREATED + 1, most=100) == 5
    assert await count_rows(store) == {"deletions": 5}


async def test_added_while_others_are_deleted(store: Store, url: str) -> None:
    """While those that share an input are added and deleted at once, by two servers, none fails and none lacks it."""
    messages = with_images(large("shared"))
    async with open_url(url) as other:
        for turn in range(3):
            await store.completions.add(make_record(f"{turn}", messages=messages))
            added = [make_record(f"{turn}-{number}", messages=messages) for number in range(NUM_ADDED)]
            await asyncio.gather(
                *((other, store)[place % 2].completions.add(record) for place, record in enumerate(added)),
                *(other.completions.delete("ours", f"{turn - 1}-{number}") for number in range(NUM_ADDED)),
                store.completions.delete("ours", f"{turn}"),
                other.completions.delete("ours", f"{turn}"),
            )
            assert await export(store) == sorted(added, key=lambda record: record.id)
            await check_nothing_dangles(store)


async def test_added_and_deleted_alternately(store: Store, url: str) -> None:
    """An input whose last use goes while a new one comes is there afterwards."""
    messages = with_images(large("shared"))
    async with open_url(url) as other:
        await store.completions.add(make_record("0", messages=messages))
        for number in range(1, 40):
            record = make_record(f"{number}", messages=messages)
            await asyncio.gather(store.completions.add(record), other.completions.delete("ours", f"{number - 1}"))
            assert await export(other) == [record]
    await check_nothing_dangles(store)


async def test_swept_while_others_are_added(store: Store, url: str) -> None:
    """Two servers may sweep at once, over all projects, while a third adds and a client deletes: none gets in the way
    of another for ever.
    """
    random = Random(5)
    projects = [f"project-{number}" for number in range(12)]
    async with open_url(url) as second, open_url(url) as third:
        for turn in range(4):
            old = [
                make_record(f"{turn}-{number}", project=project, created=number, messages=with_images(large("shared")))
                for project in projects
                for number in range(6)
            ]
            random.shuffle(old)
            await store.completions.add_all(old)
            new = [
                make_record(f"new-{turn}", project=project, messages=with_images(large("shared"), large(turn)))
                for project in projects
            ]
            random.shuffle(new)
            await asyncio.gather(
                sweep(store),
                sweep(second),
                third.completions.add_all(new),
                *(second.completions.delete(record.project, record.id) for record in random.sample(old, 5)),
            )
            await check_nothing_dangles(store)
        kept = {(project, name) for project, name in await fetch(store, "completions", "project", "id")}
    assert kept == {(project, f"new-{turn}") for project in projects for turn in range(4)}


async def sweep(store: Store) -> None:
    """All that is old."""
    while await store.completions.sweep(CREATED, most=7):
        pass


async def test_very_many_inputs(store: Store) -> None:
    """However many inputs the completions of one sweep have, they are all deleted."""
    await store.completions.add_all([make_record("0"), make_record("1")])
    first = select(literal(0).label("number")).cte(recursive=True)
    numbers = first.union_all(select(first.c.number + 1).where(first.c.number < 34_000))
    name = cast(numbers.c.number, Text)
    kept = select(literal("ours"), name, literal(b"x", LargeBinary))
    used = select(literal("ours"), cast(numbers.c.number % 2, Text), name)
    async with store.database.write() as connection:
        await connection.execute(insert(blobs).from_select(["project", "hash", "data"], kept))
        await connection.execute(insert(blob_uses).from_select(["project", "id", "hash"], used))
    assert await store.completions.sweep(CREATED + 1, most=200) == 2
    assert await count_rows(store) == {"deletions": 2}
