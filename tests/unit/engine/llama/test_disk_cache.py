"""engine/llama/disk_cache.py: computed prompts that outlive the process."""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from antiphon.engine.llama.disk_cache import LIFETIME_S, MAGIC, DiskCache
from antiphon.engine.llama.prefix_cache import Held, PrefixCache

A, B = (Held("t", np.arange(begin, begin + 100, dtype=np.int32)) for begin in (0, 1000))
STATE = np.arange(5000, dtype=np.int32).view(np.uint8)


class Opened:
    """A cache as a process has it, and what it was told."""

    def __init__(self, folder: Path, *, signature: str = "s", most_bytes: int = 1 << 30) -> None:
        self.told: list[str] = []
        self.prefixes = PrefixCache(1)
        self.disk = DiskCache(folder, signature, self.prefixes, most_bytes=most_bytes, tell=self.told.append)

    def find(self, held: Held) -> bytes | None:
        """What is there of these tokens."""
        number = self.prefixes.find([*held.tokens, 7], 0, namespace=held.namespace).source
        state = self.disk.read(number) if number in self.disk else None
        return None if state is None else state.tobytes()

    def write(self, held: Held) -> None:
        if self.disk.wants(held):
            self.disk.write(held, STATE)


def written(folder: Path, *helds: Held, **settings: int) -> list[Path]:
    """The files of a process that has ended."""
    opened = Opened(folder, **settings)  # type: ignore[arg-type]
    for held in helds:
        opened.write(held)
    opened.disk.close()
    assert not opened.told
    return sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_mtime)


def test_found_again(tmp_path: Path) -> None:
    """By the process that wrote it, at once, and by the next one; in a folder that only its owner can enter."""
    opened = Opened(tmp_path / "prompts")
    opened.write(A)
    assert opened.find(A) == STATE.tobytes() and opened.find(B) is None
    opened.disk.close()
    assert Opened(tmp_path / "prompts").find(A) == STATE.tobytes()
    assert (tmp_path / "prompts" / "s").stat().st_mode & 0o777 == 0o700


def test_what_is_forgotten(tmp_path: Path) -> None:
    """Is read no more, whether it was just now or long ago, and its file is gone."""
    opened = Opened(tmp_path)
    opened.write(A)
    [number] = opened.disk.files
    for _ in range(2):
        opened.disk.forget(number)
        assert number not in opened.disk and opened.disk.read(number) is None
    opened.disk.close()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_only_its_namespace(tmp_path: Path) -> None:
    """Finds it after a restart, too."""
    written(tmp_path, A)
    assert Opened(tmp_path).find(A._replace(namespace="other")) is None


def test_once(tmp_path: Path) -> None:
    """What is there is not written again, and what is longer takes its place."""
    longer = A._replace(tokens=np.arange(150, dtype=np.int32))
    assert len(written(tmp_path, A, A, longer, A)) == 1
    assert Opened(tmp_path).find(longer) == STATE.tobytes()


def test_short_prompts_are_not_worth_a_file(tmp_path: Path) -> None:
    """They are computed in less time than they are read."""
    assert written(tmp_path, A._replace(tokens=A.tokens[:10])) == []


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)


def age(path: Path) -> None:
    data = path.read_bytes()
    at = data.index(b"\xa7written\xcb") + 9
    path.write_bytes(data[:at] + np.array(time.time() - LIFETIME_S - 1, ">f8").tobytes() + data[at + 8 :])


BROKEN = [
    cut,
    flip,
    age,
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"GGUF" * 100),
    lambda path: path.write_bytes(MAGIC),
    lambda path: path.write_bytes(MAGIC + b"\xff\xff\xff\xff"),
    lambda path: path.write_bytes(MAGIC + b"\x03\x00\x00\x00\xc1\xc1\xc1"),
    lambda path: path.write_bytes(MAGIC + b"\x01\x00\x00\x00\x80"),
]


@pytest.mark.parametrize("breaks", BROKEN)
def test_what_is_broken_is_removed(tmp_path: Path, breaks: Callable[[Path], object]) -> None:
    """Whatever is wrong with a file, it is not used, and gone."""
    [path] = written(tmp_path, A)
    breaks(path)
    assert Opened(tmp_path).find(A) is None
    assert not path.exists()


def test_a_file_that_goes_away(tmp_path: Path) -> None:
    """Nobody looks for it a second time."""
    [path] = written(tmp_path, A)
    opened = Opened(tmp_path)
    path.unlink()
    assert opened.find(A) is None and not opened.prefixes.stored


def test_other_models_have_folders_of_their_own(tmp_path: Path) -> None:
    """They are left alone, until they are too old; so is what was never finished."""
    [path] = written(tmp_path, A)
    unfinished = path.with_suffix(".123")
    unfinished.write_bytes(b"half")
    assert Opened(tmp_path, signature="other").find(A) is None
    assert path.exists() and unfinished.exists()
    for old in (path, unfinished):
        os.utime(old, (0, time.time() - LIFETIME_S - 1))
    Opened(tmp_path, signature="other")
    assert not path.exists() and not unfinished.exists()


def test_no_more_than_may_be_used(tmp_path: Path) -> None:
    """The file used least makes room; what is larger than all the room is not written."""
    [first, second] = written(tmp_path, A, B)
    os.utime(first, (0, time.time() - 100))
    C = Held("t", np.arange(5000, 5100, dtype=np.int32))  # noqa: N806
    files = written(tmp_path, C, most_bytes=2 * first.stat().st_size + 10)
    assert first not in files and second in files and len(files) == 2
    assert written(tmp_path / "small", A, most_bytes=100) == []
    assert written(tmp_path / "none", A, most_bytes=0) == []


def test_a_full_disk(tmp_path: Path) -> None:
    """Nothing more is written, which is told once; what cannot be read is computed again."""
    (tmp_path / "prompts").write_text("a file where the folder should be")
    opened = Opened(tmp_path / "prompts")
    opened.write(A)
    assert opened.find(A) is None
    opened.write(B)
    opened.disk.close()
    [told] = opened.told
    assert told.startswith("Prompts are not kept on disk any more: ")


def test_a_disk_that_gets_full(tmp_path: Path) -> None:
    """Half a file is removed, and no other begun."""
    opened = Opened(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # a larger file fails as on a full disk
    try:
        opened.write(A)
        opened.disk.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert opened.told == ["Prompts are not kept on disk any more: File too large."]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not opened.disk.wants(B)
