"""The log of account safety, and accounts that are about to go."""

import sqlalchemy as sa

from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None
# The oldest migration whose code runs on this schema; without this line, none but this one's.
needs: str = "0012"

_EVENTS = {
    "account.registered": "registered",
    "account.signed_in": "signed in",
    "account.signed_out": "signed out",
    "account.password_changed": "password changed",
    "account.codes_made": "recovery codes made",
    "account.recovered": "password set with a recovery code",
    "session.revoked": "session ended",
}
_KEPT = ("account.registered",)
"""Stands in the audit trail as well, for moderators."""

_TIME = sa.DateTime(timezone=True)
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "security_log",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_security_log"),
    )
    op.create_index("ix_security_log_user_id_id", "security_log", ["user_id", "id"])
    _move()
    op.add_column("users", sa.Column("gone_at", _TIME, nullable=True))
    op.add_column(
        "users", sa.Column("takes_messages", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    where = sa.text("gone_at IS NOT NULL")
    op.create_index("ix_users_leaving", "users", ["gone_at"], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_reactions_reader", "reactions", ["reader"])


def _move() -> None:
    """What members did with their own accounts is no moderator's business: it moves from the audit trail."""
    connection = op.get_bind()
    for action, event in _EVENTS.items():
        connection.execute(
            sa.text(
                "INSERT INTO security_log (at, user_id, event, network, request_id, detail)"
                " SELECT audit.at, users.id, :event, '', audit.request_id, '' FROM audit"
                " JOIN users ON users.username = audit.actor WHERE audit.action = :action ORDER BY audit.id"
            ),
            {"action": action, "event": event},
        )
        if action not in _KEPT:
            connection.execute(sa.text("DELETE FROM audit WHERE action = :action"), {"action": action})


def downgrade() -> None:
    """Lines of the security log are lost with it."""
    op.drop_index("ix_reactions_reader", "reactions")
    op.drop_index("ix_users_leaving", "users")
    for column in ("takes_messages", "gone_at"):
        op.drop_column("users", column)
    op.drop_table("security_log")
