"""What bytes are is found in them; playlists, scripts and pictures are nothing that is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.hearing.sniff import Kind, sniff
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.hearing.sounds import compress, wav

ID3 = b"ID3\4\0\0\0\0\2\0" + bytes(256)
MP3 = b"\xff\xfb\x90\xc4".ljust(417, b"\0")
"""A frame of 128 kbit at 44,100 Hz."""
ADTS = b"\xff\xf1\x50\x80\x0d\x1f\xfc".ljust(104, b"\0")

KNOWN: list[tuple[bytes, Kind, int]] = [
    (wav(), "wav", 0), (b"RF64\0\0\0\0WAVE", "wav", 0), (b"fLaC", "flac", 0), (ID3 + b"fLaC", "flac", 266),
    (ID3 + ID3 + b"fLaC", "flac", 532), (b"ID3\4\0\x10\0\0\0\1\0" + bytes(10) + b"fLaC", "flac", 21),
    (b"OggS", "ogg", 0), (b"\x1a\x45\xdf\xa3", "matroska", 0), (b"\0\0\0\x20ftypM4A ", "mp4", 0),
    (b"\0\0\0\x08wide", "mp4", 0),
    (MP3 * 3, "mp3", 0), (MP3 * 2, "mp3", 0), (ID3 + MP3 * 3, "mp3", 266), (b"\xff" * 99 + MP3 * 3, "mp3", 99),
    (b"half a frame" * 99 + MP3 * 3, "mp3", 1188), (ADTS * 3, "aac", 0), (b"\0" * 64 + ADTS * 3, "aac", 64),
    (MP3 * 4 + b"TAG" + bytes(125), "mp3", 0),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind", "start"), KNOWN)
def test_what_it_begins_with_tells(data: bytes, kind: Kind, start: int) -> None:
    """Behind any tags; frames of MP3 and AAC also behind half ones."""
    assert sniff(data) == (kind, start)


UNKNOWN = [
    b"", b"RIFF\0\0\0\0AVI ", b"RIFF", b"ID3", b"ID3\4\0\0\x7f\x7f\x7f\x7f", ID3, b"#EXTM3U\nhttp://127.0.0.1/x.mp3\n",
    b"ffconcat version 1.0\nfile '/etc/passwd'\n", b"file '/etc/passwd'\n", b"[playlist]\nFile1=http://127.0.0.1/\n",
    b"<?xml version='1.0'?><MPD/>", b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    b"\x89PNG\r\n\x1a\n" + bytes(99),
    b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(99), MP3, MP3 + b"x" * 999, MP3[:200], b"\xff" * 200_000,
    b"\xff\xfb\x90\0" * 50_000,
    bytes(70_000) + MP3 * 9, MP3 + ADTS + MP3, b"GIF89a", b"%PDF-1.7", b"PK\3\4",
]  # fmt: skip


@pytest.mark.parametrize("data", UNKNOWN, ids=lambda data: repr(data[:12]))
def test_nothing_else_is_read(data: bytes) -> None:
    """A file that names other files is none of them, nor one header in the noise."""
    with pytest.raises(UnreadableError, match="is empty" if not data else "is of no kind that is read here"):
        sniff(data)


@pytest.mark.parametrize(("kind", "codec"), [("mp3", "libmp3lame"), ("adts", "aac")])
@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_frames_are_found_in_the_middle(kind: str, codec: str, rate: int) -> None:
    """A recording of a stream begins anywhere."""
    data = compress(kind, codec, rate=rate)
    assert sniff(data[1_000:]).kind == {"adts": "aac"}.get(kind, kind)


@given(st.binary(max_size=300), st.sampled_from([b"", b"ID3", b"\xff\xfb\x90\xc4", b"\xff\xf1"]))
def test_any_bytes_are_of_a_kind_or_of_none(data: bytes, begin: bytes) -> None:
    """And the beginning is within them."""
    try:
        assert 0 <= sniff(begin + data).start <= len(begin + data)
    except UnreadableError as error:
        assert error.reason
