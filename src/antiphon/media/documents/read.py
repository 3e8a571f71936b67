"""A file read as text, whole or not at all."""

from antiphon.media.documents.charset import clean, clean_text, decode
from antiphon.media.documents.document import Document, Kind
from antiphon.media.documents.html import read_html
from antiphon.media.documents.kind import find_kind
from antiphon.media.documents.pdf import read_pages
from antiphon.media.documents.word import read_word
from antiphon.media.unreadable import UnreadableError


def read_document(data: bytes, name: str, *, most_chars: int) -> Document:
    """What it is its bytes say before its name does.

    Raises UnreadableError if it cannot be read, has no text, or more than most_chars characters of it.
    """
    kind = find_kind(data, name)
    pages = read_text(data, kind)
    if not any(page.strip() for page in pages):
        raise UnreadableError(
            "has no text, only pictures of pages; send it to a model that sees, or have its text recognized first"
            if kind == "pdf"
            else "is empty"
        )
    num_chars = sum(map(len, pages))
    if num_chars > most_chars:
        raise UnreadableError(f"has {num_chars:,} characters of text, and at most {most_chars:,} are taken")
    return Document(kind, name, pages, len(pages))


def read_text(data: bytes, kind: Kind) -> tuple[str, ...]:
    """Page by page."""
    if kind == "pdf":
        return read_pages(data)
    if kind == "docx":
        return (clean(read_word(data)),)
    if kind == "html":
        return (read_html(data),)
    return (clean_text(decode(data)),)
