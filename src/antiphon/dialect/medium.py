"""What a conversation has beside text. In texts a character stands for each, which is nowhere else in them."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

MARKS = range(0x30000, 0x31300)
"""Ideographs that nobody writes (extension G). Python shows them as they are, as some templates write lists."""


RATE = 16_000
"""Samples a second of recordings."""


class Picture(Struct, frozen=True, tag=True):
    """rgb: bytes (height, width, 3). digest: tells it from all others. place: where the request has it. encoded: as it
    came, a `data:` URL; empty where nobody needs it. detail: as it was asked for.
    """

    width: int
    height: int
    rgb: bytes
    digest: str
    place: str = ""
    encoded: str = ""
    detail: str | None = None


class Recording(Struct, frozen=True, tag=True):
    """samples: float32, one channel, `RATE`. digest, place: as of a picture. encoded: as it came, base64."""

    samples: bytes
    digest: str
    place: str = ""
    encoded: str = ""


class Transcript(Struct, frozen=True, tag=True):
    """What was said in a recording, for models that do not hear."""

    text: str


Sensed = Picture | Recording
Medium = Picture | Recording | Transcript


def choose_marks(texts: Iterable[str]) -> Iterator[str]:
    """Characters that these texts do not have."""
    seen = set().union(*map(set, texts))
    return (mark for mark in map(chr, MARKS) if mark not in seen)


def without_source(medium: Sensed) -> Sensed:
    """For who needs what it shows only."""
    return replace(medium, encoded="")
