"""Which message another one answers, what is left of one that was answered and is gone, and reactions."""

import sqlalchemy as sa

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

_SHOWN = sa.text("(status = 'visible' OR stub)")
_ANSWERS = sa.text("reply_to IS NOT NULL")


def upgrade() -> None:
    op.add_column("messages", sa.Column("reply_to", sa.String(), nullable=True))
    op.add_column("messages", sa.Column("stub", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "messages", sa.Column("reactions", sa.String(), nullable=False, server_default=sa.text("''"))
    )
    op.drop_index("ix_messages_shown", table_name="messages")
    op.create_index(
        "ix_messages_shown", "messages", ["room", "position"], sqlite_where=_SHOWN, postgresql_where=_SHOWN
    )
    op.create_index(
        "ix_messages_reply_to", "messages", ["reply_to"], sqlite_where=_ANSWERS, postgresql_where=_ANSWERS
    )
    op.create_table(
        "reactions",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("sign", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "reader", "sign", name="pk_reactions"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_reactions_message_id_messages", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("reactions")
    op.drop_index("ix_messages_reply_to", table_name="messages")
    op.drop_index("ix_messages_shown", table_name="messages")
    visible = sa.text("status = 'visible'")
    op.create_index(
        "ix_messages_shown",
        "messages",
        ["room", "position"],
        sqlite_where=visible,
        postgresql_where=visible,
    )
    for column in ("reactions", "stub", "reply_to"):
        op.drop_column("messages", column)
