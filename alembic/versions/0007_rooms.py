"""Rooms that are archived, and what each reader has seen of a room."""

import sqlalchemy as sa

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("rooms", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "seen",
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("revision", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("reader", "room", name="pk_seen"),
        sa.ForeignKeyConstraint(["room"], ["rooms.slug"], name="fk_seen_room_rooms"),
    )


def downgrade() -> None:
    op.drop_table("seen")
    op.drop_column("rooms", "archived")
