"""Which flags the operations have: generated from the wire models by `tools/flags.py`, so that commands start without
them.
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

FILE = Path(__file__).with_name("flags.json")
Kind = Literal["text", "text or value", "value", "switch", "list"]


class Flag(Struct, frozen=True, dict=True):
    """name: without the dashes. path: where its value belongs. kind: how it is written. of_list: its field is a
    list, of whose items it says something. help: what it is.
    """

    name: str
    path: tuple[str, ...]
    kind: Kind
    help: str = ""
    of_list: bool = False

    @cached_property
    def inner(self) -> str:
        """What it is of a list's items; empty where it is a whole one."""
        return self.path[1] if self.of_list and len(self.path) > 1 else ""


def load_flags(operation: str) -> Iterator[Flag]:
    """Those of `create`, `list` and so on."""
    yield from msgspec.json.decode(FILE.read_bytes(), type=dict[str, list[Flag]])[operation]
