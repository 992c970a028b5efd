"""Load bursts: recorded runs, and the rows their writes leave."""

import sqlalchemy as sa

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("active_session", sa.String(), nullable=True),
        sa.Column("ticket_hash", sa.String(), nullable=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME, nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("record", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("active_session", name="uq_runs_active_session"),
    )
    op.create_index("ix_runs_finished_at", "runs", ["finished_at"])
    op.create_table(
        "burst_rows",
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("run", "n", name="pk_burst_rows"),
    )


def downgrade() -> None:
    op.drop_table("burst_rows")
    op.drop_table("runs")
