"""Uploaded files: added piece by piece, found, read and deleted, by nobody but their project."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import insert

from antiphon.errors import FileNotFound, FileTooLarge, ProjectFull, UnknownCursor
from antiphon.store.files.files import MOST_ROWS, Files
from antiphon.store.files.record import CHUNK_BYTES, File, Limits, is_file_id
from antiphon.store.query import Query
from antiphon.store.record import Position
from antiphon.store.store import Store
from antiphon.store.tables import files as files_table
from tests.store.databases import count_rows, fetch, open_url
from tests.store.uploads import LARGE, LIMITS, NOW, Clock, add, build_files, check_sound, content

NOBODYS = ["file-" + "a" * 24, "file-", "chatcmpl-1", "", "a\0", "file-" + "a" * 10_000, "file-" + "é" * 24]


@pytest.fixture
def clock() -> Clock:
    """Now."""
    return Clock()


@pytest.fixture
def files(store: Store, clock: Clock) -> Files:
    """The store's."""
    return build_files(store, clock)


async def ids(files: Files, project: str = "ours", **query: object) -> list[str]:
    """Those of a page."""
    purpose = query.pop("purpose", None)
    assert purpose is None or isinstance(purpose, str)
    page, _ = await files.page(Query(project=project, **query), purpose=purpose)  # type: ignore[arg-type]
    return [file.id for file in page]


async def read(files: Files, project: str, name: str) -> bytes:
    """What is in a file."""
    return (await files.read(project, name, most_bytes=LIMITS.file_bytes))[1]


SIZES = [1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, LARGE]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("piece", [70_000, CHUNK_BYTES, 3 * CHUNK_BYTES])
async def test_contents(store: Store, files: Files, size: int, piece: int) -> None:
    """What comes in pieces of any size is read as it was, whole or chunk by chunk."""
    data, upload = content(size), files.begin("ours")
    for begin in range(0, size, piece):
        await upload.write(data[begin : begin + piece])
    file = await upload.finish(name="ä\0\\.bin", purpose="user_data", lifetime_s=None)
    assert file == File(id=file.id, created=NOW, name="ä\0\\.bin", purpose="user_data", size=size, expires=None)
    assert is_file_id(file.id)
    assert await files.get("ours", file.id) == file
    assert await files.read("ours", file.id, most_bytes=size) == (file.name, data)
    chunks = [chunk async for chunk in files.stream("ours", file)]
    assert b"".join(chunks) == data and max(map(len, chunks)) <= CHUNK_BYTES
    await check_sound(store, ours=size)


async def test_nobody_sees_what_is_coming(store: Store, files: Files) -> None:
    """Until its last byte is kept a file is not there, though what has come of it counts."""
    upload = files.begin("ours")
    await upload.write(content(3 * CHUNK_BYTES + 1))
    with pytest.raises(FileNotFound):
        await files.get("ours", upload.id)
    assert await ids(files) == []
    with pytest.raises(UnknownCursor):
        await files.find_position("ours", upload.id)
    await check_sound(store, ours=3 * CHUNK_BYTES)


@pytest.mark.parametrize("size", SIZES)
async def test_abandoned(store: Store, files: Files, size: int) -> None:
    """Nothing is left of an upload that is given up."""
    upload = files.begin("ours")
    await upload.write(content(size))
    await upload.abandon()
    await check_sound(store)
    assert set(await count_rows(store)) <= {"file_totals"}


async def test_abandoned_while_it_writes(store: Store, files: Files) -> None:
    """Who stops waiting for a write and gives up leaves nothing, though the transaction went on."""
    upload = files.begin("ours")
    writing = asyncio.ensure_future(upload.write(content(CHUNK_BYTES)))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await upload.abandon()
    await check_sound(store)
    assert set(await count_rows(store)) <= {"file_totals"}


async def test_too_large_a_file(store: Store, files: Files) -> None:
    """A file may have so many bytes and not one more, which is told before they are kept."""
    upload = files.begin("ours")
    await upload.write(content(LIMITS.file_bytes))
    with pytest.raises(FileTooLarge, match=f"{LIMITS.file_bytes} bytes"):
        await upload.write(b"x")
    await upload.abandon()
    await check_sound(store)


async def test_too_large_to_read(files: Files) -> None:
    """A file of more bytes than its reader can take is refused before it is read."""
    file = await add(files, b"12345")
    assert await files.read("ours", file.id, most_bytes=5) == ("a.txt", b"12345")
    with pytest.raises(FileTooLarge, match="limit of 4 bytes"):
        await files.read("ours", file.id, most_bytes=4)


async def test_a_full_project(store: Store, clock: Clock) -> None:
    """A project has so many bytes in files, those that are coming too, and not one more; others have theirs."""
    files = build_files(store, clock, Limits(file_bytes=2 * CHUNK_BYTES, project_bytes=2 * CHUNK_BYTES + 10))
    coming = files.begin("ours")
    await coming.write(content(CHUNK_BYTES))
    first = await add(files, content(CHUNK_BYTES + 10))
    for size in (1, CHUNK_BYTES):
        upload = files.begin("ours")
        with pytest.raises(ProjectFull, match=f"{2 * CHUNK_BYTES + 10} bytes"):
            await upload.write(content(size))
            await upload.finish(name="a", purpose="user_data", lifetime_s=None)
        await upload.abandon()
    await add(files, content(2 * CHUNK_BYTES), project="theirs")
    await check_sound(store, ours=2 * CHUNK_BYTES + 10, theirs=2 * CHUNK_BYTES)
    await files.delete("ours", first.id)
    await add(files, content(CHUNK_BYTES + 10))
    await coming.abandon()
    await add(files, content(CHUNK_BYTES))


async def test_many_at_once(store: Store, files: Files) -> None:
    """Uploads and deletions side by side keep each to itself, and the total exact."""
    for _ in range(2):
        kept = await asyncio.gather(*(add(files, content(CHUNK_BYTES + number)) for number in range(8)))
        assert [await read(files, "ours", file.id) for file in kept] == [content(file.size) for file in kept]
        await check_sound(store, ours=8 * CHUNK_BYTES + sum(range(8)))
        await asyncio.gather(*(files.delete("ours", file.id) for file in kept))
        await check_sound(store)


async def test_many_fill_a_project(store: Store, clock: Clock) -> None:
    """However many come at once, no project gets more than it may have."""
    files = build_files(store, clock, Limits(file_bytes=CHUNK_BYTES, project_bytes=3 * CHUNK_BYTES))
    results = await asyncio.gather(*(add(files, content(CHUNK_BYTES)) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(result, File) for result in results) == 3
    assert sum(isinstance(result, ProjectFull) for result in results) == 5


async def test_projects(store: Store, files: Files) -> None:
    """Another project's file is not there, whatever is asked of it."""
    file = await add(files)
    asks: list[Callable[[], Awaitable[object]]] = [
        lambda: files.get("theirs", file.id),
        lambda: files.read("theirs", file.id, most_bytes=100),
        lambda: files.delete("theirs", file.id),
    ]
    for ask in asks:
        with pytest.raises(FileNotFound):
            await ask()
    with pytest.raises(UnknownCursor):
        await files.find_position("theirs", file.id)
    assert await ids(files, "theirs") == []
    await check_sound(store, ours=file.size)


@pytest.mark.parametrize("name", NOBODYS)
async def test_ids_that_nobody_has(files: Files, name: str) -> None:
    """What is no id, or no file's, is not found."""
    with pytest.raises(FileNotFound):
        await files.get("ours", name)
    with pytest.raises(FileNotFound):
        await files.read("ours", name, most_bytes=1)
    with pytest.raises(FileNotFound):
        await files.delete("ours", name)
    with pytest.raises(UnknownCursor):
        await files.find_position("ours", name)


@pytest.mark.parametrize("size", SIZES)
async def test_deleted(store: Store, files: Files, size: int) -> None:
    """A deleted file is gone with all that is in it, and cannot be deleted again; its place stays known."""
    kept, gone = await add(files), await add(files, content(size))
    await files.delete("ours", gone.id)
    for ask in (files.get, files.delete):
        with pytest.raises(FileNotFound):
            await ask("ours", gone.id)
    await check_sound(store, ours=kept.size)
    assert await fetch(store, "file_chunks", "id", "data") == [(kept.id, b"content")]
    assert await fetch(store, "uploads", "id") == []
    assert await files.find_position("ours", gone.id) == Position(NOW, gone.id)


async def test_deleted_twice_at_once(store: Store, files: Files) -> None:
    """Of several who delete a file one has done it."""
    file = await add(files, content(LARGE))
    results = await asyncio.gather(*(files.delete("ours", file.id) for _ in range(4)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["FileNotFound"] * 3 + ["NoneType"]
    await check_sound(store)


async def test_deleted_while_it_is_read(files: Files) -> None:
    """Who is reading a file that is deleted learns of it, and does not get half of it for the whole."""
    file = await add(files, content(3 * CHUNK_BYTES))
    chunks = files.stream("ours", file)
    assert await anext(chunks) == content(CHUNK_BYTES)
    await files.delete("ours", file.id)
    with pytest.raises(FileNotFound):
        await anext(chunks)


async def test_deleted_bytes_are_used_again(files: Files, store: Store) -> None:
    """A file of SQLite does not grow while what is uploaded takes the place of what was deleted."""
    if not store.database.is_sqlite:
        return
    sizes = []
    for _ in range(5):
        file = await add(files, content(4 * CHUNK_BYTES))
        async with store.database.read() as connection:
            sizes.append((await connection.exec_driver_sql("PRAGMA page_count")).scalar_one())
        await files.delete("ours", file.id)
    assert max(sizes) - sizes[0] < sizes[0] / 10


async def test_expired(store: Store, files: Files, clock: Clock) -> None:
    """A file is there until the second in which it expires, and from then on it is not, though nobody swept it."""
    file, stays = await add(files, lifetime_s=3600), await add(files)
    assert file.expires == NOW + 3600
    clock.now += 3599.9
    assert sorted(await ids(files)) == sorted([file.id, stays.id])
    clock.now = NOW + 3600
    assert await ids(files) == await ids(files, purpose="user_data") == [stays.id]
    for ask in (files.get, files.delete):
        with pytest.raises(FileNotFound):
            await ask("ours", file.id)
    assert len(await fetch(store, "files", "id")) == 2
    assert await files.find_position("ours", file.id) == Position(NOW, file.id)


async def test_lists(files: Files, clock: Clock) -> None:
    """By time, then by id, either way round, of one purpose or all, a page at a time."""
    kept = []
    for number in range(12):
        clock.now = NOW + number // 3
        kept.append(await add(files, purpose="vision" if number % 3 == 0 else "user_data"))
    kept.sort(key=lambda file: (file.created, file.id))
    for descending in (False, True):
        for purpose in (None, "vision", "user_data", "batch", "a\0"):
            expected = [file for file in kept if purpose in (None, file.purpose)][:: -1 if descending else 1]
            found: list[File] = []
            more, after = True, None
            while more:
                query = Query(project="ours", after=after, limit=5, descending=descending)
                page, more = await files.page(query, purpose=purpose)
                found += page
                after = await files.find_position("ours", page[-1].id) if page else None
            assert found == expected


async def test_paging_while_deleting(files: Files, clock: Clock) -> None:
    """Who deletes each file of a page finds the next page."""
    kept = []
    for number in range(7):
        clock.now = NOW + number
        kept.append((await add(files)).id)
    seen: list[str] = []
    after = None
    while page := await ids(files, after=after, limit=3):
        for name in page:
            await files.delete("ours", name)
        seen += page
        after = await files.find_position("ours", page[-1])
    assert seen == kept


async def test_long_pages(store: Store, files: Files) -> None:
    """A page may have more files than are read at once."""
    rows = [
        {"project": "ours", "id": f"file-{number:024}", "created": NOW, "name": "a", "purpose": "user_data", "size": 0}
        for number in range(2 * MOST_ROWS + 10)
    ]
    async with store.database.write() as connection:
        await connection.execute(insert(files_table), rows)
    names = [str(row["id"]) for row in rows]
    for limit in (MOST_ROWS - 1, MOST_ROWS, MOST_ROWS + 1, 2 * MOST_ROWS + 9):
        page, more = await files.page(Query(project="ours", limit=limit))
        assert ([file.id for file in page], more) == (names[:limit], True)
    for limit in (2 * MOST_ROWS + 10, 10_000):
        page, more = await files.page(Query(project="ours", limit=limit))
        assert ([file.id for file in page], more) == (names, False)


async def test_another_server_has_them_too(store: Store, files: Files, clock: Clock, url: str) -> None:
    """What one server keeps another that shares the database reads, and counts."""
    file = await add(files, content(CHUNK_BYTES + 1))
    async with open_url(url) as other:
        theirs = build_files(other, clock)
        assert await read(theirs, "ours", file.id) == content(CHUNK_BYTES + 1)
        await theirs.delete("ours", file.id)
    assert await ids(files) == []
    await check_sound(store)
