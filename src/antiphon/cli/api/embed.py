"""`@photo.png` in a value stands for what is in that file; `\\@` for an `@`."""

import base64
import mimetypes
from pathlib import Path
from typing import Any

TEXT, DATA = "file://", "data://"
AS_DATA_URL = {("image_url", "url"), ("file", "file_data")}
AS_BASE64 = {("input_audio", "data")}
MAGIC = {
    b"\x89PNG\r\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF-": "application/pdf",
}
UNKNOWN_TYPE = "application/octet-stream"


def embed(value: Any, place: tuple[str, ...] = ()) -> Any:
    """The same with files in it. place: the names that lead here. Raises `ValueError` with a sentence.

    A text file is a text, another one base64, unless the place wants something else: an address gets a data URL.
    """
    if isinstance(value, dict):
        return {name: embed(item, (*place, name)) for name, item in value.items()}
    if isinstance(value, list):
        return [embed(item, place) for item in value]
    if isinstance(value, str) and value.startswith("\\@"):
        return value[1:]
    if isinstance(value, str) and value.startswith("@"):
        return embed_file(value[1:], place[-2:])
    return value


def embed_file(name: str, place: tuple[str, ...]) -> str:
    """The content of a file in the form that is told, or else wanted at this place."""
    if name.startswith(TEXT):
        return decode(read_file(name.removeprefix(TEXT)), name)
    if name.startswith(DATA):
        return encode(read_file(name.removeprefix(DATA)))
    content = read_file(name)
    if place in AS_DATA_URL:
        return f"data:{type_of(name, content)};base64,{encode(content)}"
    if place in AS_BASE64 or not is_text(content):
        return encode(content)
    return content.decode()


def read_file(name: str) -> bytes:
    """Raises `ValueError`, which tells how to write what was meant if it is no file."""
    try:
        return Path(name).expanduser().read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"cannot read '{name}': {reason}. For a text that begins with @ write \\@") from None


def decode(content: bytes, name: str) -> str:
    """Raises `ValueError` for what is no text."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValueError(f"'{name.removeprefix(TEXT)}' is not a text in UTF-8; {DATA} sends it as base64") from None


def encode(content: bytes) -> str:
    """As base64."""
    return base64.b64encode(content).decode()


def is_text(content: bytes) -> bool:
    """Whether it is UTF-8, and nothing that only programs read."""
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def type_of(name: str, content: bytes) -> str:
    """By its first bytes, else by the file's name."""
    known = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)
    known = known or ("image/webp" if content[8:12] == b"WEBP" else mimetypes.guess_type(name, strict=False)[0])
    return known or ("text/plain" if is_text(content) else UNKNOWN_TYPE)
