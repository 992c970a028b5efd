"""The first tables, and the Lobby."""

import sqlalchemy as sa

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_accounts()
    _create_chat()
    op.create_table(
        "audit",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    rooms = sa.table(
        "rooms", sa.column("slug"), sa.column("title"), sa.column("position"), sa.column("revision")
    )
    op.bulk_insert(rooms, [{"slug": "lobby", "title": "Lobby", "position": 0, "revision": 0}])


def downgrade() -> None:
    for table in ("moderation_queue", "messages", "rooms", "sessions", "credentials", "users", "audit"):
        op.drop_table(table)


def _create_accounts() -> None:
    op.create_table(
        "users",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_table(
        "credentials",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_credentials"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_credentials_user_id_users"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id_users"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _create_chat() -> None:
    op.create_table(
        "rooms",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_rooms"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("author_tag", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("posted_at", _TIME, nullable=False),
        sa.Column("revision", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("session_id", "client_id", name="uq_messages_session_id_client_id"),
        sa.ForeignKeyConstraint(["room"], ["rooms.slug"], name="fk_messages_room_rooms"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_messages_user_id_users"),
    )
    op.create_index("ix_messages_room_status_revision", "messages", ["room", "status", "revision"])
    op.create_index("ix_messages_room_revision", "messages", ["room", "revision"])
    op.create_table(
        "moderation_queue",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("queued_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_moderation_queue"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_moderation_queue_message_id_messages"
        ),
    )
    op.create_index("ix_moderation_queue_queued_at", "moderation_queue", ["queued_at"])
