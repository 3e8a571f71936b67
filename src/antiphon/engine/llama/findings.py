"""What was found out about this machine once, as files of JSON. Knows nothing of what is found."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

Finding = TypeVar("Finding", bound=Struct)


def read(file: Path, kind: type[Finding]) -> Finding | None:
    """What is kept there, if it is whole and of this kind."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def write(finding: Struct, file: Path) -> None:
    """In one piece. Where nothing can be written, the next start finds out again."""
    unfinished = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            unfinished.write_bytes(msgspec.json.encode(finding))
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
