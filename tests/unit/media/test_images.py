"""Pictures to pixels: what is read, how large it becomes, and what is refused."""

import struct
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from antiphon.media.images import MOST_SCANS, read_picture, scale
from antiphon.media.pixels import Pixels
from antiphon.media.studio.jobs import Detail
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.pictures import (
    GREY,
    GREY_ALPHA,
    HEIC,
    ICO,
    RGB_ALPHA,
    SVG,
    chunk,
    exif,
    gradient,
    many_scans,
    png,
    save,
    zeros,
)

AVIF = pytest.param("avif", marks=pytest.mark.skipif(not features.check("avif"), reason="Pillow has no AVIF here"))
RED, WHITE, HALF = (255, 0, 0), (255, 255, 255), (127, 127, 127)


def at(pixels: Pixels, x: int, y: int) -> tuple[int, ...]:
    """The colour there."""
    begin = (y * pixels.width + x) * 3
    return tuple(pixels.rgb[begin : begin + 3])


def is_near(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """As near as what is lost in compression."""
    return all(abs(one - two) <= 12 for one, two in zip(colour, other, strict=True))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif", "bmp", AVIF])
def test_formats(kind: str) -> None:
    """Each of them comes out as it went in, in rows from the top, and says what it was."""
    picture = gradient()
    pixels = read_picture(save(picture.convert("P") if kind == "gif" else picture, kind))
    assert (pixels.width, pixels.height, pixels.kind, len(pixels.rgb)) == (48, 32, kind, 48 * 32 * 3)
    for place in ((2, 2), (45, 2), (2, 29), (45, 29)):
        assert is_near(at(pixels, *place), picture.getpixel(place)) or kind == "gif"


@pytest.mark.parametrize("kind", ["gif", "webp", "png", AVIF])
def test_of_several_frames_the_first_is_seen(kind: str) -> None:
    """The others are not even counted."""
    first, *others = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    pixels = read_picture(save(first, kind, save_all=True, append_images=others))
    assert is_near(at(pixels, 4, 4), RED)
    assert len(pixels.rgb) == 8 * 8 * 3


SMALL = Image.new("L", (1, 1), 128)
MODES = {
    "1 bit": (png((8, 1), b"\0\x0f", depth=1, colour=GREY), (0, 0, 0)),
    "2 bits": (png((4, 1), b"\0\x6c", depth=2, colour=GREY), (85, 85, 85)),
    "16 bits": (png((1, 1), b"\0\x7f\xff", depth=16, colour=GREY), HALF),
    "16 bits, dark": (png((1, 1), b"\0\1\1", depth=16, colour=GREY), (1, 1, 1)),
    "16 bits, bright": (png((1, 1), b"\0\xfe\xfe", depth=16, colour=GREY), (254, 254, 254)),
    "16 bits of each colour": (png((1, 1), b"\0\xff\xff\0\0\0\0", depth=16), RED),
    "grey": (save(SMALL, "png"), (128, 128, 128)),
    "palette": (save(Image.new("RGB", (4, 4), "red").convert("P"), "png"), RED),
    "palette, clear": (save(Image.new("P", (1, 1), 0), "png", transparency=0), WHITE),
    "grey, clear": (png((1, 1), b"\0\x20\0", colour=GREY_ALPHA), WHITE),
    "grey, half clear": (png((1, 1), b"\0\0\x80", colour=GREY_ALPHA), HALF),
    "colour, clear": (png((1, 1), b"\0\xff\0\0\0", colour=RGB_ALPHA), WHITE),
    "colour, half clear": (png((1, 1), b"\0\xff\0\0\x80", colour=RGB_ALPHA), (255, 127, 127)),
    "16 bits, half clear": (png((1, 1), b"\0\0\0\x80\x80", depth=16, colour=GREY_ALPHA), HALF),
    "one grey is clear": (png((1, 1), b"\0\x80", chunk(b"tRNS", b"\0\x80"), colour=GREY), WHITE),
    "another grey is clear": (png((1, 1), b"\0\x80", chunk(b"tRNS", b"\0\x81"), colour=GREY), (128, 128, 128)),
    "one of 16 bits is clear": (png((1, 1), b"\0\x80\x80", chunk(b"tRNS", b"\x80\x80"), depth=16, colour=GREY), WHITE),
    "one colour is clear": (png((1, 1), b"\0\xff\0\0", chunk(b"tRNS", b"\0\xff\0\0\0\0")), WHITE),
    "CMYK": (save(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "jpeg", quality=95), RED),
    "grey JPEG": (save(Image.new("L", (8, 8), 128), "jpeg"), (128, 128, 128)),
    "WebP, clear": (save(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "webp", lossless=True), WHITE),
    "GIF, clear": (save(Image.new("P", (8, 8), 0), "gif", transparency=0), WHITE),
    "BMP of 1 bit": (save(Image.new("1", (8, 8), 0), "bmp"), (0, 0, 0)),
}


@pytest.mark.parametrize("name", MODES)
def test_modes(name: str) -> None:
    """However colours are written, they come as RGB, on white where nothing is."""
    data, colour = MODES[name]
    assert is_near(at(read_picture(data), 0, 0), colour)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", AVIF])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright(kind: str, orientation: int) -> None:
    """As EXIF says it was held; what is written at the upper left comes out there."""
    corners = [(1, 1), (46, 1), (1, 30), (46, 30)]
    upright = gradient()
    held = {
        1: upright, 2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180), 4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE), 6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE), 8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]  # fmt: skip
    pixels = read_picture(save(held, kind, exif=b"Exif\0\0" + exif(orientation)))
    assert (pixels.width, pixels.height) == (48, 32)
    for corner in corners:
        assert is_near(at(pixels, *corner), upright.getpixel(corner))


@pytest.mark.parametrize("orientation", [0, 9, 4242])
def test_no_orientation(orientation: int) -> None:
    """One that does not exist is none."""
    picture = gradient()
    assert (
        read_picture(save(picture, "png", exif=exif(orientation))).digest == read_picture(save(picture, "png")).digest
    )


def test_broken_exif() -> None:
    """It takes nothing from a picture that is whole."""
    whole = save(gradient(), "jpeg")
    segment = b"\xff\xe1" + struct.pack(">H", 16) + b"Exif\0\0MM\0*\xff\xff\xff\xff"
    assert read_picture(whole[:2] + segment + whole[2:]).digest == read_picture(whole).digest


SIZES: list[tuple[tuple[int, int], Detail | None, tuple[int, int]]] = [
    ((1, 1), None, (1, 1)), ((1, 1), "low", (1, 1)), ((1, 1), "original", (1, 1)),
    ((512, 512), "low", (512, 512)), ((513, 513), "low", (512, 512)), ((1024, 768), "low", (512, 384)),
    ((768, 1024), "low", (384, 512)), ((3000, 1), "low", (512, 1)), ((300, 200), "low", (300, 200)),
    ((768, 768), "high", (768, 768)), ((769, 769), "high", (768, 768)), ((1024, 1024), "high", (768, 768)),
    ((2048, 768), "high", (2048, 768)), ((2048, 4096), "high", (768, 1536)), ((4000, 3000), "high", (1024, 768)),
    ((3000, 4000), "high", (768, 1024)), ((8000, 768), "high", (2048, 197)), ((700, 2000), "high", (700, 2000)),
    ((4000, 3000), "auto", (1024, 768)), ((4000, 3000), None, (1024, 768)), ((8000, 8000), None, (768, 768)),
    ((60_000, 1), None, (2048, 1)), ((1, 60_000), "low", (1, 512)),
    ((4096, 4096), "original", (4096, 4096)), ((8000, 8000), "original", (4096, 4096)),
    ((8192, 1000), "original", (4096, 500)), ((4000, 3000), "original", (4000, 3000)),
]  # fmt: skip


@pytest.mark.parametrize(("size", "detail", "seen"), SIZES)
def test_sizes(size: tuple[int, int], detail: Detail | None, seen: tuple[int, int]) -> None:
    """As closely as is asked for, never enlarged, never nothing."""
    assert scale(size, detail) == seen


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif", "bmp"])
@pytest.mark.parametrize(
    ("size", "detail", "seen"),
    [((1001, 1999), "low", (256, 512)), ((1999, 1001), None, (1534, 768)), ((1999, 1001), "original", (1999, 1001))],
)
def test_sizes_of_formats(kind: str, size: tuple[int, int], detail: Detail, seen: tuple[int, int]) -> None:
    """The same for all, though some can be decoded smaller than they are."""
    pixels = read_picture(save(Image.new("L", size, 77), kind), detail)
    assert (pixels.width, pixels.height) == seen
    assert len(pixels.rgb) == seen[0] * seen[1] * 3
    assert is_near(at(pixels, seen[0] - 1, seen[1] - 1), (77, 77, 77))


def test_digests() -> None:
    """Equal pixels have equal ones, whatever they came as; others have others, and so have the same in other rows."""
    picture = gradient()
    digests = {read_picture(save(picture, kind)).digest for kind in ("png", "bmp")}
    digests.add(read_picture(save(picture, "webp", lossless=True)).digest)
    digests.add(read_picture(save(picture, "png", compress_level=0, exif=exif(1))).digest)
    assert len(digests) == 1
    wide, tall = (read_picture(save(Image.new("L", size, 5), "png")) for size in ((4, 2), (2, 4)))
    assert wide.rgb == tall.rgb and wide.digest != tall.digest
    assert read_picture(save(picture, "png")).digest not in (wide.digest, tall.digest)


def test_its_name_does_not_count() -> None:
    """What it is is found out, here and by who unpacks it; what follows behind it is not looked at."""
    assert read_picture(save(gradient(), "jpeg") + b"<script>alert(1)</script>").kind == "jpeg"


BOMBS = {
    "a PNG of 100,000 x 100,000": (png((100_000, 100_000), b""), "has more than 64 million pixels"),
    "a GIF of 65,535 x 65,535": (
        b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;", "64 million pixels"
    ),
    "a BMP of 2,000,000,000 x 1": (
        b"BM" + bytes(12) + struct.pack("<IiiHHIIiiII", 40, 2_000_000_000, 1, 1, 24, 0, 0, 0, 0, 0, 0), "64 million"
    ),
    "a WebP of 16,384 x 16,384": (
        b"RIFF\x1e\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\xff\x3f\0\xff\x3f\0VP8 \0\0\0\0", "64 million pixels"
    ),
    "a JPEG of thousands of scans": (many_scans(5_000), r"a JPEG of 5,\d{3} scans, and 200 are the most"),
    "zTXt of 2 GB": (png((1, 1), b"\0\1\2\3", chunk(b"zTXt", b"a\0\0" + zeros(2000))), "is broken"),
    "iCCP of 2 GB": (png((1, 1), b"\0\1\2\3", chunk(b"iCCP", b"a\0\0" + zeros(2000))), "is broken"),
    "a PNG without pixels": (png((0, 0), b""), "is broken|has no pixels"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str) -> None:
    """They are refused by what they say of themselves."""
    data, told = BOMBS[name]
    with pytest.raises(UnreadableError, match=told):
        read_picture(data)


def test_pixels_behind_the_last_are_not_unpacked() -> None:
    """Neither are frames behind the first."""
    bomb = png((1, 1), b"").replace(chunk(b"IDAT", b"x\x9c\3\0\0\0\0\1"), chunk(b"IDAT", zeros(2000)))
    assert read_picture(bomb).rgb == bytes(3)
    frames = [Image.new("L", (4, 4), index % 256) for index in range(200)]
    gif = save(frames[0], "gif", save_all=True, append_images=frames[1:])
    assert read_picture(gif[:-1] + gif[-40:-1] * 10_000 + b";").width == 4


def test_scans_that_are_many_enough() -> None:
    """A progressive JPEG is read, up to a bound that none that was meant well comes near."""
    assert read_picture(many_scans(MOST_SCANS - 10)).width == 64


REFUSED = {
    "svg": (SVG, "is SVG; send PNG, JPEG, WebP, GIF, BMP or AVIF"), "heic": (HEIC, "is HEIC; send PNG"),
    "tiff": (save(gradient(), "tiff"), "is TIFF; send PNG"), "ico": (ICO, "is ICO; send PNG"),
    "pdf": (b"%PDF-1.7\n", "is PDF; send PNG"), "text": (b"hello", "is no picture; send PNG"),
    "nothing": (b"", "is empty"), "html": (b"<!doctype html><p>", "is HTML; send PNG"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_of_ours_is_refused_by_name(name: str) -> None:
    """And with what to send in its place."""
    data, told = REFUSED[name]
    with pytest.raises(UnreadableError, match=told):
        read_picture(data)


POLYGLOTS = [
    b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", b"GIF89a%PDF-1.7\n1 0 obj\n<<>>\nendobj", b"BM" + b"\x28\0\0\0" * 20,
    b"\xff\xd8\xff<?php system($_GET['a']); ?>", b"\x89PNG\r\n\x1a\nPK\3\4" + bytes(60), b"RIFF\x24\0\0\0WEBPVP8 ",
]  # fmt: skip


@pytest.mark.parametrize("data", POLYGLOTS)
def test_polyglots(data: bytes) -> None:
    """What begins as a picture is read as one, and as nothing else; the words are ours."""
    with pytest.raises(
        UnreadableError, match=r"^(is broken: it begins as [A-Z]+ and cannot be decoded|is no picture;.*)$"
    ):
        read_picture(data)


GOOD = {kind: save(gradient((24, 16)), kind) for kind in ("png", "jpeg", "webp", "gif", "bmp")}


@pytest.mark.parametrize("kind", GOOD)
def test_cut_off(kind: str) -> None:
    """At whatever byte, it is refused, or it is whole but for what no pixel comes from."""
    data = GOOD[kind]
    for end in range(0, len(data) - 1, max(1, len(data) // 60)):
        try:
            assert (read_picture(data[:end]).width, len(data) - end < 40) == (24, True)
        except UnreadableError as unreadable:
            assert unreadable.reason


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """They are a picture, or they are refused in a sentence of ours."""
    read_or_refuse(data)


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(GOOD)),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=8),
    st.sampled_from([None, "low", "original"]),
)
def test_any_change(kind: str, changes: list[tuple[int, int]], detail: Detail | None) -> None:
    """The same of a good one in which some bytes have become others."""
    data = bytearray(GOOD[kind])
    for place, byte in changes:
        data[place % len(data)] = byte
    read_or_refuse(bytes(data), detail)


def read_or_refuse(data: bytes, detail: Detail | None = None) -> None:
    """Nothing else happens."""
    try:
        pixels = read_picture(data, detail)
    except UnreadableError as unreadable:
        assert "Error" not in unreadable.reason and "/" not in unreadable.reason.replace("PNG, JPEG", "")
    else:
        assert len(pixels.rgb) == pixels.width * pixels.height * 3 > 0


LARGEST = """
import io, resource, sys
from PIL import Image
from antiphon.media.images import read_picture
file = io.BytesIO()
Image.new("RGBA", (8000, 8000), (1, 2, 3, 4)).save(file, "png", compress_level=1)
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
assert read_picture(file.getvalue(), "original").width == 4096
"""


def test_the_largest_takes_less_than_a_gigabyte() -> None:
    """Of address space, with the interpreter in it: half of what the process has that reads them."""
    ended = subprocess.run([sys.executable, "-c", LARGEST], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
