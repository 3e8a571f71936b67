"""Adding, getting, changing and deleting stored completions, each within its project."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from msgspec.structs import replace

from antiphon.errors import UnknownCursor
from antiphon.store.query import Query
from antiphon.store.record import Position, Term, build_terms
from antiphon.store.rows import DELETIONS_KEPT_S
from antiphon.store.store import Store
from antiphon.store.tables import deletions
from tests.store.databases import count_rows, fetch, open_url
from tests.store.records import CREATED, LARGE, entry_of, large, make_record, render, with_images

NASTY = {
    "quotes": "'\"`'' OR 1=1 --", "SQL": "'); DROP TABLE completions; --", "wildcards": "%_*?%", "[brackets]": "[a][",
    "backslashes": "\\\\0\\n\\", "NUL": "a\0b\0\\0", "\0": "\0", "emoji": "👩‍👩‍👧‍👦é", "empty": "", "": "empty key",
    "longest" + "😀" * 57: "".join(chr(0x1F300 + number) for number in range(512)), "white": " \t\r\n\u2028",
    "$1": ":p0 $1 ? %s %(a)s {x}", "ends": "\U0010ffff\x01\ufffe",
}  # fmt: skip
"""As many pairs as metadata may have, about."""


async def ids(store: Store, *terms: Term, project: str = "ours") -> list[str]:
    """What is found by these."""
    entries, has_more = await store.completions.page(Query(project=project, terms=terms, limit=100))
    assert not has_more
    return [entry.id for entry in entries]


def everything(count: int) -> Sequence[int]:
    return range(count)


async def test_add_and_get(store: Store) -> None:
    """What was added is there, exactly, as soon as adding has returned."""
    record = make_record("a", metadata=NASTY, model="m\0", answer='{"text":"\\u0000😀"}', request='{"x":1e-7}')
    await store.completions.add(record)
    assert await store.completions.get("ours", "a") == entry_of(record)


async def test_get_what_is_not_there(store: Store) -> None:
    """None stands for a completion that is not there."""
    assert await store.completions.get("ours", "a") is None


async def test_known(store: Store) -> None:
    """Of some ids, those are told that the project has."""
    await store.completions.add_all([make_record("a"), make_record("b"), make_record("c", project="theirs")])
    assert await store.completions.known("ours", ["a", "b", "c", "d"]) == {"a", "b"}
    assert await store.completions.known("ours", ["c"]) == set()
    assert await store.completions.known("ours", []) == set()


async def test_all_or_none(store: Store) -> None:
    """Of records that are kept together all are or none."""
    await store.completions.add(make_record("b"))
    before = await count_rows(store)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.completions.add_all([make_record("a", messages=with_images(LARGE)), make_record("b")])
    assert await count_rows(store) == before


async def test_added_together(store: Store) -> None:
    """However many are added at once, one that cannot be kept disturbs no other."""
    await store.completions.add(make_record("taken"))
    records = [make_record(f"{number:03}") for number in range(300)]
    adding = [store.completions.add(record) for record in (*records[:150], make_record("taken"), *records[150:])]
    results = await asyncio.gather(*adding, return_exceptions=True)
    assert [number for number, result in enumerate(results) if result is not None] == [150]
    assert await store.completions.known("ours", [record.id for record in records]) == {item.id for item in records}


async def test_nasty_metadata(store: Store) -> None:
    """Whatever keys and values are made of, a completion is found by them, and by nothing that only resembles them."""
    for number, (key, value) in enumerate(NASTY.items()):
        await check_is_found(store, f"project-{number}", key, value)


async def check_is_found(store: Store, project: str, key: str, value: str) -> None:
    """By this pair, among others that resemble it."""
    near = [f"{value} ", f"{value}%", value.upper() + "x", value.replace("\\", "\\\\") + "\\", value[:-1] + "\0x"]
    pairs = {"this": {key: value}, "both": NASTY, "other": {f"{key}]": value}, "none": {}}
    pairs |= {f"{place}": {key: text} for place, text in enumerate(near)}
    await store.completions.add_all(
        [make_record(name, project=project, metadata=metadata) for name, metadata in pairs.items()]
    )
    assert await ids(store, *build_terms(None, {key: value}), project=project) == ["both", "this"]
    assert await ids(store, *build_terms("smollm2", NASTY), project=project) == ["both"]


async def test_longest_metadata_that_does_not_compress(store: Store) -> None:
    """The longest key with the longest value, of characters of four bytes, is found, though an index holds them."""
    random = "".join(chr(0x10000 + (number * 7919 * 7919) % 0xFFFFF) for number in range(1, 577))
    metadata = {random[:64]: random[64:]}
    record = make_record("c" * 40, project="p" * 64, metadata=metadata)
    await store.completions.add(record)
    assert await ids(store, *build_terms(None, metadata), project="p" * 64) == [record.id]


async def test_update(store: Store) -> None:
    """New metadata replaces the old, and with it what the completion is found by; nothing else changes."""
    record = make_record("a", metadata={"old": "1", "same": "2"}, messages=with_images(LARGE))
    await store.completions.add(record)
    for metadata in ({"same": "2", "new": "\0"}, {"same": "3"}, {}, NASTY):
        entry = replace(entry_of(record), metadata=metadata)
        assert await store.completions.update("ours", "a", metadata) == entry
        assert await store.completions.get("ours", "a") == entry
        terms = [("model", "smollm2"), *((f"metadata[{key}]", value) for key, value in metadata.items())]
        assert sorted(await fetch(store, "terms", "field", "value")) == sorted(terms)
    assert await ids(store, Term("metadata[old]", "1")) == []
    assert [found async for found in store.completions.export(Query(project="ours"))] == [
        replace(record, metadata=NASTY)
    ]


async def test_updates_at_the_same_time(store: Store) -> None:
    """Of changes made at once one comes last, and the completion is found by that one alone."""
    await store.completions.add(make_record("a"))
    await asyncio.gather(*(store.completions.update("ours", "a", {"n": str(number)}) for number in range(20)))
    entry = await store.completions.get("ours", "a")
    assert entry is not None
    assert sorted(await fetch(store, "terms", "field", "value")) == [
        ("metadata[n]", entry.metadata["n"]), ("model", "smollm2")
    ]  # fmt: skip


async def test_delete(store: Store) -> None:
    """A deleted completion is gone with all that belongs to it, and can be deleted once."""
    await store.completions.add(make_record("a", metadata=NASTY, messages=with_images(LARGE, large(1))))
    assert await store.completions.delete("ours", "a") is True
    assert await store.completions.delete("ours", "a") is False
    assert await store.completions.get("ours", "a") is None
    assert await store.completions.messages("ours", "a", everything, limit=10) is None
    assert await store.completions.update("ours", "a", {}) is None
    assert await ids(store) == []
    assert await count_rows(store) == {"deletions": 1}


async def test_deleted_at_the_same_time(store: Store) -> None:
    """Of several who delete the same, one has deleted it."""
    await store.completions.add(make_record("a", messages=with_images(LARGE)))
    results = await asyncio.gather(*(store.completions.delete("ours", "a") for _ in range(8)))
    assert sorted(results) == [False] * 7 + [True]


async def test_changed_while_deleted(store: Store) -> None:
    """A change of what is being deleted leaves nothing behind."""
    for number in range(10):
        name = f"{number}"
        await store.completions.add(make_record(name, metadata={"a": "1"}))
        await asyncio.gather(
            store.completions.update("ours", name, {"a": "2"}),
            store.completions.delete("ours", name),
            store.completions.update("ours", name, {"a": "3"}),
        )
    assert await count_rows(store) == {"deletions": 10}


async def test_same_id_again(store: Store) -> None:
    """An id that was deleted can be used again, and be deleted again."""
    for created in (CREATED, CREATED + 5):
        await store.completions.add(make_record("a", created=created))
        assert await store.completions.find_position("ours", "a") == Position(created, "a")
        assert await store.completions.delete("ours", "a")
        assert await store.completions.find_position("ours", "a") == Position(created, "a")


async def test_messages(store: Store) -> None:
    """Messages come by their numbers, in the order asked for, as they were sent, with whether there are more."""
    contents = [f"text {number}" for number in range(5)]
    sent = [{"role": "user", "content": content} for content in contents]
    await store.completions.add(make_record("a", messages=render(sent)))
    asked: list[int] = []

    def choose(count: int) -> Sequence[int]:
        asked.append(count)
        return [4, 1, 2]

    found = await store.completions.messages("ours", "a", choose, limit=2)
    assert found == ([(4, msgspec.json.encode(sent[4])), (1, msgspec.json.encode(sent[1]))], True)
    found = await store.completions.messages("ours", "a", choose, limit=3)
    assert found is not None and [number for number, _ in found[0]] == [4, 1, 2] and not found[1]
    assert asked == [5, 5]
    assert await store.completions.messages("ours", "a", lambda count: range(0), limit=3) == ([], False)


async def test_large_messages(store: Store) -> None:
    """Large inputs are in the messages as they were sent, whichever are asked for."""
    sent = [msgspec.json.decode(with_images(LARGE, large(number)))[0] for number in range(3)]
    await store.completions.add(make_record("a", messages=render(sent)))
    found = await store.completions.messages("ours", "a", everything, limit=10)
    assert found is not None
    assert [msgspec.json.decode(message) for _, message in found[0]] == sent


async def test_export(store: Store) -> None:
    """An export has every record exactly as it was added, in order, however few are read at a time."""
    records = [
        make_record(f"{number:02}", created=CREATED + number // 3, metadata=NASTY, messages=messages)
        for number in range(20)
        for messages in [with_images(LARGE, large(number), "https://example.com/a.png") if number % 2 else render([])]
    ]
    await store.completions.add_all(records)
    for limit in (1, 3, 20, 100):
        query = Query(project="ours", limit=limit, descending=limit == 3)
        found = [record async for record in store.completions.export(query)]
        assert found == (records[::-1] if query.descending else records)


async def test_export_of_some(store: Store) -> None:
    """An export can be of what is found by a filter, and begin after a place."""
    records = [make_record(f"{number}", metadata={"odd": str(number % 2)}) for number in range(9)]
    await store.completions.add_all(records)
    query = Query(
        project="ours", terms=tuple(build_terms("smollm2", {"odd": "1"})), after=Position(CREATED, "3"), limit=1
    )
    assert [record.id async for record in store.completions.export(query)] == ["5", "7"]


INPUTS = {"its own": [large(2)], "a shared one": [large(1), large(2)]}
"""What a completion has that is deleted while it is read."""


@pytest.mark.parametrize("images", INPUTS.values(), ids=INPUTS)
async def test_export_while_deleting(store: Store, images: list[str]) -> None:
    """What is deleted while an export goes on is left out of it or whole in it, and the export goes on."""
    records = [make_record(f"{number}", messages=with_images(large(number))) for number in range(6)]
    records[2] = replace(records[2], messages=with_images(*images))
    await store.completions.add_all(records)
    found = []
    async for record in store.completions.export(Query(project="ours", limit=4)):
        found.append(record)
        if record == records[0]:
            await store.completions.delete("ours", "2")
            await store.completions.delete("ours", "5")
    assert [record for record in found if record.id != "2"] == [records[0], records[1], records[3], records[4]]
    assert all(record in records for record in found)


@pytest.mark.parametrize("images", INPUTS.values(), ids=INPUTS)
async def test_messages_while_deleting(store: Store, url: str, images: list[str]) -> None:
    """The messages of a completion that is deleted while they are read are whole, or it is not there."""
    messages = with_images(*images)
    await store.completions.add_all(
        [make_record("a", messages=messages), make_record("b", messages=with_images(large(1)))]
    )

    def choose(count: int) -> Sequence[int]:
        with ThreadPoolExecutor(1) as other:
            assert other.submit(asyncio.run, delete_elsewhere(url, "a")).result()
        return range(count)

    found = await store.completions.messages("ours", "a", choose, limit=9)
    assert found in (None, ([(0, render(msgspec.json.decode(messages)[0]).encode())], False))


async def delete_elsewhere(url: str, name: str) -> bool:
    """As another server would."""
    async with open_url(url) as store:
        return await store.completions.delete("ours", name)


async def test_ids_that_are_none(store: Store) -> None:
    """Whatever a client may write as an id, there is simply no such completion and no such place."""
    await store.completions.add(make_record("a"))
    for name in ("never", "", "A", "a ", "a%", "a\0", "\0", "a\\", "x" * 5000, "é😀", "'", "a\n"):
        await check_is_none(store, name)


async def check_is_none(store: Store, name: str) -> None:
    """Nothing has this id."""
    assert await store.completions.get("ours", name) is None
    assert await store.completions.messages("ours", name, everything, limit=1) is None
    assert await store.completions.update("ours", name, {}) is None
    assert await store.completions.delete("ours", name) is False
    with pytest.raises(UnknownCursor):
        await store.completions.find_position("ours", name)


async def test_deleted_places_are_forgotten(store: Store) -> None:
    """Where a completion stood is known for a day after it was deleted, and no longer than until a later deletion."""
    now = int(time.time())
    old = [("yesterday", now - DELETIONS_KEPT_S - 60), ("today", now - DELETIONS_KEPT_S + 60)]
    async with store.database.write() as connection:
        rows = [{"project": "ours", "id": name, "created": CREATED, "deleted": when} for name, when in old]
        await connection.execute(deletions.insert(), rows)
    await store.completions.add(make_record("a", project="theirs"))
    await store.completions.delete("theirs", "a")
    assert await store.completions.find_position("ours", "today") == Position(CREATED, "today")
    with pytest.raises(UnknownCursor):
        await store.completions.find_position("ours", "yesterday")


async def test_projects(store: Store) -> None:
    """Each project that has a completion is told once, in order."""
    assert await store.completions.projects() == []
    await store.completions.add_all(
        [make_record(name, project=project) for project in ("theirs", "ours", "b:c") for name in ("a", "b")]
    )
    assert await store.completions.projects() == ["b:c", "ours", "theirs"]
