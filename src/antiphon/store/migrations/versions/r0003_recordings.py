"""What was said in spoken answers, for as long as later turns may refer to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make their table."""
    bytewise = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
    op.create_table(
        "recordings",
        sa.Column("project", bytewise, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("transcript", bytewise, nullable=False),
    )
    op.create_index("recordings_by_expiry", "recordings", ["expires"])
