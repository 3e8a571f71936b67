"""A file on the hub, as the headers of its address tell of it."""

import re
from collections.abc import Mapping

from msgspec import Struct

from antiphon.errors import ConfigurationError

COMMIT = re.compile(r"[0-9a-f]{40}")
TAG = re.compile(r"[0-9A-Za-z_-]{1,128}")
SHA256 = re.compile(r"[0-9a-f]{64}")


class RemoteFile(Struct, frozen=True, kw_only=True):
    """tag: the name of this content in the cache. commit: the version of the repository."""

    repo: str
    name: str
    commit: str
    tag: str
    num_bytes: int

    @property
    def sha256(self) -> str | None:
        """Of the content. The hub's tag of a large file is that; of others nothing is told."""
        return self.tag if SHA256.fullmatch(self.tag) else None


def parse_remote(repo: str, name: str, headers: Mapping[str, str]) -> RemoteFile:
    """From the answer's headers, whose names are in small letters or do not care. Raises `ConfigurationError`."""
    commit = headers.get("x-repo-commit", "")
    tag = (headers.get("x-linked-etag") or headers.get("etag", "")).removeprefix("W/").strip('"')
    size = headers.get("x-linked-size") or headers.get("content-length", "")
    # They become names of files, so they are what they should be or nothing.
    if not (COMMIT.fullmatch(commit) and TAG.fullmatch(tag) and size.isdecimal() and is_inside(name)):
        raise ConfigurationError(f"What the hub tells of '{name}' of '{repo}' is not complete: check HF_ENDPOINT.")
    return RemoteFile(repo=repo, name=name, commit=commit, tag=tag, num_bytes=int(size))


def is_inside(name: str) -> bool:
    """Whether a file of that name is in its folder, and can be shown."""
    return name.isprintable() and not {"", ".", ".."} & set(name.split("/"))
