"""Uploaded files, what is in them, uploads that are under way, and how much a project has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make their tables."""
    bytewise = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
    op.create_table(
        "files",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("name", bytewise, nullable=False),
        sa.Column("purpose", bytewise, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger),
    )
    op.create_index("files_in_order", "files", ["project", "created", "id"])
    op.create_index("files_by_purpose", "files", ["project", "purpose", "created", "id"])
    op.create_index("files_by_expiry", "files", ["expires"])
    op.create_table(
        "file_chunks",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":  # else each chunk would be compressed, and few files gain by it
        op.execute("ALTER TABLE file_chunks ALTER COLUMN data SET STORAGE EXTERNAL")
    op.create_table(
        "uploads",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("touched", sa.BigInteger, nullable=False),
    )
    op.create_index("uploads_by_age", "uploads", ["touched"])
    op.create_table(
        "file_totals",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
