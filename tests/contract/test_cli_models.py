"""`antiphon models` as a command, against a stand-in of the Hugging Face hub."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.engine.llama.source import bundled
from tests.contract.fetched import LIMIT_S, NAME, REPO, Commands
from tests.model.hub import Hub, serve_hub
from tests.model.processes import wait_for

NAMES = (NAME, "Qwen3-4B-Q8_0.gguf", "mmproj-Qwen3-4B-Q4_K_M.gguf", "README.md")
HALF = 1 << 20


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Two MB that begin as a real model does."""
    file = tmp_path / "content.gguf"
    with bundled().open("rb") as model:
        file.write_bytes(model.read(2 * HALF))
    return file


@pytest.fixture
def hub(content: Path) -> Iterator[Hub]:
    """The hub, with a model of the catalogue."""
    with serve_hub(content, repo=REPO, names=NAMES) as hub:
        yield hub


@pytest.fixture
def commands(tmp_path: Path, hub: Hub) -> Commands:
    """With an empty cache."""
    return Commands(tmp_path / "home", hub.url)


def downloads(hub: Hub) -> int:
    """How often a content was asked for."""
    return len([path for method, path in hub.asked if method == "GET" and "/resolve/" in path])


def test_a_model_is_listed_pulled_and_removed(commands: Commands, hub: Hub) -> None:
    """A model of the catalogue is fetched once by its name, listed as here, and removed with all that it took; where it
    is and how it is started stands on standard output, how far it is on standard error.
    """
    assert commands.find("qwen3-4b")["here"] == "no"
    ended = commands.run("pull", "qwen3-4b")
    start = "Start it with: antiphon serve --model qwen3-4b=qwen3-4b"
    assert ended.stdout.splitlines() == [f"It is here: {commands.link}", start]
    assert ended.stderr.splitlines()[0] == f"{NAME} of {REPO}: 2 MB"
    assert ended.stderr.splitlines()[-1] == f"{NAME}: 100% of 2 MB"
    assert commands.link.read_bytes() == hub.content
    row = commands.find("qwen3-4b")
    assert (row["here"], row["path"], row["size_bytes"]) == ("yes", str(commands.link), len(hub.content))
    assert commands.run("pull", "Qwen3-4B").stdout == ended.stdout and downloads(hub) == 1
    assert commands.run("remove", "qwen3-4b").stderr == f"Removed {REPO}:{NAME}: 2 MB freed.\n"
    assert commands.blobs == [] and commands.find("qwen3-4b")["here"] == "no"


def test_what_is_pulled_is_what_serve_takes(commands: Commands, hub: Hub) -> None:
    """Without a network, the sources that `pull` tells lead `antiphon serve` to the file."""
    commands.run("pull", "qwen3-4b")
    code = "import sys; from antiphon.engine.llama.source import check, resolve; "
    code += "[check(source) or print(resolve(source)) for source in sys.argv[1:]]"
    told = subprocess.run(
        [sys.executable, "-c", code, "qwen3-4b", f"{REPO}:{NAME}"],
        env=commands.environment | {"HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT_S,
    )
    assert told.stdout.splitlines() == [str(commands.link)] * 2


def test_any_repository_of_the_hub(commands: Commands, hub: Hub) -> None:
    """`repo/name:quant` is the file of that quantisation, in whatever case; it is listed, and removed alone."""
    ended = commands.run("pull", f"{REPO}:q8_0")
    assert ended.stdout.splitlines()[1] == (f"Start it with: antiphon serve --model qwen3-4b={REPO}:Qwen3-4B-Q8_0.gguf")
    row = commands.find(f"{REPO}:Qwen3-4B-Q8_0.gguf")
    assert (row["licence"], row["here"]) == (None, "yes")
    commands.run("pull", REPO)
    assert commands.link.exists()
    assert "2 MB" not in commands.run("remove", f"{REPO}:Q8_0").stderr  # the other has the same content here
    assert commands.link.exists() and commands.find("qwen3-4b")["here"] == "yes"


def test_several_parts_are_one_model(tmp_path: Path, content: Path) -> None:
    """A model in several files is fetched, listed and removed as one."""
    names = [f"big/big-Q4_K_M-{number:05}-of-00003.gguf" for number in (1, 2, 3)]
    with serve_hub(content, names=names) as hub:
        commands = Commands(tmp_path / "home", hub.url)
        ended = commands.run("pull", "org/repo:Q4_K_M")
        assert ended.stdout.splitlines()[1].endswith(f" repo=org/repo:{names[0]}")
        row = commands.find(f"org/repo:{names[0]}")
        assert row["size_bytes"] == len(hub.content)  # all three have the same content
        commands.run("remove", "org/repo", "--yes")
        assert list(commands.cache.glob("*/snapshots/*/big/*")) == commands.blobs == []


def test_a_name_that_has_changed(tmp_path: Path, content: Path) -> None:
    """Where the hub has the model of the catalogue under another name, that is fetched, and told as it must be said."""
    with serve_hub(content, repo=REPO, names=["qwen3-4b-instruct-q4_k_m.gguf"]) as hub:
        commands = Commands(tmp_path / "home", hub.url)
        ended = commands.run("pull", "qwen3-4b")
        assert ended.stdout.splitlines()[1].endswith(f" qwen3-4b={REPO}:qwen3-4b-instruct-q4_k_m.gguf")
        assert commands.find("qwen3-4b")["here"] == "yes"


def test_a_broken_connection_is_taken_up(commands: Commands, hub: Hub) -> None:
    """Where the connection breaks, it goes on from there by itself, and what came twice is as if it came once."""
    hub.breaks = [HALF // 2, HALF]
    commands.run("pull", "qwen3-4b")
    assert hub.ranges == [f"bytes={HALF // 2}-", f"bytes={HALF // 2 + HALF}-"]
    assert commands.link.read_bytes() == hub.content


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_fetch_is_taken_up(commands: Commands, hub: Hub, how: signal.Signals) -> None:
    """After Ctrl-C, or whatever ended it, the same command goes on from where it was, and is listed as partly here."""
    hub.stalls = True
    process = commands.start("pull", "qwen3-4b")
    wait_for(lambda: [blob for blob in commands.blobs if blob.stat().st_size >= HALF // 2], LIMIT_S)
    process.send_signal(how)
    _, said = process.communicate(timeout=LIMIT_S)
    hub.stalls = False
    hub.woken.set()
    assert "Traceback" not in said
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert said.endswith("Stopped; what came is kept. To go on: antiphon models pull qwen3-4b\n")
    (part,) = commands.blobs
    assert 0 < part.stat().st_size <= HALF
    assert commands.find("qwen3-4b")["here"] == "partly"
    begun = part.stat().st_size
    commands.run("pull", "qwen3-4b")
    assert hub.ranges == [f"bytes={begun}-"]
    assert commands.link.read_bytes() == hub.content


def test_a_hub_without_ranges(commands: Commands, hub: Hub) -> None:
    """A hub that cannot go on from the middle begins anew, and nothing is mixed up."""
    hub.knows_ranges, hub.breaks = False, [HALF]
    commands.run("pull", "qwen3-4b")
    assert commands.link.read_bytes() == hub.content


def test_wrong_content_is_not_kept(commands: Commands, hub: Hub) -> None:
    """What has not the checksum that the hub tells is deleted, and the next time begins at the beginning."""
    hub.sent = bytes([hub.content[0] ^ 1]) + hub.content[1:]
    said = commands.refuse("pull", "qwen3-4b")
    assert said == f"What came as '{NAME}' has not the checksum that the hub tells, and is deleted: try again."
    assert commands.blobs == []
    hub.sent = hub.content
    commands.run("pull", "qwen3-4b")
    assert hub.ranges == [] and commands.link.read_bytes() == hub.content


def test_what_is_left_of_a_fetch_is_removed(commands: Commands, hub: Hub) -> None:
    """A model of which only a part came is removed by its name too."""
    folder = commands.link.parents[2] / "blobs"
    folder.mkdir(parents=True)
    (folder / f"{hub.digest}.incomplete").write_bytes(hub.content[:HALF])
    assert commands.run("remove", "qwen3-4b").stderr == f"Removed what came of {REPO} so far: 1 MB freed.\n"
    assert commands.blobs == []


REFUSALS = {
    (
        401,
        "GatedRepo",
    ): f"'{REPO}' is gated: accept its terms at https://huggingface.co/{REPO}, and set HF_TOKEN to your token.",
    (404, "RepoNotFound"): f"The hub has no repository '{REPO}', or it is private: check its name, or set HF_TOKEN.",
    (401, ""): f"The hub has no repository '{REPO}', or it is private: check its name, or set HF_TOKEN.",
    (503, ""): "The hub answers 503 Service Unavailable just now; try again later.",
    (429, ""): "The hub answers 429 Too Many Requests just now; try again later.",
    (400, ""): f"The hub answers 400 Bad Request for '{REPO}'.",
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_one_sentence(commands: Commands, hub: Hub, refusal: tuple[int, str]) -> None:
    """What the hub refuses is told in one sentence that says what can be done."""
    hub.refuses = refusal
    assert commands.refuse("pull", "qwen3-4b") == REFUSALS[refusal]


def test_a_token_opens(commands: Commands, hub: Hub) -> None:
    """The token of HF_TOKEN is sent."""
    hub.token = "hf_secret"
    commands.refuse("pull", "qwen3-4b")
    commands.run("pull", "qwen3-4b", HF_TOKEN="hf_secret")


def test_a_hub_that_is_away(commands: Commands) -> None:
    """A hub that cannot be reached, or must not be asked, is one sentence; what is here already does without it."""
    away = {"HF_ENDPOINT": "http://127.0.0.1:9"}
    there = commands.environment["HF_ENDPOINT"]
    assert commands.refuse("pull", "qwen3-4b", **away) == (
        "The hub at http://127.0.0.1:9 cannot be reached: check the connection, or HF_ENDPOINT."
    )
    assert commands.refuse("pull", "qwen3-4b", HF_HUB_OFFLINE="1") == (
        "HF_HUB_OFFLINE is set, so the hub is not asked: unset it to fetch models."
    )
    commands.run("pull", "qwen3-4b", HF_ENDPOINT=there, HF_HUB_OFFLINE="0")
    for environment in (away, {"HF_HUB_OFFLINE": "1"}):
        assert str(commands.link) in commands.run("pull", "qwen3-4b", **environment).stdout


def test_a_hub_that_says_nothing(commands: Commands, hub: Hub) -> None:
    """A hub that is slower than HF_HUB_DOWNLOAD_TIMEOUT is one sentence, also in the middle, and nothing is lost."""
    hub.stalls = True
    process = commands.start("pull", "qwen3-4b")
    wait_for(lambda: len(hub.asked) > 1, LIMIT_S)
    hub.stalls = False  # from the next request on
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, said
    assert commands.link.read_bytes() == hub.content and hub.ranges == [f"bytes={HALF}-"]


def test_an_endpoint_that_is_no_hub(commands: Commands, hub: Hub) -> None:
    """An address that is none is one sentence."""
    assert "cannot be asked" in commands.refuse("pull", "qwen3-4b", HF_ENDPOINT="ftp://here")


def test_a_folder_that_cannot_be_written(commands: Commands) -> None:
    """A cache that is no folder is one sentence."""
    commands.cache.parent.mkdir()
    commands.cache.write_text("")
    assert commands.refuse("pull", "qwen3-4b") == f"Cannot write to '{commands.cache}': Not a directory."


def test_unknown_names(commands: Commands, hub: Hub) -> None:
    """A name that is none is one sentence with the nearest one, and what a repository lacks with what it has."""
    for command in ("pull", "remove"):
        assert "There is no model 'qwen3-4' to choose from. Did you mean 'qwen3-" in commands.refuse(command, "qwen3-4")
    assert commands.refuse("remove", "qwen3-4b") == "'qwen3-4b' is not here. See: antiphon models list"
    said = commands.refuse("pull", f"{REPO}:Q2_K")
    assert said == f"The repository '{REPO}' has no 'Q2_K'; say which: {REPO}:QUANT, of Q4_K_M, Q8_0."
    assert "antiphon" in commands.run("pull", status=2).stderr


def test_the_bundled_model(commands: Commands) -> None:
    """The model that comes with a package is here, and is not removed."""
    assert commands.run("pull", "smollm2").stdout.splitlines() == [
        f"It is here: {bundled()}",
        "Start it with: antiphon serve --model smollm2=smollm2",
    ]
    assert "comes with the package" in commands.refuse("remove", "smollm2")


def test_the_table(commands: Commands) -> None:
    """The list for people has a line for each model, with its size, memory and licence."""
    (line,) = [line for line in commands.run("list").stdout.splitlines() if line.split()[:1] == ["qwen3-4b"]]
    assert line.split()[1:9] == ["2.5", "GB", "3.4", "GB", "yes", "no", "Apache-2.0", "40,960"]
