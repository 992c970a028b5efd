"""Whether a session ended because its browser was given another one."""

import sqlalchemy as sa

from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None
needs: str = "0015"
"""It only adds a column, which an earlier version leaves empty."""


def upgrade() -> None:
    op.add_column("sessions", sa.Column("replaced", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "replaced")
