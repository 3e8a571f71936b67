"""What bytes are, by how they begin. Pure, and bounded however many there are; nothing is decoded or unpacked.

The first bytes decide, whatever comes after them, as they do for what reads it. That something is named here does not
say that it is sound, nor that Antiphon reads it: a name for what is not read makes a better refusal.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal

Kind = Literal[
    "png", "jpeg", "webp", "gif", "bmp", "avif", "tiff", "heic", "jxl", "ico", "svg",
    "wav", "mp3", "flac", "ogg", "aac", "aiff", "mp4", "webm",
    "pdf", "docx", "xlsx", "pptx", "zip", "ole", "html",
]  # fmt: skip
"""ole: Word, Excel and PowerPoint before 2007, or encrypted. ogg: also Opus. mp4: also M4A. webm: also Matroska."""

IMAGES: frozenset[Kind | None] = frozenset({"png", "jpeg", "webp", "gif", "bmp", "avif"})
"""Those that Antiphon reads."""

MAGIC: list[tuple[bytes, Kind]] = [
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"II+\0", "tiff"), (b"MM\0+", "tiff"), (b"\0\0\1\0", "ico"),
    (b"\xff\x0a", "jxl"), (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (b"fLaC", "flac"), (b"OggS\0", "ogg"), (b"ADIF", "aac"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
]  # fmt: skip

AVIF = frozenset({b"avif", b"avis"})
HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
OFFICE: list[tuple[bytes, Kind]] = [(b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")]
MOST_NAMES = 1_000
"""Of the files in a zip, that are looked at."""
FURTHEST = 1024
"""Bytes at the beginning in which text is looked at."""
PROLOGUE = re.compile(rb"(?:<\?xml[^>]*>|<!--.*?-->|<!doctype\s+svg[^>]*>|\s)*", re.IGNORECASE | re.DOTALL)
SVG = re.compile(rb"<(?:[a-z]+:)?svg[\s>]", re.IGNORECASE)
HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)


def sniff(data: bytes) -> Kind | None:
    """None for what is not known, such as plain text."""
    for magic, kind in MAGIC:
        if data.startswith(magic):
            return kind
    found: Iterator[Kind | None] = (look(data) for look in LOOKS)
    return next((kind for kind in found if kind is not None), None)


def sniff_riff(data: bytes) -> Kind | None:
    """Containers of Microsoft's, and their mirror image of Apple's."""
    outer, inner = data[:4], data[8:12]
    if outer in (b"RIFF", b"RF64") and inner == b"WAVE":
        return "wav"
    if outer == b"RIFF" and inner == b"WEBP" and data[12:15] == b"VP8":
        return "webp"
    return "aiff" if outer == b"FORM" and inner in (b"AIFF", b"AIFC") else None


def sniff_bmp(data: bytes) -> Kind | None:
    """Two letters are not enough; the size of the second header is one of a few."""
    return "bmp" if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in BMP_HEADERS else None


def sniff_boxes(data: bytes) -> Kind | None:
    """ISO's base media files: their first box names brands, the main one and those that can be read as well."""
    size = int.from_bytes(data[:4], "big")
    if data[4:8] != b"ftyp" or not 12 <= size <= 4096:
        return None
    main, others = data[8:12], data[16 : min(size, 256)]
    if main in AVIF or (main in HEIF and AVIF & {others[start : start + 4] for start in range(0, len(others), 4)}):
        return "avif"
    return "heic" if main in HEIF else "mp4"


def sniff_ebml(data: bytes) -> Kind | None:
    """Matroska, whose header has its kind in letters."""
    is_known = b"webm" in data[4:64] or b"matroska" in data[4:64]
    return "webm" if data[:4] == b"\x1aE\xdf\xa3" and is_known else None


def sniff_frames(data: bytes) -> Kind | None:
    """Audio that is frame after frame, behind a tag or without one."""
    if data[:3] == b"ID3" and len(data) >= 10 and all(byte < 0x80 for byte in data[6:10]):
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        behind = data[10 + size : 14 + size]
        return "flac" if behind == b"fLaC" else sniff_frame(behind) or "mp3"
    return sniff_frame(data[:4])


def sniff_frame(head: bytes) -> Kind | None:
    """MPEG audio, layers II and III, and AAC (ADTS); with a bit rate and a sampling rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac" if (head[2] >> 2) & 0xF < 13 else None
    version, layer, bit_rate, sampling = (head[1] >> 3) & 3, (head[1] >> 1) & 3, head[2] >> 4, (head[2] >> 2) & 3
    return "mp3" if version != 1 and layer in (1, 2) and bit_rate not in (0, 15) and sampling != 3 else None


def sniff_pdf(data: bytes) -> Kind | None:
    """Line breaks before it are common enough."""
    return "pdf" if skip_lead(data).startswith(b"%PDF-") else None


def sniff_markup(data: bytes) -> Kind | None:
    """What browsers draw: SVG and HTML, also behind a declaration and comments."""
    text = PROLOGUE.sub(b"", skip_lead(data), count=1)
    if SVG.match(text):
        return "svg"
    return "html" if HTML.match(text) else None


def skip_lead(data: bytes) -> bytes:
    """How text begins behind a byte order mark and white space."""
    return data[:FURTHEST].removeprefix(b"\xef\xbb\xbf").lstrip()


def sniff_zip(data: bytes) -> Kind | None:
    """Office documents are zips with certain folders and a list of types."""
    if not data.startswith((b"PK\3\4", b"PK\5\6")):
        return None
    names = set(names_in_zip(data))
    if b"[Content_Types].xml" not in names:
        return "zip"
    return next((kind for folder, kind in OFFICE if any(name.startswith(folder) for name in names)), "zip")


def names_in_zip(data: bytes) -> Iterator[bytes]:
    """The first of them, as the directory at its end has them."""
    end = data.rfind(b"PK\5\6", max(0, len(data) - 65_557))
    at = int.from_bytes(data[end + 16 : end + 20], "little")
    for _ in range(MOST_NAMES if end >= 0 else 0):
        head = data[at : at + 46]
        if len(head) < 46 or head[:4] != b"PK\1\2":
            return
        length, extra, comment = (int.from_bytes(head[place : place + 2], "little") for place in (28, 30, 32))
        yield data[at + 46 : at + 46 + min(length, 256)]
        at += 46 + length + extra + comment


LOOKS: list[Callable[[bytes], Kind | None]] = [
    sniff_riff, sniff_bmp, sniff_boxes, sniff_ebml, sniff_frames, sniff_pdf, sniff_markup, sniff_zip,
]  # fmt: skip
