"""A document put into words for a prompt."""

import unicodedata

from antiphon.media.documents.document import Document

LONGEST_NAME = 200


def render_document(document: Document) -> str:
    """Its name, and its text with a mark at each page if it has several."""
    name = render_name(document.name)
    if document.num_pages == 1:
        return f"{name}:\n\n{document.pages[0].strip()}"
    pages = (f"Page {number}:\n{text.strip() or '(no text)'}" for number, text in enumerate(document.pages, 1))
    return "\n\n".join((f"{name}, {document.num_pages} pages:", *pages))


def render_name(name: str) -> str:
    """On one line, without anything that cannot be seen; a long one with its beginning and its end."""
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    name = " ".join(seen.split())
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME // 2 - 1]}…{name[-LONGEST_NAME // 2 :]}"
    return f"File {name}" if name else "A file"
