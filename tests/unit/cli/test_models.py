"""The catalogue behind `antiphon models`: names, files of the hub, and how they come into the cache."""

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from huggingface_hub import try_to_load_from_cache

from antiphon.catalog.entry import Entry, find, load_catalog
from antiphon.catalog.fetch import PAUSES_S, alone_with, check_room, fetch
from antiphon.catalog.hub import Hub, HubAway
from antiphon.catalog.kept import Kept
from antiphon.catalog.listing import Lister
from antiphon.catalog.remote import RemoteFile, parse_remote
from antiphon.catalog.search import find_kept
from antiphon.catalog.wanted import choose_files, name_of, parse_wanted, quant_of
from antiphon.cli.fetching import Lines, render_size, show_fetch
from antiphon.engine.llama.source import HUB_FORM, address_of
from antiphon.errors import ConfigurationError

COMMIT = "c" * 40
CONTENT = bytes(range(256)) * 40
ENDPOINT = "http://hub.test"
FILE = RemoteFile(
    repo="org/repo", name="file.gguf", commit=COMMIT, tag=hashlib.sha256(CONTENT).hexdigest(), num_bytes=len(CONTENT)
)


@pytest.mark.parametrize("entry", load_catalog().values(), ids=lambda entry: entry.name)
def test_every_model_of_the_catalogue(entry: Entry) -> None:
    """Each model can be served and pulled by its name, and tells a quantisation by which it is found if renamed."""
    if not entry.repo:
        return
    assert address_of(entry.name) == entry.source and HUB_FORM.match(entry.source)
    wanted = parse_wanted(entry.name)
    assert (wanted.repo, wanted.file, wanted.quant) == (entry.repo, entry.file, quant_of(entry.file))
    assert wanted.quant and entry.note.endswith(".")
    assert entry.num_bytes < entry.memory_bytes < 2.2 * entry.num_bytes


def test_names_in_any_case() -> None:
    """A model of the catalogue is found however its name is written."""
    assert find("QWEN3-4b") is find("qwen3-4b") is not None
    assert find("qwen3") is None


def test_memory_is_weights_and_cache() -> None:
    """Memory is told for weights and a KV cache of 4096 tokens in f16, and a tenth more."""
    entry = load_catalog()["qwen3-4b"]
    assert entry.memory_bytes == int((entry.num_bytes + 4096 * 36 * 8 * 128 * 2 * 2) * 1.1)


WANTED = {
    "org/Some-7B-GGUF": ("some-7b", None, None),
    "org/Some-7B-GGUF:q4_k_m": ("some-7b", None, "q4_k_m"),
    "org/Some-7B-GGUF:a/b-Q8_0.gguf": ("some-7b", "a/b-Q8_0.gguf", None),
}


@pytest.mark.parametrize("text", WANTED)
def test_the_hubs_names(text: str) -> None:
    """`repo/name`, `repo/name:quant` and `repo/name:file.gguf` are names of the hub."""
    wanted = parse_wanted(text)
    assert (wanted.name, wanted.file, wanted.quant) == WANTED[text]
    assert wanted.repo == "org/Some-7B-GGUF"


@pytest.mark.parametrize("text", ["", "x", "a/b/c", "a/b:", "a/b:c d", "https://huggingface.co/a/b", "../..", "a/b\n"])
def test_what_is_no_name(text: str) -> None:
    """What is neither of the catalogue nor a name of the hub is told, or has no file on the hub."""
    if text == "../..":
        assert parse_wanted(text).repo == text  # the hub has no such repository
        return
    with pytest.raises(ConfigurationError, match="There is no model"):
        parse_wanted(text)


QUANTS = {
    "Qwen3-4B-Q4_K_M.gguf": "Q4_K_M", "smollm2-360m-instruct-q8_0.gguf": "Q8_0", "gpt-oss-20b-MXFP4.gguf": "MXFP4",
    "a-UD-Q4_K_XL.gguf": "UD-Q4_K_XL", "a.IQ2_XXS.gguf": "IQ2_XXS", "Q4_0/a-00001-of-00002.gguf": None,
    "a-Q5_K_S-00001-of-00002.gguf": "Q5_K_S", "a-BF16.gguf": "BF16", "a.gguf": None, "a-f16.gguf": "F16",
}  # fmt: skip


@pytest.mark.parametrize("file", QUANTS)
def test_the_quantisation_of_a_file(file: str) -> None:
    """A file's name tells its quantisation, in whatever case."""
    assert quant_of(file) == QUANTS[file]


CHOICES: dict[str, tuple[list[str], list[str]]] = {
    # wanted: files of the repository, those that are chosen
    "o/r:Q8_0": (["a-Q4_0.gguf", "a-Q8_0.gguf"], ["a-Q8_0.gguf"]),
    "o/r": (["b-Q8_0.gguf", "b-Q4_K_M.gguf", "b-Q2_K.gguf"], ["b-Q4_K_M.gguf"]),
    "o/r:b.gguf": (["a.gguf", "b.gguf"], ["b.gguf"]),
    "o/s": (["readme.md", "only.gguf", "mmproj-only.gguf"], ["only.gguf"]),
    "o/r:Q4_K_M": (["a-UD-Q4_K_M.gguf", "a-Q4_K_M.gguf", "a-long-Q4_K_M.gguf"], ["a-Q4_K_M.gguf"]),
    "o/p": (["p-Q4_0-00002-of-00002.gguf", "p-Q4_0-00001-of-00002.gguf"],
            ["p-Q4_0-00001-of-00002.gguf", "p-Q4_0-00002-of-00002.gguf"]),
}  # fmt: skip


@pytest.mark.parametrize("text", CHOICES)
def test_the_files_of_a_repository(text: str) -> None:
    """The file that is named, or of the quantisation, or the only one, or a usual one; all parts of it in order."""
    files, chosen = CHOICES[text]
    assert choose_files(files, parse_wanted(text)) == chosen


NO_CHOICES = {
    "o/r:Q6_K": (["a-Q4_0.gguf"], "has no 'Q6_K'; say which: o/r:QUANT, of Q4_0"),
    "o/r:x.gguf": (["a-Q4_0.gguf"], "has no 'x.gguf'"),
    "o/r": (["a-Q2_K.gguf", "b.gguf"], "has several models; say which: o/r:QUANT, of Q2_K, b.gguf"),
    "o/s": (["model.safetensors", "mmproj.gguf", "evil\x1b[2J.gguf"], "has no GGUF file"),
}


@pytest.mark.parametrize("text", NO_CHOICES)
def test_files_that_are_not_there(text: str) -> None:
    """Where none is the one that is wanted, it is told which there are."""
    files, words = NO_CHOICES[text]
    with pytest.raises(ConfigurationError, match=words):
        choose_files(files, parse_wanted(text))


HEADERS = {"x-repo-commit": COMMIT, "etag": f'W/"{"e" * 64}"', "content-length": "12"}


def test_what_the_hub_tells_of_a_file() -> None:
    """A large file is told of beside the way to where it is, a small one by the answer itself."""
    assert parse_remote("o/r", "f", HEADERS) == RemoteFile(
        repo="o/r", name="f", commit=COMMIT, tag="e" * 64, num_bytes=12
    )
    linked = HEADERS | {"x-linked-etag": f'"{"a" * 64}"', "x-linked-size": "99"}
    assert parse_remote("o/r", "f", linked).tag == parse_remote("o/r", "f", linked).sha256 == "a" * 64
    assert parse_remote("o/r", "f", linked).num_bytes == 99
    assert parse_remote("o/r", "f", HEADERS | {"etag": '"abc"'}).sha256 is None


WRONG = [{"x-repo-commit": "../x"}, {"etag": '"../../x"'}, {"etag": ""}, {"content-length": "-1"}]


@pytest.mark.parametrize("headers", WRONG)
def test_what_would_leave_the_cache(headers: dict[str, str]) -> None:
    """What the hub tells becomes no name of a file outside of the cache."""
    with pytest.raises(ConfigurationError, match="is not complete"):
        parse_remote("o/r", "f", HEADERS | headers)


@pytest.mark.parametrize("name", ["../f.gguf", "/f.gguf", "a//b.gguf", "./f.gguf", "a\x1b.gguf"])
def test_names_that_would_leave_the_cache(name: str) -> None:
    """A file's name leads to nowhere but its folder."""
    with pytest.raises(ConfigurationError, match="is not complete"):
        parse_remote("o/r", name, HEADERS)


def hub_of(answer: Callable[[httpx.Request], httpx.Response]) -> Hub:
    """A hub that answers so, asked with a token."""
    client = httpx.Client(transport=httpx.MockTransport(answer), headers={"Authorization": "Bearer secret"})
    return Hub(client, ENDPOINT)


def lead_elsewhere(request: httpx.Request) -> httpx.Response:
    """As the real hub does: a repository that was renamed, and contents on another host."""
    if request.url.host == "cdn.test":
        assert "authorization" not in request.headers
        start = int(request.headers.get("range", "bytes=0-")[6:-1])
        return httpx.Response(206 if start else 200, content=CONTENT[start:])
    if request.url.path.startswith("/org/repo/"):
        return httpx.Response(307, headers={"Location": request.url.path.replace("repo", "renamed", 1)})
    told = {"X-Repo-Commit": COMMIT, "X-Linked-Etag": f'"{FILE.tag}"', "X-Linked-Size": str(len(CONTENT))}
    return httpx.Response(302, headers={"Location": "http://cdn.test/blob?signed", **told})


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


def test_lists_in_pages() -> None:
    """All files of a large repository are seen."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "cursor" in request.url.params:
            return httpx.Response(200, json=[{"type": "file", "path": "b.gguf"}])
        more = f'<{ENDPOINT}/api/models/o/r/tree/main?cursor=x>; rel="next"'
        folder = {"type": "directory", "path": "d"}
        return httpx.Response(200, json=[folder, {"type": "file", "path": "a.gguf"}], headers={"Link": more})

    assert hub_of(answer).list_files("o/r") == ["a.gguf", "b.gguf"]


@pytest.mark.parametrize("content", [b"<html>", b"{}", b"[1]", b"null"])
def test_what_is_no_list(content: bytes) -> None:
    """An answer that is no list of files is told."""
    with pytest.raises(ConfigurationError, match="is no list of files"):
        hub_of(lambda _: httpx.Response(200, content=content)).list_files("o/r")


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


def kept(repo: str, file: str) -> Kept:
    """A model that is there."""
    return Kept(repo=repo, file=file, num_bytes=10, path=Path("/cache") / file, files=())


def test_which_is_there() -> None:
    """Of what is there, one is found by its file, its quantisation, or because it is the only one; else it is asked."""
    there = [kept("o/r", "a-Q4_0.gguf"), kept("o/r", "a-Q8_0.gguf"), kept("o/s", "b.gguf")]
    assert find_kept(there, parse_wanted("o/r:a-Q8_0.gguf")) == there[1]
    assert find_kept(there, parse_wanted("o/r:q4_0")) == there[0]
    assert find_kept(there, parse_wanted("o/s")) == there[2]
    assert find_kept(there, parse_wanted("o/r:Q2_K")) is find_kept(there, parse_wanted("o/t")) is None
    with pytest.raises(ConfigurationError, match=r"say which: 'o/r:a-Q4_0\.gguf', 'o/r:a-Q8_0\.gguf'"):
        find_kept(there, parse_wanted("o/r"))


def test_rows() -> None:
    """The list has the catalogue, what is here of it and whether it fits, and then what else is here."""
    entries = [load_catalog()[name] for name in ("smollm2", "qwen3-4b", "qwen3-8b")]
    there = [kept(entries[1].repo, entries[1].file), kept("o/other-GGUF", "a.gguf")]
    lister = Lister(
        there,
        unfinished=lambda repo: repo == entries[2].repo,
        free=4 * 10**9,
        bundled=None,
        measure=lambda _: 5 * 10**9,
    )
    rows = lister.list(entries)
    assert [(row.name, row.here, row.fits) for row in rows] == [
        ("smollm2", "no", True), ("qwen3-4b", "yes", True), ("qwen3-8b", "partly", False), ("other", "yes", False),
    ]  # fmt: skip
    assert (rows[1].path, rows[1].size_bytes, rows[3].source) == (str(there[0].path), 10, "o/other-GGUF:a.gguf")
    nobody = Lister(there, unfinished=lambda _: False, free=None, bundled=None, measure=lambda _: 1)
    assert {row.fits for row in nobody.list(entries)} == {None}


def test_lines_of_a_fetch() -> None:
    """Where nobody looks on, a line for each tenth, from where it begins."""
    lines: list[str] = []
    shown = Lines(FILE, lines.append)
    for num_bytes in range(3000, len(CONTENT) + 1, 40):
        shown.tell(num_bytes)
    assert [line.split()[1] for line in lines] == ["29%", "30%", "40%", "50%", "60%", "70%", "80%", "90%", "100%"]
    assert lines[0] == "file.gguf: 29% of 0 MB"


class Terminal(io.StringIO):
    """A person looks on."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_bar_on_a_terminal() -> None:
    """Where somebody looks on, a bar with the file's name."""
    terminal = Terminal()
    with show_fetch(FILE, terminal) as on_progress:
        on_progress(len(CONTENT))
    assert "file.gguf" in terminal.getvalue()


def test_sizes() -> None:
    """Sizes are told as disks tell them."""
    assert [render_size(size) for size in (98_362_432, 950_000_000, 2_497_280_256)] == ["98 MB", "0.9 GB", "2.5 GB"]
    assert name_of("org/Name-GGUF") == "name"
