"""Recovery codes and reset links; where and when a session was last seen and proved; accounts that are disabled."""

import sqlalchemy as sa

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_recovery_codes_user_id_users"),
    )
    op.create_index("ix_recovery_codes_user_id", "recovery_codes", ["user_id"])
    for column in ("seen_at", "proved_at"):
        op.add_column("sessions", sa.Column(column, _TIME, nullable=True))
    op.add_column("sessions", sa.Column("device", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("users", sa.Column("disabled_at", _TIME, nullable=True))


def downgrade() -> None:
    op.drop_column("users", "disabled_at")
    for column in ("device", "proved_at", "seen_at"):
        op.drop_column("sessions", column)
    op.drop_table("recovery_codes")
