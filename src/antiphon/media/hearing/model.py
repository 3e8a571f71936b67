"""Which model listens, and where its weights are: in a folder, or on the Hugging Face hub under a name.

A folder is looked into before anything is loaded from it: what is missing is told in a sentence.
"""

import re
from pathlib import Path

from antiphon.media.hearing.pull import OnProgress, WeightsError, pull

REPOS = {
    **{
        name: f"Systran/faster-whisper-{name}"
        for name in (
            *("tiny", "base", "small", "medium", "large-v1", "large-v2", "large-v3"),
            *("tiny.en", "base.en", "small.en", "medium.en"),
        )
    },
    **{
        f"distil-{name}": f"Systran/faster-distil-whisper-{name}"
        for name in ("small.en", "medium.en", "large-v2", "large-v3")
    },
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
    "large": "Systran/faster-whisper-large-v3",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
"""Whisper as CTranslate2 reads it, by the names of OpenAI."""

REPO = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", re.ASCII)
NEEDED = ("config.json", "model.bin", "tokenizer.json")
POINTER = b"version https://git-lfs"


def default_model(*, has_gpu: bool) -> str:
    """What listens where nothing is said: as good as it can be at several times the speed of speech."""
    return "medium" if has_gpu else "base"


def find_weights(
    name: str, *, cache: Path | None = None, endpoint: str | None = None, on_progress: OnProgress | None = None
) -> Path:
    """The folder of a model: a path, a name of `REPOS`, or `owner/repo` on the hub, which is fetched once.

    cache and endpoint: where else than `HF_HUB_CACHE` and `HF_ENDPOINT` say. Raises `WeightsError`.
    """
    place = check_name(name)
    if isinstance(place, Path):
        return place
    return check_folder(pull(place, cache=cache, endpoint=endpoint, on_progress=on_progress))


def check_name(name: str) -> Path | str:
    """The folder of a model, or its repository, which may not be there. Raises `WeightsError`."""
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return check_folder(folder)
    repo = REPOS.get(name, name)
    if not REPO.fullmatch(repo):
        raise WeightsError(
            f"There is no speech model '{name}': it is neither a folder, nor 'owner/repo' on the Hugging Face hub,"
            f" nor one of {', '.join(sorted(REPOS))}."
        )
    return repo


def check_folder(folder: Path) -> Path:
    """The same folder, if it has what CTranslate2 needs. Raises `WeightsError`."""
    missing = [file for file in NEEDED if not (folder / file).is_file()]
    if not any(folder.glob("vocabulary.*")):
        missing.append("vocabulary.json or vocabulary.txt")
    if missing:
        raise WeightsError(f"'{folder}' is no speech model in CTranslate2's format: it has no {', no '.join(missing)}.")
    with (folder / "model.bin").open("rb") as file:
        head = file.read(len(POINTER))
    if head == POINTER or not head:
        raise WeightsError(f"'{folder / 'model.bin'}' has no weights in it: fetch it with git lfs, or anew.")
    return folder
