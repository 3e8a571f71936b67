"""A model to choose from, as `models.toml` beside this file tells of it. Nothing here asks the hub."""

import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

TOKENS = 4096
"""For which the memory is told: one conversation."""
BYTES_PER_NUMBER = 2
"""Of the KV cache, as long as nobody asks for fewer."""
BESIDE = 1.1
"""Times weights and cache: the buffers of llama.cpp, and the process."""


class Entry(Struct, frozen=True, kw_only=True):
    """repo, file: where it is on the hub; empty for the one that comes with a package. num_bytes: of the file, about.
    context: its longest sequence in tokens. shape: layers, heads of keys and values, width of a head. thinks: before it
    answers. tools: whether it was trained to call them.
    """

    name: str
    licence: str
    num_bytes: int
    context: int
    shape: tuple[int, int, int]
    note: str
    repo: str = ""
    file: str = ""
    thinks: bool = False
    tools: bool = False

    @property
    def source(self) -> str:
        """What `--model NAME=SOURCE` calls it."""
        return f"{self.repo}:{self.file}" if self.repo else self.name

    @property
    def memory_bytes(self) -> int:
        """About what it takes while it runs."""
        layers, heads, width = self.shape
        return estimate_memory(self.num_bytes, 2 * layers * heads * width * BYTES_PER_NUMBER * TOKENS)


def estimate_memory(weight_bytes: int, cache_bytes: int) -> int:
    """About what a model takes that has these weights and this KV cache."""
    return int((weight_bytes + cache_bytes) * BESIDE)


@cache
def load_catalog() -> dict[str, Entry]:
    """All, by their names, in the file's order."""
    told = tomllib.loads((files(__package__) / "models.toml").read_text())
    return {name: msgspec.convert({"name": name, **fields}, Entry) for name, fields in told.items()}


def find(name: str) -> Entry | None:
    """The one of that name, in whatever case."""
    return load_catalog().get(name.lower())


def find_nearest(name: str, names: list[str]) -> str | None:
    """What somebody may have meant."""
    return next(iter(get_close_matches(name.lower(), names, n=1, cutoff=0.5)), None)
