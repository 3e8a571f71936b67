"""Saved conversations on the disk: written whole or not at all, and over nothing that is somebody else's."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from antiphon.cli.chat.files.images import parse_path, reason_of
from antiphon.cli.chat.files.saved import Saved, parse_saved, render_markdown, render_saved
from antiphon.cli.chat.refused import Refused

FOR_READING = {".md", ".markdown"}


def load_file(said: str) -> tuple[Path, Saved]:
    """Where it is, and what it holds. Raises `Refused`."""
    path = parse_path(said)
    try:
        text = path.read_bytes()
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {reason_of(error)}.") from None
    if path.suffix.lower() in FOR_READING:
        raise Refused(f"{path} is for reading only; a conversation is loaded from what `/save NAME.json` wrote.")
    try:
        return path, parse_saved(text)
    except Refused as error:
        raise Refused(f"{path} cannot be loaded. {error}") from None


def save_file(said: str, saved: Saved, *, may_replace: set[Path]) -> Path:
    """Where it is now. may_replace: files that may be there already. Raises `Refused`."""
    path = parse_path(said)
    text = render_markdown(saved) if path.suffix.lower() in FOR_READING else render_saved(saved)
    try:
        if path.is_dir():
            raise Refused(f"{path} is a folder.")
        if path.exists() and path.resolve() not in may_replace:
            raise Refused(f"{path} is there already; `/save! {said}` overwrites it.")
        write_whole(path, text.encode(errors="replace"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be written: {reason_of(error)}.") from None
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Another file takes the place of the old one once it is whole. What is no plain file is written into."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
