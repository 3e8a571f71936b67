"""Documents in words."""

import pytest

from antiphon.media.documents.document import Document
from antiphon.media.documents.render import render_document


def test_one_page() -> None:
    """Its name and its text."""
    assert render_document(Document("text", "notes.txt", ("\na\n\nb\n",), 1)) == "File notes.txt:\n\na\n\nb"


def test_several_pages() -> None:
    """With a mark at each, also where there is no text."""
    assert render_document(Document("pdf", "a.pdf", ("one", " ", "three"), 3)) == (
        "File a.pdf, 3 pages:\n\nPage 1:\none\n\nPage 2:\n(no text)\n\nPage 3:\nthree"
    )


@pytest.mark.parametrize(
    ("name", "rendered"),
    [("", "A file"), ("\n \u200b", "A file"), ("a\r\nb:\t c\u2028d\u202ee\0.pdf", "File a b: c d e .pdf"),
     ("ü" * 300 + ".pdf", f"File {'ü' * 99}…{'ü' * 96}.pdf"), ("x" * 200, f"File {'x' * 200}")],
)  # fmt: skip
def test_names(name: str, rendered: str) -> None:
    """On one line, of 200 characters at most, with nothing that cannot be seen."""
    assert render_document(Document("text", name, ("a",), 1)) == f"{rendered}:\n\na"
