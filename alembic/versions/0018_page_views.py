"""Counts of page views, by page and day."""

import sqlalchemy as sa

from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None
needs: str = "0015"
"""It only adds a table."""


def upgrade() -> None:
    op.create_table(
        "page_views",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "page", name="pk_page_views"),
    )


def downgrade() -> None:
    op.drop_table("page_views")
