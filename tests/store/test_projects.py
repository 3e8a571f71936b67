"""Projects have nothing in common, whatever their names and the ids in them."""

import pytest

from antiphon.errors import UnknownCursor
from antiphon.store.query import Query
from antiphon.store.record import Position, Record, Term, build_terms
from antiphon.store.store import Store
from tests.store.databases import check_nothing_dangles, count_rows
from tests.store.records import CREATED, LARGE, entry_of, make_record, with_images

PROJECTS = ["ours", "theirs", "", "our", "ours\0", "ours\\0", "OURS", "*", "%", "'"]


async def ids(store: Store, *terms: Term, project: str = "ours") -> list[str]:
    """What is found by these."""
    entries, has_more = await store.completions.page(Query(project=project, terms=terms, limit=100))
    assert not has_more
    return [entry.id for entry in entries]


def everywhere() -> list[Record]:
    """One record with the same id in each project."""
    messages = with_images(LARGE)
    return [
        make_record("a", project=project, created=CREATED + place, metadata={"of": project}, messages=messages)
        for place, project in enumerate(PROJECTS)
    ]


async def test_same_id_in_every_project(store: Store) -> None:
    """Projects have ids, inputs and metadata of their own: the same id is another completion in each."""
    records = everywhere()
    await store.completions.add_all(records)
    for record in records:
        assert await store.completions.get(record.project, "a") == entry_of(record)
        assert [found async for found in store.completions.export(Query(project=record.project))] == [record]
        assert await ids(store, *build_terms("smollm2", {"of": record.project}), project=record.project) == ["a"]
        assert await store.completions.find_position(record.project, "a") == Position(record.created, "a")


async def test_one_of_many_projects_changes(store: Store) -> None:
    """A change or deletion in a project leaves the same id in the others alone, with its inputs."""
    first, *others = everywhere()
    await store.completions.add_all([first, *others])
    await store.completions.update(first.project, "a", {"of": "nobody"})
    await store.completions.delete(first.project, "a")
    for record in others:
        assert [found async for found in store.completions.export(Query(project=record.project))] == [record]
        assert await ids(store, *build_terms(None, {"of": record.project}), project=record.project) == ["a"]
    await check_nothing_dangles(store)


async def test_nothing_of_others(store: Store) -> None:
    """Who belongs to another project cannot see, find, go on from, change or delete a completion."""
    record = make_record("a", project="theirs", metadata={"k": "v"}, messages=with_images(LARGE))
    await store.completions.add_all([record, make_record("gone", project="theirs")])
    await store.completions.delete("theirs", "gone")
    before = await count_rows(store)
    for project in set(PROJECTS) - {"theirs"}:
        await check_sees_nothing(store, project)
    assert await count_rows(store) == before
    assert await store.completions.get("theirs", "a") == entry_of(record)


async def check_sees_nothing(store: Store, project: str) -> None:
    """Nothing that can be asked gives anything."""
    stored = store.completions
    assert await stored.get(project, "a") is None
    assert await stored.known(project, ["a"]) == set()
    assert await stored.messages(project, "a", range, limit=9) is None
    assert await stored.update(project, "a", {}) is None
    assert await stored.delete(project, "a") is False
    assert await ids(store, project=project) == []
    assert await ids(store, *build_terms("smollm2", {"k": "v"}), project=project) == []
    assert [found async for found in stored.export(Query(project=project))] == []
    for name in ("a", "gone"):
        with pytest.raises(UnknownCursor):
            await stored.find_position(project, name)
