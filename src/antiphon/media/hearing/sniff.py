"""What kind of sound bytes are, by what they begin with; what a client calls them is not believed.

Only kinds that are named here are ever read, so that no playlist or script is: those name other files. MP3 and AAC
begin nowhere: of them, frames that follow each other are looked for.
"""

import re
from typing import Literal, NamedTuple

from antiphon.media.hearing.frames import find_frames
from antiphon.media.unreadable import UnreadableError

Kind = Literal["wav", "flac", "ogg", "matroska", "mp4", "mp3", "aac"]
"""As FFmpeg calls their readers."""

MAGIC: tuple[tuple[re.Pattern[bytes], Kind], ...] = (
    (re.compile(rb"(?:RIFF|RF64|BW64)....WAVE", re.DOTALL), "wav"),
    (re.compile(rb"fLaC"), "flac"),
    (re.compile(rb"OggS"), "ogg"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "matroska"),
    (re.compile(rb"....(?:ftyp|moov|mdat|wide)", re.DOTALL), "mp4"),
)
MOST_TAGS = 4


class Sniffed(NamedTuple):
    """start: the byte where it begins."""

    kind: Kind
    start: int


def sniff(data: bytes) -> Sniffed:
    """Raises `UnreadableError` for all that is not one of the kinds."""
    start = skip_tags(data)
    for magic, kind in MAGIC:
        if magic.match(data, start):
            return Sniffed(kind, start)
    if found := find_frames(data, start):
        return Sniffed(*found)
    if not data:
        raise UnreadableError("is empty")
    raise UnreadableError("is of no kind that is read here; send WAV, MP3, FLAC, Ogg, M4A, AAC or WebM")


def skip_tags(data: bytes) -> int:
    """Where the ID3 tags at the beginning end. Their length is written in bytes of seven bits, after six others."""
    start = 0
    for _ in range(MOST_TAGS):
        if data[start : start + 3] != b"ID3" or len(data) < start + 10:
            break
        length = 0
        for byte in data[start + 6 : start + 10]:
            length = length << 7 | byte & 0x7F
        start += 10 + length + (10 if data[start + 5] & 0x10 else 0)
    return start
