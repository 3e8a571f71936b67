"""Which model listens, and where it comes from: a folder that is looked into, or the hub, asked once."""

from pathlib import Path

import pytest

from antiphon.media.hearing.model import REPOS, check_folder, default_model, find_weights
from antiphon.media.hearing.pull import WeightsError
from tests.model.hub import Hub
from tests.unit.media.hearing.hub import NAMES, REPO, serve_whisper

CONTENT = b"{}" + b" " * 300_000


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Of every file of the hub."""
    file = tmp_path / "content"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a model that is whole."""
    folder = tmp_path / "whisper"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_bytes(CONTENT)
    return folder


def downloads(hub: Hub) -> int:
    """How often a content was asked for, which for files of the same content is once."""
    return sum(method == "GET" and "/resolve/" in path for method, path in hub.asked)


def test_a_processor_gets_the_small_one() -> None:
    """And what computes faster the one that hears better; both have a name."""
    assert (default_model(has_gpu=False), default_model(has_gpu=True)) == ("base", "medium")
    assert {"base", "medium"} <= set(REPOS)


@pytest.mark.parametrize(
    ("name", "repo"),
    [
        ("tiny", "Systran/faster-whisper-tiny"), ("large-v3", "Systran/faster-whisper-large-v3"),
        ("base.en", "Systran/faster-whisper-base.en"), ("distil-large-v3", "Systran/faster-distil-whisper-large-v3"),
        ("turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo"),
    ],
)  # fmt: skip
def test_names_are_those_of_the_models(name: str, repo: str) -> None:
    """As faster-whisper has them."""
    assert REPOS[name] == repo


def test_names_are_those_that_faster_whisper_knows() -> None:
    """The same repositories, and none is missing."""
    from faster_whisper.utils import _MODELS

    assert REPOS == _MODELS


def test_a_folder_is_taken_as_it_is(folder: Path) -> None:
    """Without asking anybody."""
    assert find_weights(str(folder)) == folder


@pytest.mark.parametrize("missing", ["config.json", "model.bin", "tokenizer.json", "vocabulary.txt"])
def test_a_folder_that_misses_something(folder: Path, missing: str) -> None:
    """Is refused by the name of what it misses."""
    (folder / missing).unlink()
    with pytest.raises(WeightsError, match="is no speech model in CTranslate2's format: it has no ") as caught:
        find_weights(str(folder))
    assert missing in caught.value.reason
    assert str(folder) in caught.value.reason


@pytest.mark.parametrize("head", [b"", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"])
def test_weights_that_were_not_fetched(folder: Path, head: bytes) -> None:
    """A clone without git lfs has a note where the weights should be."""
    (folder / "model.bin").write_bytes(head)
    with pytest.raises(WeightsError, match="has no weights in it: fetch it with git lfs"):
        check_folder(folder)


@pytest.mark.parametrize(
    "name", ["", "bse", "a/b/c", "../x", "https://example.org/x", "org/repo:file.gguf", "/nowhere"]
)
def test_no_such_model(name: str) -> None:
    """Is told with the names that there are, and without asking the hub."""
    with pytest.raises(WeightsError, match=f"There is no speech model '{name}'.* base, ") as caught:
        find_weights(name, endpoint="http://127.0.0.1:9")
    assert "turbo" in caught.value.reason


def test_the_hub_is_asked_once(tmp_path: Path, content: Path) -> None:
    """What is needed is fetched, with progress; then it is here, also when the hub is gone."""
    told: list[tuple[int, int]] = []
    cache = tmp_path / "cache"
    with serve_whisper(content, names=(*NAMES, "README.md", "pytorch_model.bin")) as hub:
        found = find_weights(
            REPO, cache=cache, endpoint=hub.url, on_progress=lambda done, all_of_it: told.append((done, all_of_it))
        )
        assert sorted(file.name for file in found.iterdir()) == sorted(NAMES)
        assert (found / "model.bin").read_bytes() == CONTENT
        assert downloads(hub) == 1
        assert max(told) == (len(CONTENT), len(CONTENT))
        assert find_weights(REPO, cache=cache, endpoint=hub.url) == found
        assert downloads(hub) == 1
    assert find_weights(REPO, cache=cache, endpoint=hub.url) == found


def test_a_model_by_its_name(tmp_path: Path, content: Path) -> None:
    """Is the repository of that name."""
    with serve_whisper(content, repo=REPOS["tiny"]) as hub:
        assert "faster-whisper-tiny" in str(find_weights("tiny", cache=tmp_path / "cache", endpoint=hub.url))


def test_a_repository_of_something_else(tmp_path: Path, content: Path) -> None:
    """Has not what is needed."""
    names = ("config.json", "model.safetensors")
    told = r"it has no model\.bin, no tokenizer\.json, no vocabulary"
    with serve_whisper(content, names=names) as hub, pytest.raises(WeightsError, match=told):
        find_weights(REPO, cache=tmp_path / "cache", endpoint=hub.url)


ANSWERS = [
    ((404, "RepoNotFound"), "The hub has no repository 'org/whisper', or it is private: check its name, or set HF"),
    ((403, "GatedRepo"), "'org/whisper' is gated: accept its terms at https://huggingface.co/org/whisper, and set HF"),
    ((503, ""), "The hub cannot be reached, and the model was not fetched before"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "said"), ANSWERS)
def test_a_hub_that_refuses(tmp_path: Path, content: Path, answer: tuple[int, str], said: str) -> None:
    """In one or two sentences, and no other library's words."""
    with serve_whisper(content) as hub:
        hub.refuses = answer
        with pytest.raises(WeightsError) as caught:
            find_weights(REPO, cache=tmp_path / "cache", endpoint=hub.url)
    assert caught.value.reason.startswith(f"Cannot get the speech model 'org/whisper'. {said}")


def test_a_hub_that_is_away(tmp_path: Path, content: Path) -> None:
    """Is told, and where to look."""
    with serve_whisper(content) as hub:
        pass
    with pytest.raises(WeightsError, match=r"The hub cannot be reached.*HF_ENDPOINT"):
        find_weights(REPO, cache=tmp_path / "cache", endpoint=hub.url)
