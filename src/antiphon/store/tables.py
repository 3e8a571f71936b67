"""The tables, the same on SQLite and PostgreSQL. `store/migrations/` makes them; a test holds both together.

Every row belongs to a project, which stands first in every key, so that none is reached through another's.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import TEXT

BYTEWISE = Text().with_variant(TEXT(collation="C"), "postgresql")
"""Text that is compared byte by byte on both databases, whatever the locale of one is."""


class AnyText(TypeDecorator[str]):
    """What a client wrote, exactly: PostgreSQL's text has no NUL, which JSON's has."""

    impl = BYTEWISE
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """NUL as `\\0`, and a backslash twice."""
        if value is None or ("\\" not in value and "\0" not in value):
            return value
        return value.replace("\\", "\\\\").replace("\0", "\\0")

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """The way back."""
        if value is None or "\\" not in value:
            return value
        return "\\".join(piece.replace("\\0", "\0") for piece in value.split("\\\\"))


tables = MetaData()

completions = Table(
    "completions",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("created", BigInteger, nullable=False),
    Column("model", AnyText, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("messages", Text, nullable=False),
    Index("completions_in_order", "project", "created", "id"),
)
"""A stored completion. The last four hold JSON: `answer` without metadata, `request` without messages. What comes last
is the longest, and is not read where it is not asked for.
"""

terms = Table(
    "terms",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("field", AnyText, primary_key=True),
    Column("value", AnyText, primary_key=True),
    Column("created", BigInteger, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    sqlite_with_rowid=False,
)
"""What completions can be found by: `model` and `metadata[key]`. For each value the completions that have it, in the
order of lists, so that one filter is read off and the others are looked up. A foreign key would need an index of its
own as large as this; whoever writes completions writes these in the same transaction.
"""

blobs = Table(
    "blobs",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""Large inputs, once each, by the SHA-256 of their text."""

blob_uses = Table(
    "blob_uses",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("hash", Text, primary_key=True),
    ForeignKeyConstraint(["project", "id"], ["completions.project", "completions.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["project", "hash"], ["blobs.project", "blobs.hash"]),
    Index("blob_uses_by_hash", "project", "hash"),
)
"""Which completions have a large input."""

deletions = Table(
    "deletions",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("created", BigInteger, nullable=False),
    Column("deleted", BigInteger, nullable=False),
    Index("deletions_by_age", "deleted"),
)
"""Where completions stood that were deleted lately, so that who deletes while paging finds the next page."""

keys = Table(
    "keys",
    tables,
    Column("id", Text, primary_key=True),
    Column("project", AnyText, nullable=False),
    Column("name", AnyText, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("hint", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)
"""Keys, by the SHA-256 of each; `hint` is its end, by which people tell them apart. A revoked one stays."""

files = Table(
    "files",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("created", BigInteger, nullable=False),
    Column("name", AnyText, nullable=False),
    Column("purpose", AnyText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Index("files_in_order", "project", "created", "id"),
    Index("files_by_purpose", "project", "purpose", "created", "id"),
    Index("files_by_expiry", "expires"),
)
"""An uploaded file, which is there when all its bytes are."""

file_chunks = Table(
    "file_chunks",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""What is in files, in pieces from 0 on. Each belongs to a row of `files` or of `uploads`, never of both."""

uploads = Table(
    "uploads",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("touched", BigInteger, nullable=False),
    Index("uploads_by_age", "touched"),
)
"""Chunks that are no file's yet, or none's any more: then `size` and `touched` are 0. Every chunk of an upload touches
it; what has not been touched for long is swept.
"""

file_totals = Table(
    "file_totals",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("size", BigInteger, nullable=False),
)
"""Bytes of a project: the sizes of its files and uploads together, kept in the same transactions. A transaction locks
this row last.
"""

recordings = Table(
    "recordings",
    tables,
    Column("project", AnyText, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("expires", BigInteger, nullable=False),
    Column("transcript", AnyText, nullable=False),
    Index("recordings_by_expiry", "expires"),
)
"""What was said in spoken answers, until later turns may not refer to them any more."""
