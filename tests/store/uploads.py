"""Files as the store gets them, on a clock that tests turn."""

from typing import Any

from antiphon.store.files.files import Files
from antiphon.store.files.record import CHUNK_BYTES, File, Limits
from antiphon.store.store import Store
from tests.store.databases import fetch

NOW = 1_700_000_000
LIMITS = Limits(file_bytes=20 * CHUNK_BYTES, project_bytes=40 * CHUNK_BYTES)
LARGE = 9 * CHUNK_BYTES + 5
"""Bytes of more chunks than one transaction deletes."""


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


def build_files(store: Store, clock: Clock, limits: Limits = LIMITS) -> Files:
    """The store's, by this clock."""
    return Files(store.database, limits=limits, clock=clock)


def content(size: int) -> bytes:
    """Bytes of which no two chunks are the same."""
    pattern = bytes(range(251))
    return (pattern * (size // len(pattern) + 1))[:size]


async def add(files: Files, data: bytes = b"content", *, project: str = "ours", **changes: Any) -> File:
    """A file that is kept."""
    upload = files.begin(project)
    await upload.write(data)
    return await upload.finish(**({"name": "a.txt", "purpose": "user_data", "lifetime_s": None} | changes))


async def check_sound(store: Store, **totals: int) -> None:
    """Each chunk belongs to a file or an upload, never to both; a file has all its bytes; totals are what they say."""
    files = {(project, name): size for project, name, size in await fetch(store, "files", "project", "id", "size")}
    uploads = {(project, name): size for project, name, size in await fetch(store, "uploads", "project", "id", "size")}
    chunks: dict[tuple[str, str], int] = {}
    for project, name, data in await fetch(store, "file_chunks", "project", "id", "data"):
        chunks[project, name] = chunks.get((project, name), 0) + len(data)
    assert not files.keys() & uploads.keys()
    assert chunks.keys() <= files.keys() | uploads.keys()
    assert {key: chunks.get(key, 0) for key in files} == files
    sums: dict[str, int] = {}
    for (project, _), size in [*files.items(), *uploads.items()]:
        sums[project] = sums.get(project, 0) + size
    counted = {project: size for project, size in await fetch(store, "file_totals", "project", "size") if size}
    assert counted == {project: size for project, size in sums.items() if size} == totals
