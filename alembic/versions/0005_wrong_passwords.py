"""How often wrong passwords were tried for an account."""

import sqlalchemy as sa

from alembic import op
from portfolio_app.infra.db.times import UtcDateTime

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "wrong_passwords",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_wrong_passwords_user_id_users"),
        sa.PrimaryKeyConstraint("user_id", name="pk_wrong_passwords"),
    )


def downgrade() -> None:
    op.drop_table("wrong_passwords")
