"""A document as it goes into a prompt: its text, and, for a model that sees, pictures of its pages.

What does not fit is told or refused, never left out in silence.
"""

from antiphon.media.data_url import decode_base64, is_data_url, parse_data_url
from antiphon.media.documents.pdf import read_pages as read_texts
from antiphon.media.documents.pdf import render_pages
from antiphon.media.documents.read import read_document
from antiphon.media.documents.render import render_document, render_name
from antiphon.media.sniff import sniff
from antiphon.media.studio.jobs import Pages, ReadDocument
from antiphon.media.unreadable import UnreadableError

MOST_SEEN = 16
"""Pages of which there are pictures; of a longer document there is text alone."""
SIDE = 1024
"""Pixels of a page's longer side."""


def read_pages(job: ReadDocument) -> Pages:
    """Raises `UnreadableError`."""
    data = unpack(job)
    if not job.seen or sniff(data) != "pdf":
        return Pages((render_document(read_document(data, job.name, most_chars=job.most_chars)),))
    texts = read_texts(data)
    if len(texts) <= MOST_SEEN:
        check_chars(texts, job.most_chars)
        pictures = render_pages(data, side=SIDE, most_pages=MOST_SEEN)
        return Pages(tuple(render_seen(job.name, texts)), tuple(pictures))
    if blank := sum(not text.strip() for text in texts):
        raise UnreadableError(
            f"has {blank} pages without text among {len(texts)}, and no more than {MOST_SEEN} pages are looked at;"
            f" send it in parts of {MOST_SEEN} pages"
        )
    return Pages((render_document(read_document(data, job.name, most_chars=job.most_chars)),))


def unpack(job: ReadDocument) -> bytes:
    """The file's own bytes."""
    if not job.text:
        return job.data
    return (
        parse_data_url(job.text, job.most_bytes).data
        if is_data_url(job.text)
        else decode_base64(job.text, job.most_bytes)
    )


def check_chars(texts: tuple[str, ...], most_chars: int) -> None:
    """Raises `UnreadableError` for more text than that."""
    num_chars = sum(map(len, texts))
    if num_chars > most_chars:
        raise UnreadableError(f"has {num_chars:,} characters of text, and at most {most_chars:,} are taken")


def render_seen(name: str, texts: tuple[str, ...]) -> list[str]:
    """What stands before the picture of each page."""
    first = f"{render_name(name)}, {len(texts)} pages:\n\n" if len(texts) > 1 else f"{render_name(name)}:\n\n"
    pages = [f"Page {number}:\n{text.strip() or '(no text)'}" for number, text in enumerate(texts, 1)]
    return [first + pages[0], *pages[1:]]
