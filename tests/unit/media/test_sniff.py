"""What bytes are, by how they begin."""

import io
import zipfile
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.sniff import IMAGES, MOST_NAMES, Kind, sniff

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF"
MP3_FRAME = b"\xff\xfb\x90\x64"
ADTS = b"\xff\xf1\x50\x80"
WORD = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")


def ftyp(*brands: bytes) -> bytes:
    """The first box of a file, the main brand first."""
    main, *others = brands
    body = main + b"\0\0\0\0" + b"".join(others)
    return (len(body) + 8).to_bytes(4, "big") + b"ftyp" + body + b"\0\0\0\x08meta"


def zipped(names: Iterable[str], comment: bytes = b"") -> bytes:
    """A real zip with these files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
        archive.comment = comment
    return held.getvalue()


def tagged(frame: bytes, size: int = 300) -> bytes:
    """Behind an ID3 tag."""
    return b"ID3\4\0\0" + bytes([0, 0, size >> 7, size & 127]) + bytes(size) + frame


CASES: list[tuple[bytes, Kind | None]] = [
    (PNG, "png"), (JPEG, "jpeg"), (b"\xff\xd8\xff\xdb", "jpeg"), (b"GIF87a\1\0", "gif"), (b"GIF89a\1\0", "gif"),
    (b"RIFF\x24\0\0\0WEBPVP8 ", "webp"), (b"RIFF\x24\0\0\0WEBPVP8L", "webp"), (b"RIFF\x24\0\0\0WEBPVP8X", "webp"),
    (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "bmp"), (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x7c\0\0\0", "bmp"),
    (ftyp(b"avif", b"mif1", b"miaf"), "avif"), (ftyp(b"avis", b"avif"), "avif"),
    (ftyp(b"mif1", b"miaf", b"avif"), "avif"),
    (ftyp(b"heic", b"mif1"), "heic"), (ftyp(b"mif1", b"heic"), "heic"), (ftyp(b"isom", b"mp42"), "mp4"),
    (ftyp(b"M4A ", b"isom"), "mp4"), (ftyp(b"qt  "), "mp4"), (ftyp(b"isom", b"avif"), "mp4"),
    (b"II*\0\x08\0\0\0", "tiff"), (b"MM\0*\0\0\0\x08", "tiff"), (b"II+\0\x08\0\0\0", "tiff"),
    (b"\xff\x0a\0", "jxl"), (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"), (b"\0\0\1\0\1\0", "ico"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'>", "svg"), (b"<?xml version='1.0'?>\n<!-- a -->\n<svg >", "svg"),
    (b"\xef\xbb\xbf \n<svg:svg>", "svg"), (b"<!DOCTYPE svg PUBLIC 'a' 'b'><svg>", "svg"),
    (b"<!doctype html><p>", "html"), (b"\n<HTML lang='en'>", "html"), (b"<!-- a --><!DOCTYPE html>", "html"),
    (b"<body>", "html"), (b"<html></html>", "html"),
    (b"RIFF\x24\0\0\0WAVEfmt ", "wav"), (b"RF64\xff\xff\xff\xffWAVEds64", "wav"), (b"FORM\0\0\0\0AIFFCOMM", "aiff"),
    (b"FORM\0\0\0\0AIFCFVER", "aiff"), (MP3_FRAME, "mp3"), (b"\xff\xf3\x48\xc4", "mp3"),
    (b"\xff\xe3\x18\xc4", "mp3"),
    (b"\xff\xfd\x90\x64", "mp3"), (tagged(MP3_FRAME), "mp3"), (tagged(b""), "mp3"), (tagged(b"fLaC"), "flac"),
    (tagged(ADTS), "aac"), (b"fLaC\0\0\0\x22", "flac"), (b"OggS\0\2", "ogg"), (ADTS, "aac"),
    (b"\xff\xf9\x50\x80", "aac"), (b"ADIF\0", "aac"), (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\x82\x84webm", "webm"),
    (b"\x1aE\xdf\xa3\xa3B\x86\x81\1B\xf7\x81\1B\x82\x88matroska", "webm"),
    (b"%PDF-1.7\n", "pdf"), (b"\xef\xbb\xbf\r\n%PDF-1.4", "pdf"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "ole"),
    (zipped(WORD), "docx"), (zipped(reversed(WORD)), "docx"), (zipped(WORD, b"a comment"), "docx"),
    (zipped(["[Content_Types].xml", "word/document2.xml"]), "docx"),
    (zipped(["[Content_Types].xml", "xl/workbook.xml"]), "xlsx"),
    (zipped(["[Content_Types].xml", "ppt/presentation.xml"]), "pptx"), (zipped(["word/document.xml"]), "zip"),
    (zipped(["[Content_Types].xml", "a/word/b"]), "zip"), (zipped(["a"]), "zip"), (zipped([]), "zip"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), CASES)
def test_kinds(data: bytes, kind: Kind) -> None:
    """All that Antiphon reads, and what people send in place of it."""
    assert sniff(data) == kind
    assert sniff(data + bytes(5_000)) == kind


UNKNOWN = [
    b"", b"\0", b"hello", b"{}", b"a,b\n1,2\n", b"BM", b"BMW is a make of cars, said he", b"MZ\x90\0", b"\x7fELF",
    b"\xff\xfeh\0e\0l\0l\0o\0", b"\xfe\xff\0h\0i", b"\xff\xff\xff\xff", b"\xff\xfb\xf0\0", b"\xff\xfb\0\0",
    b"\xff\xfb\x9c\0",
    b"\xff\xeb\x90\x64", b"\xff\xff\x90\x64", b"\xff\xf1\x7c\0",
    b"RIFF\x24\0\0\0AVI LIST", b"RIFF\x24\0\0\0WEBPxxxx", b"RIFF", b"FORM\0\0\0\0ILBM", b"FORM\0\0\0\0WAVE",
    b"\0\0\0\x08ftypavif", b"\xff\xff\xff\xffftypavif",
    b"xxxxftyp", b"\x1aE\xdf\xa3" + bytes(200) + b"webm", b"\x1aE\xdf\xa3",
    b"GIF88a", b"\x89PNG\n", b"\xff\xd8", b"ID3", b"ID3\4\0\0\xff\xff\xff\xff", b"fLa", b"OggS\1", b"<svgx>",
    b"<?xml version='1.0'?><a>",
    b"<!--" + b"-" * 5_000, b"<", b"PK", b"PK\1\2", b"x" * 2_000 + b"%PDF-", b" " * 2_000 + b"<svg>", b"# <html>",
    b"\x1f\x8b\x08\0", b"text then " + PNG,
]  # fmt: skip


@pytest.mark.parametrize("data", UNKNOWN)
def test_unknown(data: bytes) -> None:
    """Text, what only resembles something, and what nobody asked for."""
    assert sniff(data) is None


POLYGLOTS: list[tuple[bytes, Kind]] = [
    (PNG + b"<svg><script>" + zipped(WORD), "png"), (JPEG + b"%PDF-1.4", "jpeg"), (b"GIF89a/*" + b"<html>", "gif"),
    (b"%PDF-1.4\n" + zipped(WORD), "pdf"),
    (zipped(WORD) + PNG, "docx"), (b"<svg >" + PNG, "svg"), (MP3_FRAME + PNG, "mp3"),
    (tagged(PNG), "mp3"), (b"RIFF\x24\0\0\0WAVEfmt " + JPEG, "wav"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), POLYGLOTS)
def test_polyglots(data: bytes, kind: Kind) -> None:
    """What is two things at once is the one that it begins as."""
    assert sniff(data) == kind


def test_only_so_many_names_are_read() -> None:
    """Of a zip with more files than any document has, the end is not looked at."""
    many = [str(number) for number in range(MOST_NAMES)]
    assert sniff(zipped(["[Content_Types].xml", *many, "word/document.xml"])) == "zip"
    assert sniff(zipped(["[Content_Types].xml", *many[2:], "word/document.xml"])) == "docx"


@given(st.binary(max_size=200), st.sampled_from([data for data, _ in CASES]), st.integers(0, 400))
def test_whatever_comes(junk: bytes, begin: bytes, cut: int) -> None:
    """Cut off anywhere, with anything behind it, nothing is raised; and the end changes nothing for images."""
    whole = begin[:cut] + junk
    kind = sniff(whole)
    if sniff(begin) in IMAGES and cut >= len(begin):
        assert kind == sniff(begin)


def test_images_that_are_read() -> None:
    """As the documentation has them."""
    assert set(IMAGES) == {"png", "jpeg", "webp", "gif", "bmp", "avif"}
