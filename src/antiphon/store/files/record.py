"""An uploaded file as a value, and how much there may be. Knows no database, nothing of the wire, and no content."""

import re
import secrets
from typing import NamedTuple

from msgspec import Struct

ID = re.compile(r"file-[A-Za-z0-9_-]{24}")
CHUNK_BYTES = 1 << 20
"""Contents are written and read in pieces of so many bytes; the last is shorter."""


class File(Struct, frozen=True, kw_only=True):
    """What is told of a file. created: Unix seconds. size: in bytes. expires: Unix seconds, None for never."""

    id: str
    created: int
    name: str
    purpose: str
    size: int
    expires: int | None


class Limits(NamedTuple):
    """Bytes that a file may have, and all files of a project together."""

    file_bytes: int
    project_bytes: int


def draw_id() -> str:
    """An id that nobody can guess."""
    return f"file-{secrets.token_urlsafe(18)}"


def is_file_id(text: str) -> bool:
    """Whether a file could have this id; what clients ask for may be anything."""
    return ID.fullmatch(text) is not None
