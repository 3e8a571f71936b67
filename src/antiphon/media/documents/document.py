"""What a file is once it has been read."""

from typing import Literal

from msgspec import Struct

Kind = Literal["pdf", "docx", "html", "markdown", "csv", "tsv", "json", "xml", "source", "text"]


class Document(Struct, frozen=True):
    """pages: their texts in order, of which some may be empty; one for all kinds but PDF. Lines end in \\n, and there
    is no other control character but \\t.
    """

    kind: Kind
    name: str
    pages: tuple[str, ...]
    num_pages: int
