"""Images for the next message: an address as it is, a file as a data URL."""

import base64
import shlex
from pathlib import Path

from antiphon.cli.chat.refused import Refused

ADDRESSES = ("http://", "https://", "data:image/")
MOST_BYTES = 20 * 2**20


def load_image(said: str) -> str:
    """Its address. said: an address, or a file as it is typed or dropped into a terminal. Raises `Refused`."""
    if said.lower().startswith(ADDRESSES):
        return said
    content = read_file(parse_path(said))
    kind = sniff(content)
    if kind is None:
        raise Refused(f"{said} is no image that can be sent: PNG, JPEG, GIF and WebP can.")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def read_file(path: Path) -> bytes:
    """All of it. Raises `Refused`."""
    try:
        size = path.stat().st_size
        if path.is_file() and size > MOST_BYTES:
            raise Refused(f"{path} has {size // 2**20} MB; an image may have {MOST_BYTES // 2**20}.")
        if not path.is_file():
            raise Refused(f"{path} is no file.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {reason_of(error)}.") from None


def sniff(content: bytes) -> str | None:
    """The kind that its first bytes show; its name may lie."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for begin, kind in KINDS.items() if content.startswith(begin)), None)


def parse_path(said: str) -> Path:
    """A path, with the quotes or backslashes that a shell or a terminal puts around blanks taken away."""
    try:
        words = shlex.split(said)
    except ValueError:
        words = []
    quoted = len(words) == 1 and not Path(said).exists()
    path = Path(words[0] if quoted else said)
    try:
        return path.expanduser()
    except RuntimeError:  # nobody has that name
        return path


def reason_of(error: OSError | ValueError) -> str:
    """In the system's words."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
