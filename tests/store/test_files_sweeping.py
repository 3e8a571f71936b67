"""What has expired is swept, and what is left of uploads that never came to their end; nothing else is."""

import asyncio

import pytest
from sqlalchemy import insert

from antiphon.errors import InvalidRequest
from antiphon.store.files.files import Files
from antiphon.store.files.record import CHUNK_BYTES, Limits
from antiphon.store.files.sweeping import MOST_AT_ONCE, FileSweeper
from antiphon.store.files.upload import IDLE_LIMIT_S, Upload
from antiphon.store.store import Store
from antiphon.store.tables import files as files_table
from tests.store.databases import count_rows, empty, fetch, open_url
from tests.store.uploads import LARGE, NOW, Clock, add, build_files, check_sound, content


@pytest.fixture
def clock() -> Clock:
    """Now."""
    return Clock()


@pytest.fixture
def files(store: Store, clock: Clock) -> Files:
    """The store's."""
    return build_files(store, clock)


async def begin(files: Files, project: str = "ours", *, size: int = LARGE) -> Upload:
    """An upload that is under way."""
    upload = files.begin(project)
    await upload.write(content(size))
    return upload


async def finish(upload: Upload) -> None:
    """All has come."""
    await upload.finish(name="a", purpose="user_data", lifetime_s=None)


async def test_expired_files(store: Store, files: Files, clock: Clock) -> None:
    """Files of all projects that have expired are deleted with what is in them, and their places stay known."""
    for project in ("ours", "theirs"):
        for lifetime_s in (None, 3600, 7200):
            await add(files, content(CHUNK_BYTES + 1), project=project, lifetime_s=lifetime_s)
    clock.now = NOW + 3600
    assert [await FileSweeper(files).sweep() for _ in range(2)] == [2, 0]
    left = 2 * (CHUNK_BYTES + 1)
    await check_sound(store, ours=left, theirs=left)
    assert len(await fetch(store, "deletions", "id")) == 2


async def test_many_expired_files(store: Store, files: Files) -> None:
    """However many they are."""
    told = {"project": "ours", "created": NOW, "name": "a", "purpose": "user_data", "size": 0, "expires": NOW}
    async with store.database.write() as connection:
        rows = [told | {"id": f"file-{number:024}"} for number in range(MOST_AT_ONCE + 5)]
        await connection.execute(insert(files_table), rows)
    assert await FileSweeper(files).sweep() == MOST_AT_ONCE + 5
    assert await fetch(store, "files", "id") == []


async def test_uploads_that_end_nowhere(store: Store, files: Files, clock: Clock) -> None:
    """What a server that was killed had taken of an upload is deleted when nothing has come for long, and no sooner."""
    await begin(files)
    clock.now += IDLE_LIMIT_S
    assert await FileSweeper(files).sweep() == 0
    await check_sound(store, ours=LARGE // CHUNK_BYTES * CHUNK_BYTES)
    clock.now += 1
    assert [await FileSweeper(files).sweep() for _ in range(2)] == [1, 0]
    await check_sound(store)
    assert set(await count_rows(store)) == {"file_totals"}


async def test_uploads_that_go_on(store: Store, files: Files, clock: Clock) -> None:
    """An upload may take as long as it likes, if something comes now and then."""
    upload = await begin(files, size=CHUNK_BYTES)
    for _ in range(3):
        clock.now += IDLE_LIMIT_S
        assert await FileSweeper(files).sweep() == 0
        await upload.write(content(CHUNK_BYTES))
    await finish(upload)
    await check_sound(store, ours=4 * CHUNK_BYTES)


async def test_uploads_that_go_on_too_late(store: Store, files: Files, clock: Clock) -> None:
    """Who goes on with an upload that was swept is told, whether more or the end comes, and there is no half file."""
    uploads = [await begin(files) for _ in range(2)]
    clock.now += IDLE_LIMIT_S + 1
    assert await FileSweeper(files).sweep() == 2
    with pytest.raises(InvalidRequest, match="15 minutes") as caught:
        await uploads[0].write(content(CHUNK_BYTES))
    assert (caught.value.param, caught.value.code) == ("file", "upload_timeout")
    with pytest.raises(InvalidRequest, match="15 minutes"):
        await finish(uploads[1])
    for upload in uploads:
        await upload.abandon()
    await check_sound(store)
    assert await fetch(store, "files", "id") == await fetch(store, "file_chunks", "id") == []


async def test_half_deleted(store: Store, files: Files) -> None:
    """Chunks of a file whose deletion was cut off by the end of a server are swept at once."""
    file = await add(files, content(LARGE))
    async with store.database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM files")
        await connection.exec_driver_sql("DELETE FROM file_totals")
        await connection.exec_driver_sql(f"INSERT INTO uploads VALUES ('ours', '{file.id}', 0, 0)")
    assert await FileSweeper(files).sweep() == 1
    await check_sound(store)
    assert await fetch(store, "file_chunks", "id") == []


async def test_sweepers_and_deletions_at_once(store: Store, files: Files, clock: Clock, url: str) -> None:
    """Several servers that sweep at once, while clients delete and upload, delete each thing once."""
    expired = [await add(files, content(CHUNK_BYTES), lifetime_s=3600) for _ in range(3)]
    lasting = [await add(files, content(LARGE)) for _ in range(2)]
    clock.now += 3600
    async with open_url(url) as other:
        sweepers = [FileSweeper(each) for each in (files, build_files(other, clock))]
        *swept, kept, _, _ = await asyncio.gather(
            *(sweeper.sweep() for sweeper in sweepers * 2),
            add(files, content(CHUNK_BYTES)),
            *(files.delete("ours", file.id) for file in lasting),
        )
        await FileSweeper(files).sweep()
    assert len(expired) <= sum(swept) <= len(expired) + 2 * len(lasting)
    await check_sound(store, ours=kept.size)
    assert await fetch(store, "files", "id") == [(kept.id,)]
    assert await fetch(store, "uploads", "id") == []


async def test_sweeps_in_the_background(url: str) -> None:
    """An open store that takes files sweeps by itself; one that does not leaves them."""
    async with open_url(url) as store:
        await empty(store)
        await add(build_files(store, Clock()), lifetime_s=3600)
    async with open_url(url) as store:
        await asyncio.sleep(0.05)
        assert len(await fetch(store, "files", "id")) == 1
    async with open_url(url, limits=Limits(1, 1)) as store, asyncio.timeout(10):
        while await fetch(store, "files", "id"):
            pass
