"""PDF: its text and its pages as pictures, by PDFium. What a page runs (scripts, forms' actions) is not run.

How much work a page is cannot be told before; the process this runs in has a limit of time and memory.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
from pypdfium2 import raw

from antiphon.media.documents.charset import clean
from antiphon.media.pixels import Pixels, build_pixels
from antiphon.media.unreadable import UnreadableError

MOST_PAGES = 2_000
LONGEST_SIDE = 8_192
"""In px, of a picture."""

BROKEN = "is a broken PDF"
ENCRYPTED = "is encrypted; send it without a password"


def read_pages(data: bytes) -> tuple[str, ...]:
    """The text of each page with what is filled into forms, but without what is cropped."""
    with open_pdf(data, MOST_PAGES) as pdf:
        pdf.init_forms()
        return tuple(read_page(page) for page in load_pages(pdf, flatten=pdf.formenv is not None))


def render_pages(data: bytes, *, side: int, most_pages: int) -> list[Pixels]:
    """Each page on white, its longer side of `side` px."""
    assert 1 <= side <= LONGEST_SIDE
    with open_pdf(data, min(most_pages, MOST_PAGES)) as pdf:
        pdf.init_forms()
        return [render_page(page, side) for page in load_pages(pdf)]


@contextmanager
def open_pdf(data: bytes, most_pages: int) -> Iterator[pdfium.PdfDocument]:
    """Raises UnreadableError if it cannot be opened or has more pages."""
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        is_encrypted = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise UnreadableError(ENCRYPTED if is_encrypted else BROKEN) from None
    try:
        if len(pdf) > most_pages:
            raise UnreadableError(f"has {len(pdf):,} pages, and at most {most_pages:,} are taken")
        yield pdf
    finally:
        pdf.close()


def load_pages(pdf: pdfium.PdfDocument, *, flatten: bool = False) -> Iterator[pdfium.PdfPage]:
    """One after the other, each closed before the next. flatten: what forms show becomes a part of the page."""
    for index in range(len(pdf)):
        try:
            page = load_flat(pdf, index) if flatten else pdf[index]
        except pdfium.PdfiumError:
            raise UnreadableError(f"{BROKEN}: page {index + 1} of {len(pdf)} cannot be read") from None
        try:
            yield page
        finally:
            page.close()


def load_flat(pdf: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    """A page is what it was until it is loaded again."""
    page = pdf[index]
    try:
        page.flatten()
    finally:
        page.close()
    return pdf[index]


def read_page(page: pdfium.PdfPage) -> str:
    """Words that are broken at the end of a line come whole: the hyphen there is a control character to PDFium."""
    try:
        text = page.get_textpage()
    except pdfium.PdfiumError:
        raise UnreadableError(BROKEN) from None
    try:
        return clean(text.get_text_bounded()).strip()
    finally:
        text.close()


def render_page(page: pdfium.PdfPage, side: int) -> Pixels:
    """Whatever size the page claims, the picture has no more than side * side px."""
    longest = max(page.get_size())
    if not (math.isfinite(longest) and longest > 0):
        raise UnreadableError(f"{BROKEN}: a page has no size")
    # Sizes are rounded up, so that half a px less than the side is the side.
    bitmap = page.render(scale=(side - 0.5) / longest, rev_byteorder=True, force_bitmap_format=raw.FPDFBitmap_BGR)
    try:
        rows = memoryview(bitmap.buffer).cast("B")
        width = bitmap.width * 3
        starts = range(0, bitmap.height * bitmap.stride, bitmap.stride)
        return build_pixels(bitmap.width, bitmap.height, b"".join(rows[start : start + width] for start in starts))
    finally:
        bitmap.close()
