"""Words of shown messages, kept by triggers so that each way to write one is indexed alike, and indexes of texts that
are to go.

A later migration that makes `messages` anew has to make these triggers anew, too.
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None

_AT_ONCE = 5_000

_SQLITE = (
    "CREATE TABLE search_rooms (number INTEGER PRIMARY KEY, slug VARCHAR NOT NULL UNIQUE)",
    "INSERT INTO search_rooms (slug) SELECT slug FROM rooms ORDER BY slug",
    # Without a copy of the texts: what is deleted there is deleted everywhere.
    """CREATE VIRTUAL TABLE search_words USING fts5(
        body, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 0')""",
    """CREATE TRIGGER search_room_made AFTER INSERT ON rooms BEGIN
        INSERT INTO search_rooms (slug) VALUES (NEW.slug);
    END""",
    """CREATE TRIGGER search_room_gone AFTER DELETE ON rooms BEGIN
        DELETE FROM search_rooms WHERE slug = OLD.slug;
    END""",
    """CREATE TRIGGER search_message_written AFTER INSERT ON messages WHEN NEW.status = 'visible' BEGIN
        INSERT INTO search_words (rowid, body)
        SELECT (number << 40) + NEW.position, NEW.body FROM search_rooms WHERE slug = NEW.room;
    END""",
    """CREATE TRIGGER search_message_changed AFTER UPDATE OF room, body, status, position ON messages
    WHEN OLD.status = 'visible' OR NEW.status = 'visible' BEGIN
        INSERT INTO search_words (search_words, rowid, body)
        SELECT 'delete', (number << 40) + OLD.position, OLD.body FROM search_rooms
        WHERE slug = OLD.room AND OLD.status = 'visible';
        INSERT INTO search_words (rowid, body)
        SELECT (number << 40) + NEW.position, NEW.body FROM search_rooms
        WHERE slug = NEW.room AND NEW.status = 'visible';
    END""",
    """CREATE TRIGGER search_message_gone AFTER DELETE ON messages WHEN OLD.status = 'visible' BEGIN
        INSERT INTO search_words (search_words, rowid, body)
        SELECT 'delete', (number << 40) + OLD.position, OLD.body FROM search_rooms WHERE slug = OLD.room;
    END""",
)
_FILL_SQLITE = (
    "INSERT INTO search_words (rowid, body)"
    " SELECT (number << 40) + position, body FROM search_rooms JOIN messages ON room = slug"
    " WHERE slug = :room AND status = 'visible' AND position >= :low AND position < :high"
)

# What is no word in any script: PostgreSQL's parser would keep host names and paths whole, and in a database whose
# locale is C it takes every sign beyond ASCII for a letter.
_SIGNS = (
    r"[\u0001-/:-@[-`{-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf"
    r"\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20"
    r"\uff3b-\uff40\uff5b-\uff65\ue0001-\ue01ef\U0001f000-\U0001faff]+"
).replace(r"\ue0001-\ue01ef", r"\U000e0001-\U000e01ef")
_POSTGRES = (
    f"""CREATE FUNCTION search_words_of(body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT to_tsvector('simple', regexp_replace(body, '{_SIGNS}', ' ', 'g')) $$""",
    """CREATE TABLE search_words (
        room varchar NOT NULL, position bigint NOT NULL, words tsvector NOT NULL,
        CONSTRAINT pk_search_words PRIMARY KEY (room, position))""",
    # Of all messages that one transaction writes in one go.
    """CREATE FUNCTION search_message_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO search_words SELECT room, position, search_words_of(body) FROM written
        WHERE status = 'visible';
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER search_message_written AFTER INSERT ON messages REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION search_message_written()""",
    """CREATE FUNCTION search_message_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.status = 'visible' THEN
            DELETE FROM search_words WHERE room = OLD.room AND position = OLD.position;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF NEW.status = 'visible' THEN
                INSERT INTO search_words VALUES (NEW.room, NEW.position, search_words_of(NEW.body));
            END IF;
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER search_message_changed AFTER UPDATE OF room, body, status, position OR DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION search_message_changed()""",
)
_FILL_POSTGRES = (
    "INSERT INTO search_words SELECT room, position, search_words_of(body) FROM messages"
    " WHERE room = :room AND status = 'visible' AND position >= :low AND position < :high"
)
_INDEX_POSTGRES = "CREATE INDEX ix_search_words_words ON search_words USING gin (words)"

_GONE_SQLITE = (
    *(f"DROP TRIGGER search_message_{each}" for each in ("gone", "changed", "written")),
    *(f"DROP TRIGGER search_room_{each}" for each in ("gone", "made")),
    "DROP TABLE search_words",
    "DROP TABLE search_rooms",
)
_GONE_POSTGRES = (
    "DROP TRIGGER search_message_changed ON messages",
    "DROP TRIGGER search_message_written ON messages",
    "DROP FUNCTION search_message_changed()",
    "DROP FUNCTION search_message_written()",
    "DROP TABLE search_words",
    "DROP FUNCTION search_words_of(text)",
)


def upgrade() -> None:
    _index("ix_messages_owned", "messages", ["user_id", "id"], "user_id IS NOT NULL AND body <> ''")
    _index("ix_messages_hidden", "messages", ["posted_at"], "status <> 'visible' AND body <> ''")
    _index("ix_audit_texts", "audit", ["subject"], "detail <> ''")
    if op.get_bind().dialect.name == "sqlite":
        _run(_SQLITE)
        _fill(_FILL_SQLITE)
        return
    _run(_POSTGRES)
    _fill(_FILL_POSTGRES)
    _run((_INDEX_POSTGRES,))


def downgrade() -> None:
    for name in ("ix_messages_owned", "ix_messages_hidden"):
        op.drop_index(name, table_name="messages")
    op.drop_index("ix_audit_texts", table_name="audit")
    _run(_GONE_SQLITE if op.get_bind().dialect.name == "sqlite" else _GONE_POSTGRES)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def _fill(statement: str) -> None:
    """Index what is there, so many places of a room at a time: no more of it is in memory at once."""
    connection = op.get_bind()
    for room, revision in connection.execute(sa.text("SELECT slug, revision FROM rooms")).all():
        for low in range(0, revision + 1, _AT_ONCE):
            connection.execute(sa.text(statement), {"room": room, "low": low, "high": low + _AT_ONCE})
