"""Finds the frames of MP3 and AAC (ADTS) in bytes, each of which tells where the next one is.

One header is found in any noise: three that agree are frames, or two that are all up to the end.
(ISO/IEC 11172-3 2.4.1.3; ISO/IEC 13818-7 6.2)
"""

import re
from typing import Literal, NamedTuple

SCANNED = 1 << 16
"""Bytes in which the first may be; recordings of streams begin in the middle of one."""

ENOUGH = 3
SYNC = re.compile(rb"\xff(?=[\xe0-\xff])")
TAG = re.compile(rb"(?:Xing|Info)(.{4})(.{4})", re.DOTALL)
FURTHEST = 64
RATES = (44_100, 48_000, 32_000)
BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
LOWER_BITRATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
VERSIONS = {0b00: 4, 0b10: 2, 0b11: 1}
"""Of MPEG audio (2.5, 2, 1) the divisor of the rates."""


class Header(NamedTuple):
    """rate: a code, where only equality counts. length: bytes to the next header."""

    kind: Literal["mp3", "aac"]
    rate: int
    length: int


def find_frames(data: bytes, start: int) -> tuple[Literal["mp3", "aac"], int] | None:
    """Of which kind they are, and where the first is."""
    for candidate in SYNC.finditer(data, start, start + SCANNED):
        first = read_header(data, candidate.start())
        if first and is_run(data, candidate.start(), first):
            return first.kind, candidate.start()
    return None


def is_run(data: bytes, place: int, first: Header) -> bool:
    """Whether enough frames follow each other from here, all of a kind."""
    header: Header | None = first
    for number in range(ENOUGH):
        header = read_header(data, place)
        if header is None or header[:2] != first[:2]:
            return number > 1 and place == len(data)
        place += header.length
    return True


def read_header(data: bytes, place: int) -> Header | None:
    """That of the frame at a place, if there is one."""
    head = data[place : place + 7]
    if len(head) < 7 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return read_adts(head)
    return read_mp3(head) if head[1] & 0xE6 == 0xE2 else None


def read_length(data: bytes) -> float | None:
    """How many seconds an MP3 has, if its first frame tells, which then has no sound, but how many others there are.

    (Xing's, and LAME's; of several MP3s one behind the other, the length of the first.)
    """
    header, tag = read_header(data, 0), TAG.search(data, 0, FURTHEST)
    if header is None or tag is None or not tag[1][3] & 1:
        return None
    samples = 1152 if header.rate >= min(RATES) else 576
    return int.from_bytes(tag[2]) * samples / header.rate


def read_adts(head: bytes) -> Header | None:
    """Of AAC: the length has 13 bits across three bytes."""
    rate, length = head[2] >> 2 & 0xF, (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return Header("aac", rate, length) if rate < 13 and length > 7 else None


def read_mp3(head: bytes) -> Header | None:
    """Of layer III: the length is that of its part of a second at its bit rate."""
    version, code, rate_code = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in VERSIONS or code in (0, 15) or rate_code == 3:
        return None
    rate = RATES[rate_code] // VERSIONS[version]
    bitrate, samples = (BITRATES, 144) if version == 3 else (LOWER_BITRATES, 72)
    return Header("mp3", rate, samples * bitrate[code] * 1000 // rate + (head[2] >> 1 & 1))
