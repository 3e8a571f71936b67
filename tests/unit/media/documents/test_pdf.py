"""PDF: text and pictures of pages."""

import pytest

from antiphon.media.documents.pdf import read_pages, render_pages
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.documents.pdfs import FONT, write_lines, write_objects, write_pdf, write_stream

TWO = write_pdf(["Hello (world)", "Zwölf € für Ä"], ["Second"])
ENCRYPTION = (
    f"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{'41' * 32}> /U <{'42' * 32}> >> /ID [<43> <43>]"
)


def test_text_by_page() -> None:
    """In order, line by line."""
    assert read_pages(TWO) == ("Hello (world)\nZwölf € für Ä", "Second")


def test_word_broken_at_the_end_of_a_line() -> None:
    """It comes whole, without a control character in it."""
    assert read_pages(write_pdf(["This is an exam-", "ple of it"])) == ("This is an example of it",)


def test_forms() -> None:
    """What is filled in is text, though it is no part of the page."""
    data = write_objects(
        [
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] /DR << /Font << /F1 6 0 R >> >> >> >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [5 0 R]"
            " /Resources << /Font << /F1 6 0 R >> >> >>",
            write_stream(write_lines(["Name:"])),
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada Lovelace) /Rect [100 760 300 790]"
            " /DA (/F1 11 Tf) /F 4 /P 3 0 R >>",
            FONT,
        ]
    )
    assert read_pages(data) == ("Name:\nAda Lovelace",)
    assert len(render_pages(data, side=100, most_pages=1)) == 1


def test_300_pages() -> None:
    """Of 4,000 characters each, all are there, in their order."""
    line = "The quick brown fox jumps over the lazy dog, and then it goes home again."
    pages = [[f"{page}.{number} {line}" for number in range(52)] for page in range(300)]
    assert read_pages(write_pdf(*pages)) == tuple("\n".join(lines) for lines in pages)


def test_pictures() -> None:
    """RGB, row by row, the longer side as asked."""
    page = write_objects(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R >>",
            write_stream("1 0 0 rg 0 100 150 100 re f"),
        ]
    )
    [picture] = render_pages(page, side=31, most_pages=1)
    assert (picture.width, picture.height) == (31, 21)
    assert picture.rgb[:3] == b"\xff\0\0"
    assert picture.rgb[30 * 3 : 31 * 3] == picture.rgb[-3:] == b"\xff\xff\xff"
    assert len(picture.rgb) == 31 * 21 * 3


@pytest.mark.parametrize(
    ("box", "size"),
    [("0 0 595 842", (283, 400)), ("0 0 1000000000 1", (400, 1)), ("0 0 1 1000000000", (1, 400)),
     ("5 5 -5 -5", (400, 400)), *((box, (309, 400)) for box in ("0 0 0 0", f"0 0 {'9' * 50} 1", "a b c d", ""))],
)  # fmt: skip
def test_pages_of_any_size(box: str, size: tuple[int, int]) -> None:
    """No picture is larger than asked; pages without a size are letters."""
    [picture] = render_pages(write_pdf(["a"], box=box), side=400, most_pages=1)
    assert (picture.width, picture.height) == size
    assert len(picture.rgb) == size[0] * size[1] * 3


def test_too_many_pictures() -> None:
    """Refused with both numbers before any is made."""
    with pytest.raises(UnreadableError, match="has 2 pages, and at most 1 are taken"):
        render_pages(TWO, side=100, most_pages=1)


HOSTILE = {
    "no more than a header": (b"%PDF-1.7", "is a broken PDF"),
    "half of one": (TWO[: len(TWO) // 2], "is a broken PDF"),
    "zeros": (b"%PDF-1.7\n" + bytes(100_000), "is a broken PDF"),
    "encrypted": (write_pdf(["a"], trailer=ENCRYPTION), "is encrypted; send it without a password"),
    "encrypted in an unknown way": (write_pdf(["a"], trailer="/Encrypt << /Filter /Mine >>"), "is encrypted"),
    "a million pages": (write_pdf(["a"], count=1_000_000), "has 1,000,000 pages, and at most 2,000 are taken"),
    "pages that are missing": (write_pdf(["a"], count=1500), "page 2 of 1500 cannot be read"),
    "pages within themselves": (write_pdf(["a"]).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"), "is a broken PDF"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    """Refused, whether text or pictures are asked for."""
    data, reason = HOSTILE[name]
    with pytest.raises(UnreadableError, match=reason):
        read_pages(data)
    with pytest.raises(UnreadableError, match=reason):
        render_pages(data, side=10, most_pages=2000)


@pytest.mark.parametrize(
    "data",
    [TWO.replace(b"startxref\n", b"startxref\n9"), b"GIF89a" + TWO, b"x" * 1000 + TWO, TWO + b"trailing",
     TWO.replace(b"/Length", b"/Longth"), write_pdf(["Hello (world)", "Zwölf € für Ä"], ["Second"], count=2**31 - 1)],
)  # fmt: skip
def test_what_readers_forgive(data: bytes) -> None:
    """Wrong offsets, lengths and counts, and something before or after."""
    assert read_pages(data) == read_pages(TWO)
