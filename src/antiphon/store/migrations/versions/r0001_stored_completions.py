"""Completions, what they are found by, their large inputs, deletions and keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    bytewise = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
    op.create_table(
        "completions",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("model", bytewise, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("messages", sa.Text, nullable=False),
    )
    op.create_index("completions_in_order", "completions", ["project", "created", "id"])
    op.create_table(
        "terms",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("field", bytewise, primary_key=True),
        sa.Column("value", bytewise, primary_key=True),
        sa.Column("created", sa.BigInteger, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "blobs",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "blob_uses",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sa.Column("hash", sa.Text, primary_key=True),
        sa.ForeignKeyConstraint(["project", "id"], ["completions.project", "completions.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["project", "hash"], ["blobs.project", "blobs.hash"]),
    )
    op.create_index("blob_uses_by_hash", "blob_uses", ["project", "hash"])
    op.create_table(
        "deletions",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.BigInteger, nullable=False),
    )
    op.create_index("deletions_by_age", "deletions", ["deleted"])
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project", bytewise, nullable=False),
        sa.Column("name", bytewise, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger),
    )
