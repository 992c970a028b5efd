"""Indexes for long rooms: beginnings of words on SQLite, and what a moderator's page and decisions look up.

Without the first, FTS5 puts together the places of all words with a beginning before it reads the newest of them.
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None
needs: str = "0015"
"""It only adds indexes."""

_AT_ONCE = 5_000
_DECIDED = "action IN ('message.approved', 'message.removed', 'message.kept')"
_WORDS = """CREATE VIRTUAL TABLE search_words USING fts5(
    body, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 0'{})"""
_BEGINNINGS = ", prefix = '3 4 5 6 7'"
"""As many characters as `BEGINNING` of the domain, and more; what has more than these is in few messages."""
_FILL = (
    "INSERT INTO search_words (rowid, body)"
    " SELECT (number << 40) + position, body FROM search_rooms JOIN messages ON room = slug"
    " WHERE slug = :room AND status = 'visible' AND position >= :low AND position < :high"
)


def upgrade() -> None:
    # Of decisions only: the line that each post adds to the trail is not in it.
    op.create_index(
        "ix_audit_decisions",
        "audit",
        ["subject", "id"],
        sqlite_where=sa.text(_DECIDED),
        postgresql_where=sa.text(_DECIDED),
    )
    op.create_index("ix_reports_reporter", "reports", ["reporter"])
    op.create_index("ix_mutes_until", "mutes", ["until"])
    op.create_index("ix_mutes_moderator", "mutes", ["moderator"])
    _make_words(_BEGINNINGS)


def downgrade() -> None:
    op.drop_index("ix_mutes_moderator", table_name="mutes")
    op.drop_index("ix_mutes_until", table_name="mutes")
    op.drop_index("ix_reports_reporter", table_name="reports")
    op.drop_index("ix_audit_decisions", table_name="audit")
    _make_words("")


def _make_words(beginnings: str) -> None:
    """Index the words anew, so many places of a room at a time; the triggers of migration 0011 go on with it."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("DROP TABLE search_words")
    connection.exec_driver_sql(_WORDS.format(beginnings))
    for room, revision in connection.execute(sa.text("SELECT slug, revision FROM rooms")).all():
        for low in range(0, revision + 1, _AT_ONCE):
            connection.execute(sa.text(_FILL), {"room": room, "low": low, "high": low + _AT_ONCE})
