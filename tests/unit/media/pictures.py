"""Pictures, right ones and wrong ones, as bytes; PNG by a writer of our own, as no library writes what is hostile."""

import base64
import io
import struct
import zlib
from typing import Any

from PIL import Image

MAGIC = b"\x89PNG\r\n\x1a\n"
GREY, RGB, GREY_ALPHA, RGB_ALPHA = 0, 2, 4, 6


def save(image: Image.Image, kind: str, **options: Any) -> bytes:
    """By Pillow."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    size: tuple[int, int] = (1, 1), rows: bytes = b"\0\xff\0\0", *extra: bytes, depth: int = 8, colour: int = RGB
) -> bytes:
    """rows: each behind a byte that says how it is filtered. extra: chunks before them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0))
    return MAGIC + head + b"".join(extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def zeros(num_megabytes: int) -> bytes:
    """So many, compressed to a thousandth of them: a piece that stands for itself, again and again."""
    packer = zlib.compressobj(9, wbits=-15)
    piece = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + piece * num_megabytes + packer.flush()


def gradient(size: tuple[int, int] = (48, 32)) -> Image.Image:
    """No two of its corners are alike, and nothing in it is sharp."""
    across, down = Image.linear_gradient("L").rotate(90), Image.linear_gradient("L")
    return Image.merge("RGB", (across, down, Image.new("L", across.size, 60))).resize(size)


def many_scans(count: int) -> bytes:
    """A progressive JPEG of so many scans: its last one, with nothing in it, again and again."""
    whole = save(gradient((64, 64)), "JPEG", progressive=True)
    at = whole.rindex(b"\xff\xda")
    head = whole[at : at + 2 + int.from_bytes(whole[at + 2 : at + 4])]
    return whole[:-2] + (head + b"\0") * count + b"\xff\xd9"


def exif(orientation: int, order: str = ">", *others: bytes) -> bytes:
    """A directory of an entry, behind others of 12 bytes."""
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    mark = b"MM\0*" if order == ">" else b"II*\0"
    return mark + struct.pack(f"{order}IH", 8, len(others) + 1) + b"".join(others) + entry + bytes(4)


def data_url(data: bytes, kind: str = "png") -> str:
    """As requests have it."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
ICO = b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0\x16\0\0\0" + bytes(64)
