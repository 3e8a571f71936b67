"""Lists: their order, their pages and their filters."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest
from msgspec.structs import replace

from antiphon.errors import UnknownCursor
from antiphon.store.query import Query
from antiphon.store.record import Entry, Position, Record, build_terms
from antiphon.store.store import Store
from tests.store.records import CREATED, entry_of, make_record


async def walk(store: Store, query: Query) -> AsyncIterator[Entry]:
    """A whole list, page by page, each from the id of the last entry, as clients do."""
    has_more = True
    while has_more:
        entries, has_more = await store.completions.page(query)
        assert len(entries) == query.limit or not has_more
        for entry in entries:
            yield entry
        if has_more:
            query = replace(query, after=await store.completions.find_position(query.project, entries[-1].id))


async def ids(store: Store, query: Query) -> list[str]:
    return [entry.id async for entry in walk(store, query)]


def in_order(record: Record | Entry) -> Position:
    """By time, then by id as bytes."""
    return Position(record.created, record.id)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 7, 100])
async def test_order(store: Store, limit: int, descending: bool) -> None:
    """A list is in the order of time, then of ids byte by byte, whatever the locale, in both directions."""
    names = ["a", "B", "b", "A", "a-1", "a_1", "a1", "aa", "Z", "z", "10", "9", ".", ":", "-", "_", "a:"]
    records = [make_record(name, created=CREATED + place % 3) for place, name in enumerate(names)]
    await store.completions.add_all(records)
    expected = sorted(map(entry_of, records), key=in_order, reverse=descending)
    found = [entry async for entry in walk(store, Query(project="ours", limit=limit, descending=descending))]
    assert found == expected


@pytest.mark.parametrize(("limit", "has_more"), [(1, True), (2, True), (3, False), (4, False)])
async def test_whether_there_is_more(store: Store, limit: int, has_more: bool) -> None:
    """A page says whether there is another, also when it ends where the list does."""
    await store.completions.add_all([make_record(name, metadata={"k": "v"}) for name in "abc"])
    for terms in ((), tuple(build_terms("smollm2", {"k": "v"}))):
        entries, more = await store.completions.page(Query(project="ours", limit=limit, terms=terms))
        assert (len(entries), more) == (min(limit, 3), has_more)


async def test_nothing(store: Store) -> None:
    """A list may be empty."""
    for terms in ((), tuple(build_terms("smollm2", {"k": "v"}))):
        assert await store.completions.page(Query(project="ours", terms=terms)) == ([], False)


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("descending", [False, True])
async def test_added_while_paging(store: Store, descending: bool, filtered: bool) -> None:
    """Of a list that grows in the same second, while it is read, nothing that was there is skipped or told twice."""
    random = Random(7)
    there = [make_record(f"{random.random()}", created=CREATED + number % 2) for number in range(60)]
    await store.completions.add_all(there)
    reading = True

    async def insert(name: str) -> None:
        while reading:
            created = CREATED + random.randrange(2)
            await store.completions.add(make_record(f"{random.random()}-{name}", created=created))

    inserting = [asyncio.create_task(insert(f"{number}")) for number in range(4)]
    terms = tuple(build_terms("smollm2", None)) if filtered else ()
    query = Query(project="ours", limit=3, descending=descending, terms=terms)
    found = []
    async for entry in walk(store, query):
        found.append(entry)
        if len(found) == 150:
            reading = False
    reading = False
    await asyncio.gather(*inserting)
    places = list(map(in_order, found))
    assert places == sorted(set(places), reverse=descending)
    assert {record.id for record in there} <= {entry.id for entry in found}


@pytest.mark.parametrize("descending", [False, True])
async def test_deleted_while_paging(store: Store, descending: bool) -> None:
    """Who deletes each page that was read goes on from an id that is gone, and sees everything."""
    records = [make_record(f"{number:02}", created=CREATED + number // 4) for number in range(20)]
    await store.completions.add_all(records)
    found = []
    query = Query(project="ours", limit=3, descending=descending)
    async for entry in walk(store, query):
        found.append(entry.id)
        assert await store.completions.delete("ours", entry.id)
    assert found == sorted((record.id for record in records), reverse=descending)


async def test_changed_while_paging(store: Store) -> None:
    """A change of metadata moves nothing."""
    await store.completions.add_all([make_record(name) for name in "abcdef"])
    found = []
    async for entry in walk(store, Query(project="ours", limit=2)):
        found.append(entry.id)
        await store.completions.update("ours", entry.id, {"seen": "yes"})
    assert found == list("abcdef")


async def test_unknown_cursor(store: Store) -> None:
    """One cannot go on from an id that never was; the error names it."""
    with pytest.raises(UnknownCursor, match="'nothing'"):
        await store.completions.find_position("ours", "nothing")


async def test_after_a_place_without_completion(store: Store) -> None:
    """What comes after a place does not depend on whether anything is there."""
    await store.completions.add_all([make_record("b"), make_record("d"), make_record("a", created=CREATED + 1)])
    after = Query(project="ours", after=Position(CREATED, "c"))
    assert await ids(store, after) == ["d", "a"]
    assert await ids(store, replace(after, descending=True)) == ["b"]


MODELS = ["m", "M", "metadata[a]"]
KEYS = ["a", "b", "model", "a]"]
VALUES = ["", "x", "X", "x\0", "%"]


async def test_filters(store: Store) -> None:
    """Whatever filters are combined, in either order and from any place, a page has exactly what matches all."""
    random = Random(11)
    records = [
        make_record(
            f"{number:03}",
            project=random.choice(["ours", "theirs"]),
            created=CREATED + random.randrange(40),
            model=random.choice(MODELS),
            metadata={key: random.choice(VALUES) for key in random.sample(KEYS, random.randrange(5))},
        )
        for number in range(300)
    ]
    await store.completions.add_all(records)
    for _ in range(150):
        model = random.choice([None, *MODELS])
        metadata = {key: random.choice(VALUES) for key in random.sample(KEYS, random.randrange(4))}
        query = Query(
            project="ours",
            terms=tuple(build_terms(model, metadata)),
            after=random.choice([None, in_order(random.choice(records))]),
            limit=random.randrange(1, 30),
            descending=random.random() < 0.5,
        )
        expected = sorted(
            (record for record in records if matches(record, query, model, metadata)),
            key=in_order,
            reverse=query.descending,
        )
        entries, has_more = await store.completions.page(query)
        assert entries == [entry_of(record) for record in expected[: query.limit]]
        assert has_more == (len(expected) > query.limit)


def matches(record: Record, query: Query, model: str | None, metadata: dict[str, str]) -> bool:
    """What a filter means."""
    after = query.after or (Position(2**40, "") if query.descending else Position(0, ""))
    is_beyond = in_order(record) < after if query.descending else in_order(record) > after
    is_model = model is None or record.model == model
    return record.project == query.project and is_beyond and is_model and metadata.items() <= record.metadata.items()


async def test_rarest_filter(store: Store) -> None:
    """Which of several filters is the rare one changes nothing, however many completions the other has."""
    records = [make_record(f"{number:04}", metadata={"all": "1", "some": str(number % 700)}) for number in range(2100)]
    await store.completions.add_all(records)
    for metadata in ({"all": "1", "some": "5"}, {"some": "5", "all": "1"}):
        query = Query(project="ours", terms=tuple(build_terms("smollm2", metadata)), limit=2)
        assert await ids(store, query) == ["0005", "0705", "1405"]
