"""A picture as part of a message to an upstream: as it came, or as PNG of the pixels that were made of it. Pure.

What every upstream reads goes as it came, which is smaller. Never an address: nobody fetches anything.
"""

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from antiphon.dialect.medium import Picture
from antiphon.engine.remote.kinds import Kind
from antiphon.media.sniff import sniff

HEAD = re.compile(r"data:image/(png|jpe?g|webp);base64")
"""Kinds of pictures that every upstream reads. Of a GIF only the first frame is looked at."""
LONGEST_HEAD = 32
SNIFFED = 64
"""Characters of base64 that tell what it is."""
ODD = "%\n\r\t "
"""What may be in a data URL, and is not read everywhere."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB = b"\x08\x02\x00\x00\x00"
"""8 bits of each of three colours."""
FAST = 1


def write_picture(picture: Picture, kind: Kind) -> dict[str, Any]:
    """The part. detail: where the upstream may know it."""
    url = picture.encoded if passes(picture, kind) else write_url(picture)
    told = {"url": url}
    if picture.detail and (kind.native or picture.detail != "original"):
        told["detail"] = picture.detail
    return {"type": "image_url", "image_url": told}


def passes(picture: Picture, kind: Kind) -> bool:
    """Whether it can go as it came: if the upstream looks at it as we would, and it is what it says."""
    is_scaled = picture.detail == "low" and not kind.native
    head, _, data = picture.encoded[: LONGEST_HEAD + SNIFFED].partition(",")
    found = HEAD.fullmatch(head)
    if found is None or kind.redraws or is_scaled or any(sign in picture.encoded for sign in ODD):
        return False
    return sniff(begin(data)) == found[1].replace("jpg", "jpeg")


def begin(data: str) -> bytes:
    """How the bytes begin that base64 stands for; nothing where it is none."""
    try:
        return binascii.a2b_base64(data[: min(len(data), SNIFFED) // 4 * 4])
    except ValueError:
        return b""


def write_url(picture: Picture) -> str:
    """As a data URL, out of its pixels."""
    png = write_png(picture.width, picture.height, picture.rgb)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def write_png(width: int, height: int, rgb: bytes) -> bytes:
    """A file. rgb: bytes (height, width, 3). (W3C PNG 5, 11)"""
    stride = 3 * width
    rows = b"".join(b"\0" + rgb[start : start + stride] for start in range(0, stride * height, stride))
    chunks = (
        (b"IHDR", struct.pack(">II", width, height) + RGB),
        (b"IDAT", zlib.compress(rows, FAST)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(piece for name, content in chunks for piece in write_chunk(name, content))


def write_chunk(name: bytes, content: bytes) -> Iterator[bytes]:
    """With its length before it and its checksum behind it."""
    yield struct.pack(">I", len(content))
    yield name
    yield content
    yield struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))
