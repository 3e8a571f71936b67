"""From the hub into its cache, whatever happens on the way."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from huggingface_hub import try_to_load_from_cache

from antiphon.catalog.fetch import PAUSES_S, alone_with, check_room, fetch
from antiphon.catalog.hub import HubAway
from antiphon.catalog.remote import RemoteFile
from antiphon.errors import ConfigurationError
from tests.unit.catalog.renamed import COMMIT, CONTENT, FILE, hub_of, lead_elsewhere


def test_contents_on_another_host(tmp_path: Path) -> None:
    """Contents come from where the hub sends, which does not get to see the token; also from the middle on."""
    hub = hub_of(lead_elsewhere)
    assert hub.describe("org/repo", "file.gguf") == FILE
    blobs = tmp_path / "models--org--repo" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{FILE.tag}.incomplete").write_bytes(CONTENT[:100])
    told: list[int] = []
    path = fetch(hub, FILE, tmp_path, on_progress=told.append)
    assert path.read_bytes() == CONTENT
    assert (told[0], told[-1]) == (100, len(CONTENT))


def test_the_hubs_own_client_finds_it(tmp_path: Path) -> None:
    """What is fetched is where `huggingface_hub` looks for it."""
    path = fetch(hub_of(lead_elsewhere), FILE, tmp_path, on_progress=lambda _: None)
    assert try_to_load_from_cache("org/repo", "file.gguf", cache_dir=tmp_path) == str(path)


def test_a_hub_that_never_sends_anything(tmp_path: Path) -> None:
    """Where nothing comes, it is tried again with longer and longer pauses, then told; what there is stays."""
    pauses: list[float] = []

    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("broken")

    with pytest.raises(HubAway, match="broke"):
        fetch(hub_of(answer), FILE, tmp_path, on_progress=lambda _: None, wait=pauses.append)
    assert tuple(pauses) == PAUSES_S
    assert [path.name for path in tmp_path.glob("*/blobs/*")] == [f"{FILE.tag}.incomplete"]


def test_a_connection_that_breaks_often(tmp_path: Path) -> None:
    """As long as something comes each time, it goes on for ever, and waits for nothing."""

    def some(start: int) -> Iterator[bytes]:
        yield CONTENT[start : start + 1000]
        raise httpx.ReadError("broken")

    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.headers.get("range", "bytes=0-")[6:-1])
        return httpx.Response(206 if start else 200, content=some(start))

    pauses: list[float] = []
    path = fetch(hub_of(answer), FILE, tmp_path, on_progress=lambda _: None, wait=pauses.append)
    assert path.read_bytes() == CONTENT and pauses == []


@pytest.mark.parametrize("sent", [CONTENT[:-1] + b"x", CONTENT + b"x"])
def test_wrong_content(tmp_path: Path, sent: bytes) -> None:
    """Content that is not what the hub tells of gets no name, and leaves nothing."""
    with pytest.raises(ConfigurationError, match="has not the checksum"):
        fetch(hub_of(lambda _: httpx.Response(200, content=sent)), FILE, tmp_path, on_progress=lambda _: None)
    assert list(tmp_path.glob("*/blobs/*")) == []


def test_a_disk_that_is_too_full(tmp_path: Path) -> None:
    """A file that the disk has no room for is not begun, and it is told how much is missing where."""
    unfinished = tmp_path / "models--o--r" / "blobs" / "tag.incomplete"
    unfinished.parent.mkdir(parents=True)
    unfinished.touch()
    huge = RemoteFile(repo="o/r", name="f.gguf", commit=COMMIT, tag="tag", num_bytes=10**18)
    with pytest.raises(ConfigurationError, match=f"needs 1000000000.00 GB more in '{tmp_path}'"):
        check_room(unfinished, huge)


def test_one_at_a_time(tmp_path: Path) -> None:
    """Two processes do not write to the same file."""
    path = tmp_path / "file"
    with alone_with(path), pytest.raises(ConfigurationError, match="Another process"), alone_with(path):
        pass
    with alone_with(path):
        pass
