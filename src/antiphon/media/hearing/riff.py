"""The header of a WAV file: of what form its samples are, and where. Knows sizes that writers of streams leave open.

(Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991; extensible: mmreg.h; RF64: EBU
Tech 3306.)
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from antiphon.media.unreadable import UnreadableError

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
OPEN_SIZE = 0x7FFFF000
"""From here on, a size is one that a writer put there who could not go back when it was known; so is 0."""

MOST_CHUNKS = 1000
WIDTHS = {PCM: (1, 2, 3, 4), FLOAT: (4, 8)}


class Chunk(NamedTuple):
    """start and size: of its content, in bytes."""

    name: bytes
    start: int
    size: int


class Form(NamedTuple):
    """tag: how samples are written. width: bytes of one sample of one channel."""

    tag: int
    channels: int
    rate: int
    width: int


class Wav(NamedTuple):
    """start: the byte where samples begin. size: bytes of them, as it is written, or None if that is left open."""

    form: Form
    start: int
    size: int | None


def parse_wav(data: bytes) -> Wav:
    """What is told before the samples. Raises `UnreadableError`."""
    form, long_size = None, None
    for chunk in find_chunks(data):
        if chunk.name == b"fmt ":
            form = parse_form(data[chunk.start : chunk.start + chunk.size])
        elif chunk.name == b"ds64" and len(data) >= chunk.start + 16:
            long_size = int.from_bytes(data[chunk.start + 8 : chunk.start + 16], "little")
        elif chunk.name == b"data":
            if form is None:
                break
            is_open = chunk.size == 0 or chunk.size >= OPEN_SIZE
            return Wav(form, chunk.start, long_size if is_open else chunk.size)
    raise UnreadableError("is a WAV file that breaks off before its samples, or tells nothing of their form")


def find_chunks(data: bytes) -> Iterator[Chunk]:
    """The parts that it is made of, each at an even byte; the last may be larger than what there is."""
    start = 12
    for _ in range(MOST_CHUNKS):
        if start + 8 > len(data):
            return
        name, size = struct.unpack_from("<4sI", data, start)
        yield Chunk(name, start + 8, size)
        start += 8 + size + size % 2


def parse_form(content: bytes) -> Form:
    """Raises `UnreadableError` where the numbers contradict each other."""
    if len(content) < 16:
        raise UnreadableError("is a WAV file whose header breaks off")
    tag, channels, rate, _, align, bits = struct.unpack_from("<HHIIHH", content)
    if tag == EXTENSIBLE and len(content) >= 26:
        tag = int.from_bytes(content[24:26], "little")
    if tag not in WIDTHS:
        return Form(tag, channels, rate, 0)
    width = find_width(channels, align, bits)
    if width not in WIDTHS[tag]:
        raise UnreadableError(f"is a WAV file with samples of {bits} bits in {align} bytes, which cannot be read")
    return Form(tag, channels, rate, width)


def find_width(channels: int, align: int, bits: int) -> int:
    """Bytes of one sample of one channel: samples of 20 bits are in 3 bytes, or in 4 where more is kept for them."""
    needed = -(-bits // 8)
    kept, rest = divmod(align, channels) if channels else (0, 0)
    if not align:
        return needed
    return kept if kept >= needed and not rest else 0
