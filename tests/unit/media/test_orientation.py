"""Which side of a picture is up."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.orientation import MOST_ENTRIES, UPRIGHT, read_orientation
from tests.unit.media.pictures import exif

OTHER = struct.pack(">HHII", 0x010F, 2, 9, 100)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_eight_are_found(orientation: int, order: str) -> None:
    """In both orders of bytes, with the mark that JPEG has before it or without, and behind other entries."""
    assert read_orientation(exif(orientation, order)) == orientation
    assert read_orientation(b"Exif\0\0" + exif(orientation, order)) == orientation
    assert read_orientation(exif(orientation, order, bytes(12), bytes(12))) == orientation


NONSENSE = [
    b"", b"II*\0", b"MM\0*", b"junk", exif(0), exif(9), exif(65535), exif(6)[:-10], exif(6)[:9], exif(6)[:18],
    b"MM\0*" + struct.pack(">I", 0xFFFFFFFF), b"MM\0*" + struct.pack(">IH", 8, 65535), exif(6)[1:],
    b"MM\0*" + struct.pack(">IHHHII", 8, 1, 0x0112, 4, 1, 6),
    b"MM\0*" + struct.pack(">IHHHIHH", 8, 1, 0x0112, 3, 2, 6, 0),
    exif(6, ">", *[OTHER] * MOST_ENTRIES),
]  # fmt: skip


@pytest.mark.parametrize("junk", NONSENSE)
def test_what_makes_no_sense_says_nothing(junk: bytes) -> None:
    """A picture is not refused for what is said beside it."""
    assert read_orientation(junk) == UPRIGHT


@given(st.binary(max_size=200), st.sampled_from([b"MM\0*", b"II*\0", b"Exif\0\0MM\0*", b""]))
def test_any_bytes_say_something(junk: bytes, mark: bytes) -> None:
    """One of eight."""
    assert 1 <= read_orientation(mark + junk) <= 8
