"""Models that are in the hub's cache, and how they are removed: by `huggingface_hub`, which knows what others share."""

import fcntl
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from antiphon.catalog.place import folder_of
from antiphon.catalog.wanted import first_part, is_model

if TYPE_CHECKING:
    from huggingface_hub import CachedFileInfo, HFCacheInfo


class Kept(Struct, frozen=True, kw_only=True):
    """A model in the cache. files: all of it, in the cache's terms, of every version. path: what is loaded, of one."""

    repo: str
    file: str
    num_bytes: int
    path: Path
    files: tuple["CachedFileInfo", ...]

    @property
    def source(self) -> str:
        """What `--model NAME=SOURCE` calls it."""
        return f"{self.repo}:{self.file}"


def scan(cache: Path) -> "HFCacheInfo | None":
    """All that is in the cache; None where there is none."""
    from huggingface_hub import CacheNotFound, scan_cache_dir  # noqa: PLC0415 (half a second to import)

    try:
        return scan_cache_dir(cache)
    except (CacheNotFound, ValueError):
        return None


def list_kept(cache: Path) -> list[Kept]:
    """Models by their repositories and names. A model in several files is one."""
    found: dict[tuple[str, str], list[CachedFileInfo]] = {}
    scanned = scan(cache)
    for repo in scanned.repos if scanned else ():
        for revision in repo.revisions:
            for file in revision.files:
                name = file.file_path.relative_to(revision.snapshot_path).as_posix()
                if repo.repo_type == "model" and is_model(name):
                    found.setdefault((repo.repo_id, first_part(name)), []).append(file)
    return [build_kept(repo, file, infos) for (repo, file), infos in sorted(found.items())]


def build_kept(repo: str, file: str, infos: list["CachedFileInfo"]) -> Kept:
    """From its files, of which several versions may have the same."""
    infos.sort(key=lambda info: (info.file_path.name, -info.blob_last_modified))
    contents = {info.blob_path: info.size_on_disk for info in infos}
    return Kept(repo=repo, file=file, num_bytes=sum(contents.values()), path=infos[0].file_path, files=tuple(infos))


def list_unfinished(cache: Path, repo: str) -> list[Path]:
    """What fetches that were broken off left of a repository's files."""
    return sorted((folder_of(cache, repo) / "blobs").glob("*.incomplete"))


def remove(cache: Path, models: Iterable[Kept], unfinished: Iterable[Path]) -> int:
    """Delete these; the bytes that this frees. What other files share stays."""
    freed = sum(map(remove_unfinished, unfinished))
    scanned, files = scan(cache), [file for model in models for file in model.files]
    if scanned and files:
        strategy = scanned.delete_files(*files)
        strategy.execute()
        freed += strategy.expected_freed_size
    return freed


def remove_unfinished(path: Path) -> int:
    """Its bytes, 0 where somebody is just fetching it."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        size = path.stat().st_size
        path.unlink()
        return size
