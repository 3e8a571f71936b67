"""Where a file of the hub is in its cache: laid out as `huggingface_hub` does, which so finds what is fetched here.

The content is in `blobs`, by its tag; a version of the repository is a folder of links to contents; `refs/main` says
which version is the newest. https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

import os
from pathlib import Path

from antiphon.catalog.remote import RemoteFile


class Place:
    """cache: the folder of all repositories."""

    def __init__(self, cache: Path, file: RemoteFile) -> None:
        self.repo = folder_of(cache, file.repo)
        self.content = self.repo / "blobs" / file.tag
        self.unfinished = self.repo / "blobs" / f"{file.tag}.incomplete"
        self.link = self.repo / "snapshots" / file.commit / file.name
        self.newest = self.repo / "refs" / "main"
        self.commit = file.commit

    @property
    def is_complete(self) -> bool:
        """Whether the content is there: it gets its name when all of it is, and was checked."""
        return self.content.exists()

    def enter(self) -> None:
        """Make the content findable by the file's name."""
        self.link.parent.mkdir(parents=True, exist_ok=True)
        self.newest.parent.mkdir(parents=True, exist_ok=True)
        if not self.link.exists():
            self.link.unlink(missing_ok=True)  # one that leads nowhere
            self.link.symlink_to(os.path.relpath(self.content, self.link.parent))
        self.newest.write_text(self.commit)


def folder_of(cache: Path, repo: str) -> Path:
    """Of a repository."""
    return cache / f"models--{repo.replace('/', '--')}"


def find_cache() -> Path:
    """The folder that `HF_HUB_CACHE` or `HF_HOME` names."""
    from huggingface_hub import constants  # noqa: PLC0415 (half a second to import)

    return Path(constants.HF_HUB_CACHE).expanduser()
