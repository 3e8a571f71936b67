"""What a store holds, counted."""

from pathlib import Path

from antiphon.store.statistics import ProjectStatistics, compute_statistics
from antiphon.store.store import Store
from tests.store.records import CREATED, large, make_record, with_images


async def test_empty(store: Store) -> None:
    """An empty store has no projects, and takes some room nevertheless."""
    statistics = await compute_statistics(store.database)
    assert statistics.projects == ()
    assert statistics.database_bytes > 0


async def test_projects(store: Store) -> None:
    """Each project has its own numbers, and a shared input counts once."""
    await store.completions.add_all(
        [
            make_record("a", project="b\0", created=CREATED + 5),
            make_record("a", created=CREATED + 3, messages=with_images(large(1), large(22))),
            make_record("b", created=CREATED + 1, messages=with_images(large(1))),
            make_record("c", created=CREATED + 2),
        ]
    )
    first = ProjectStatistics(
        project="b\0", num_completions=1, first=CREATED + 5, last=CREATED + 5, num_blobs=0, blob_bytes=0
    )
    second = ProjectStatistics(
        project="ours",
        num_completions=3,
        first=CREATED + 1,
        last=CREATED + 3,
        num_blobs=2,
        blob_bytes=len(large(1)) + len(large(22)),
    )
    assert (await compute_statistics(store.database)).projects == (first, second)


async def test_size(store: Store, url: str) -> None:
    """The size is that of the database: it grows with what is in it, and on SQLite is that of the file."""
    before = (await compute_statistics(store.database)).database_bytes
    images = [large(number) * 20 for number in range(20)]
    await store.completions.add_all(
        [make_record(f"{n}", messages=with_images(image)) for n, image in enumerate(images)]
    )
    after = (await compute_statistics(store.database)).database_bytes
    assert after > before
    if url.startswith("sqlite"):
        await store.database.close()
        assert size_of_file(url) == after


def size_of_file(url: str) -> int:
    """Of a database of SQLite."""
    return Path(url.removeprefix("sqlite:///")).stat().st_size
