"""A message's place in its room apart from its last change, and indexes of the rows that are read together."""

import sqlalchemy as sa

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SHOWN = sa.text("status = 'visible'")
_HELD = sa.text("status = 'pending'")


def upgrade() -> None:
    op.add_column("messages", sa.Column("position", _NUMBER, nullable=False, server_default="0"))
    # Until now nothing changed a visible message but its removal.
    op.execute("UPDATE messages SET position = revision WHERE revision > 0")
    op.drop_index("ix_messages_room_status_revision", "messages")
    op.create_index(
        "ix_messages_shown",
        "messages",
        ["room", "position"],
        sqlite_where=_SHOWN,
        postgresql_where=_SHOWN,
    )
    op.create_index(
        "ix_messages_held",
        "messages",
        ["session_id", "room", "posted_at", "id"],
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )


def downgrade() -> None:
    op.drop_index("ix_messages_held", "messages")
    op.drop_index("ix_messages_shown", "messages")
    op.create_index("ix_messages_room_status_revision", "messages", ["room", "status", "revision"])
    op.drop_column("messages", "position")
