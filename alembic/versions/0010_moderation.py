"""Who is muted or banned, what a ban hid, what visitors reported, and rooms in slow mode."""

import sqlalchemy as sa

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True)
_OF_MEMBERS = sa.text("user_id IS NOT NULL")
_NO_MEMBER = sa.text("role <> 'member'")
_OPEN = sa.text("settled_at IS NULL")


def upgrade() -> None:
    op.add_column("rooms", sa.Column("slow_s", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "mutes",
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("moderator", sa.String(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("author", name="pk_mutes"),
        sa.UniqueConstraint("handle", name="uq_mutes_handle"),
    )
    op.create_table(
        "hidden_messages",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_hidden_messages"),
    )
    op.create_index("ix_hidden_messages_author", "hidden_messages", ["author"])
    op.create_table(
        "reports",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("message_id", "reporter", name="pk_reports"),
    )
    op.create_index(
        "ix_reports_open", "reports", ["message_id", "at"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(
        "ix_messages_of_members",
        "messages",
        ["user_id", "posted_at"],
        sqlite_where=_OF_MEMBERS,
        postgresql_where=_OF_MEMBERS,
    )
    op.create_index("ix_users_staff", "users", ["role"], sqlite_where=_NO_MEMBER, postgresql_where=_NO_MEMBER)


def downgrade() -> None:
    op.drop_index("ix_users_staff", table_name="users")
    op.drop_index("ix_messages_of_members", table_name="messages")
    for table in ("reports", "hidden_messages", "mutes"):
        op.drop_table(table)
    op.drop_column("rooms", "slow_s")
