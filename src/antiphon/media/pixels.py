"""A picture once it has been decoded. Knows no format, and nothing of who looks at it."""

import hashlib

from msgspec import Struct


class Pixels(Struct, frozen=True, array_like=True):
    """rgb: bytes (height, width, 3). digest: of all of it, so that the same picture is known again. kind: what it came
    as; empty for what was drawn here.
    """

    width: int
    height: int
    rgb: bytes
    digest: str
    kind: str = ""


def build_pixels(width: int, height: int, rgb: bytes, kind: str = "") -> Pixels:
    """With its digest."""
    digest = hashlib.sha256(b"%d %d " % (width, height))
    digest.update(rgb)
    return Pixels(width, height, rgb, digest.hexdigest()[:32], kind)
