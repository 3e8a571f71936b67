"""Files of every kind read, and those that cannot be."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.media.documents.document import Document, Kind
from antiphon.media.documents.kind import ENCRYPTED_OFFICE, OLE
from antiphon.media.documents.read import read_document
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.documents.pdfs import write_pdf
from tests.unit.media.documents.words import paragraph, write_word, write_zip

PDF = write_pdf(["Hello"], ["World"])
WORD = write_word(paragraph("Hello"))
PAGE = b"<!DOCTYPE html>\n<title>T</title><p>Hello"

GOOD: list[tuple[str, bytes, Kind, tuple[str, ...]]] = [
    ("a.pdf", PDF, "pdf", ("Hello", "World")),
    ("a.txt", PDF, "pdf", ("Hello", "World")),
    ("a.gif", b"GIF89a" + PDF, "pdf", ("Hello", "World")),
    ("a.docx", WORD, "docx", ("Hello",)),
    ("a.pdf", WORD, "docx", ("Hello",)),
    ("a.html", PAGE, "html", ("T\n\nHello",)),
    ("report.pdf", PAGE, "html", ("T\n\nHello",)),
    ("", b"\xef\xbb\xbf <?xml version='1.0'?><!-- a --><!-- b -->\n<HTML>a", "html", ("a",)),
    ("a.htm", b"no tag", "html", ("no tag",)),
    ("a.php", PAGE, "source", (PAGE.decode(),)),
    ("a.md", b"<html> is a tag", "markdown", ("<html> is a tag",)),
    ("a.MD", b"# A\r\n\r\nb", "markdown", ("# A\n\nb",)),
    ("a.csv", "a;ü\r\n1;2\r\n".encode("cp1252"), "csv", ("a;ü\n1;2\n",)),
    ("a.tsv", b"a\tb", "tsv", ("a\tb",)),
    ("a.json", b'{"a": 1}', "json", ('{"a": 1}',)),
    ("a.json", b"{no json", "json", ("{no json",)),
    ("a.xml", b"<a/>", "xml", ("<a/>",)),
    ("dir.d\\a.py", b"if a:\n\tb", "source", ("if a:\n\tb",)),
    ("src/Makefile", b"a:\n\tb", "source", ("a:\n\tb",)),
    ("a.txt", "ü".encode("utf-16"), "text", ("ü",)),
    ("a.txt", "ü".encode("utf-32"), "text", ("ü",)),
    ("a.txt", "Grüße aus Köln".encode("latin-1"), "text", ("Grüße aus Köln",)),
    ("README", b"a", "text", ("a",)),
    ("photo.png", b"a text", "text", ("a text",)),
    ("magic.txt", b"GIF89a and %PDF- are how files begin", "text", ("GIF89a and %PDF- are how files begin",)),
    ("a.unknown", b"BM\nMZ", "text", ("BM\nMZ",)),
]


@pytest.mark.parametrize(("name", "data", "kind", "pages"), GOOD)
def test_good(name: str, data: bytes, kind: Kind, pages: tuple[str, ...]) -> None:
    """What it is its bytes say, and among kinds of text its name."""
    assert read_document(data, name, most_chars=100) == Document(kind, name, pages, len(pages))


HOSTILE = [
    ("a.pdf", PDF[: len(PDF) // 2], "is a broken PDF"),
    ("a.pdf", b"", "is empty"),
    ("a.txt", b" \r\n\t", "is empty"),
    ("a.txt", b"\xef\xbb\xbf", "is empty"),
    ("a.txt", b"\x0c\x0b", "is empty"),
    ("a.html", b"<p hidden>a", "is empty"),
    ("a.docx", write_word(""), "is empty"),
    ("a.pdf", write_pdf([], []), "has no text, only pictures of pages; send it to a model that sees"),
    ("a.pdf", write_pdf(["a" * 60, "b" * 60]), "has 121 characters of text, and at most 100 are taken"),
    ("a.txt", b"a" * 101, "has 101 characters of text, and at most 100 are taken"),
    ("a.txt", b"a\0b", "is not text that can be read"),
    ("a.csv", b"a,b\n1,\0\n", "is not text that can be read"),
    ("a.txt", "no mark".encode("utf-16-le"), "is not text that can be read"),
    ("a.txt", bytes(range(1, 256)), "is not text that can be read"),
    ("a.txt", b"\x01\x02\x03", "is not text that can be read"),
    ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(100), "seems to be a PNG image; PDF, Word"),
    ("a.pdf", b"\xff\xd8\xff\xe0" + bytes(100), "seems to be a JPEG image"),
    ("a.txt", b"RIFF\x10\0\0\0WEBPVP8 ", "seems to be a WebP image"),
    ("a.txt", b"RIFF\x10\0\0\0WAVEfmt ", "seems to be audio"),
    ("a.txt", b"\0\0\0\x20ftypisom", "seems to be an image or video"),
    ("a.txt", b"\x7fELF\2\1\1\0", "seems to be an executable"),
    ("a.csv", gzip.compress(b"a,b", mtime=0), "seems to be a gzip archive"),
    ("a.txt", bytes(257) + b"ustar\0", "seems to be a tar archive"),
    ("a.docx", write_zip({"a.zip": write_zip({"word/document.xml": WORD})}), "seems to be a zip archive"),
    ("a.docx", write_zip({}), "is not text"),
    ("a.docx", WORD[:-30], "is a broken zip archive"),
    ("a.docx", write_zip({"word/other.xml": "<a/>"}), "is a broken Word document: its text is missing"),
    ("a.docx", write_word(" " * 20_000_000), "far more than documents do"),
    ("a.zip", write_zip({"pdf": PDF}), "seems to be a zip archive"),
    ("a.csv", write_zip({"xl/workbook.xml": ""}), "seems to be an Excel workbook; save its sheets as CSV"),
    ("a.pptx", write_zip({"ppt/presentation.xml": ""}), "seems to be a PowerPoint presentation; save it as PDF"),
    ("a.odt", write_zip({"mimetype": "", "content.xml": ""}), "seems to be an OpenDocument file"),
    ("a.doc", OLE + bytes(600), "seems to be an old Word, Excel or PowerPoint file"),
    ("a.docx", OLE + bytes(600) + ENCRYPTED_OFFICE, "is encrypted; send it without a password"),
    ("a.rtf", b"{\\rtf1 a}", "seems to be an RTF document"),
    ("a.html", b"<div>" * 100_000, "more than 1,000 elements within each other"),
    ("a.html", b"<!DOCTYPE html>\0", "is not text that can be read"),
]


@pytest.mark.parametrize(("name", "data", "reason"), HOSTILE)
def test_hostile(name: str, data: bytes, reason: str) -> None:
    """Refused with a reason that ends a sentence."""
    with pytest.raises(UnreadableError) as caught:
        read_document(data, name, most_chars=100)
    assert reason in caught.value.reason
    assert caught.value.reason[0].islower()
    assert not caught.value.reason.endswith(".")


def test_comments_before_a_page() -> None:
    """Those without end are not looked at in every possible way."""
    data = b"<!--a-->" * 20_000 + b"<p>"
    assert read_document(data + b"a", "a.txt", most_chars=len(data) + 1).kind == "text"


NAMES = ["a", "a.html", "a.csv", "a.py", "a.pdf", "a.docx"]
STARTS = [b"", b"%PDF-1.7\n", b"PK\3\4", b"<html>", b"\xff\xfe", b"\xef\xbb\xbf", OLE]


def check(data: bytes, name: str) -> None:
    """A document or a reason, never anything else."""
    try:
        document = read_document(data, name, most_chars=10_000)
    except UnreadableError as error:
        assert error.reason
    else:
        assert document.num_pages == len(document.pages) >= 1
        assert not any(sign < " " and sign not in "\n\t" for page in document.pages for sign in page)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=300), st.sampled_from(NAMES))
def test_any_bytes(start: bytes, data: bytes, name: str) -> None:
    """Are text or refused."""
    check(start + data, name)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([PDF, WORD, PAGE, "<p>ü".encode("utf-16")]),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=4)), min_size=1, max_size=5),
    st.sampled_from(NAMES),
)
def test_any_damage(data: bytes, damages: list[tuple[int, bytes]], name: str) -> None:
    """To a good file leaves it readable or refused."""
    for place, damage in damages:
        at = place % len(data)
        data = data[:at] + damage + data[at + len(damage) :]
    check(data, name)
