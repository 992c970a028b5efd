"""Indexes of words that stand in a run without spaces, of emoji, and of letters that either case leaves apart.

The triggers of migration 0011 fold a text and take it apart before its words are indexed, in SQL: each way to write a
message is indexed alike, by earlier versions, too. Those find fewer words in this index, which is all they notice.
`portfolio_app/domain/spelling.py` does the same with what is looked for. A character that stands alone is followed by
the pair that it begins: characters alone are in most messages, which are not to be looked through for two of them.
"""

# ruff: noqa: S608 - what stands in the statements are constants of this file.

import sqlalchemy as sa

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None
needs: str = "0015"
"""The tables stay as they are."""

_AT_ONCE = 5_000
_LETTERS = {"İ": "i", "ı": "i", "ς": "σ", "ſ": "s"}
_MANY = {
    "ß": "ss", "ẞ": "ss", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    "\u0307": "", "\ufe0f": "",
}  # fmt: skip
_FULL_WIDTH = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff\u3105-\u312f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uaa60-\uaa7f\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f"
)
_NUMBERED = (
    "\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U0003ffff"
)
"""No letters to a database: their number is the word."""


def _folded(text: str) -> str:
    for letter, instead in (_LETTERS | _MANY).items():
        text = f"replace({text}, '{letter}', '{instead}')"
    return text


def _apart(text: str) -> str:
    """An expression of SQLite: only what has such characters is walked through.

    In parts of 40, as each step copies what is left of its part.
    """
    return f"""CASE WHEN length(CAST({text} AS BLOB)) > length({text})
        THEN CASE WHEN {text} GLOB '*[{_UNSPACED}{_NUMBERED}{_FULL_WIDTH}]*' THEN (
        WITH RECURSIVE each (ch, next, part, rest) AS (
            SELECT substr({text}, 1, 1), substr({text}, 2, 1), substr({text}, 3, 40), substr({text}, 43)
            UNION ALL SELECT next, substr(part, 1, 1),
                CASE WHEN length(part) > 1 THEN substr(part, 2) ELSE substr(rest, 1, 40) END,
                CASE WHEN length(part) > 1 THEN rest ELSE substr(rest, 41) END
            FROM each WHERE next <> '')
        SELECT group_concat(CASE
            WHEN ch GLOB '[{_UNSPACED}]' THEN
                ' ' || ch || ' ' || CASE WHEN next GLOB '[{_UNSPACED}]' THEN ch || next || ' ' ELSE '' END
            WHEN ch GLOB '[{_NUMBERED}]' THEN printf(' u%x ', unicode(ch))
            WHEN ch GLOB '[{_FULL_WIDTH}]' THEN char(unicode(ch) - 0xfee0)
            ELSE ch END, '') FROM each) ELSE {text} END ELSE {text} END"""


def _sqlite(words: str, old: str, new: str) -> tuple[str, ...]:
    return (
        *(f"DROP TRIGGER search_message_{each}" for each in ("gone", "changed", "written")),
        "DROP TABLE search_words",
        f"""CREATE VIRTUAL TABLE search_words USING fts5(
            body, content = '', columnsize = 0, tokenize = {words}, prefix = '3 4 5 6 7')""",
        f"""CREATE TRIGGER search_message_written AFTER INSERT ON messages WHEN NEW.status = 'visible' BEGIN
            INSERT INTO search_words (rowid, body)
            SELECT (number << 40) + NEW.position, {new} FROM search_rooms WHERE slug = NEW.room;
        END""",
        f"""CREATE TRIGGER search_message_changed AFTER UPDATE OF room, body, status, position ON messages
        WHEN OLD.status = 'visible' OR NEW.status = 'visible' BEGIN
            INSERT INTO search_words (search_words, rowid, body)
            SELECT 'delete', (number << 40) + OLD.position, {old} FROM search_rooms
            WHERE slug = OLD.room AND OLD.status = 'visible';
            INSERT INTO search_words (rowid, body)
            SELECT (number << 40) + NEW.position, {new} FROM search_rooms
            WHERE slug = NEW.room AND NEW.status = 'visible';
        END""",
        f"""CREATE TRIGGER search_message_gone AFTER DELETE ON messages WHEN OLD.status = 'visible' BEGIN
            INSERT INTO search_words (search_words, rowid, body)
            SELECT 'delete', (number << 40) + OLD.position, {old} FROM search_rooms WHERE slug = OLD.room;
        END""",
    )


_FILL_SQLITE = (
    "INSERT INTO search_words (rowid, body)"
    " SELECT (number << 40) + position, {} FROM search_rooms JOIN messages ON room = slug"
    " WHERE slug = :room AND status = 'visible' AND position >= :low AND position < :high"
)

# Punctuation, symbols and control characters, which are part of no word: those of migration 0011.
_SIGNS = (
    r"[\u0001-/:-@[-`{-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf"
    r"\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20"
    r"\uff3b-\uff40\uff5b-\uff65\U000e0001-\U000e01ef\U0001f000-\U0001faff]+"
)
_WIDE = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))
_NARROW = "".join(chr(ord(wide) - 0xFEE0) for wide in _WIDE)
_APART_POSTGRES = f"""CREATE FUNCTION search_apart(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN body ~ '[{_UNSPACED}{_NUMBERED}]' THEN (
        SELECT string_agg(CASE
            WHEN ch ~ '[{_UNSPACED}]' THEN
                ' ' || ch || ' ' || CASE WHEN next ~ '[{_UNSPACED}]' THEN ch || next || ' ' ELSE '' END
            WHEN ch ~ '[{_NUMBERED}]' THEN ' u' || to_hex(ascii(ch)) || ' '
            ELSE ch END, '' ORDER BY n)
        FROM (SELECT ch, n, lead(ch) OVER (ORDER BY n) AS next
            FROM regexp_split_to_table(body, '') WITH ORDINALITY AS one (ch, n)) AS each) ELSE body END $$"""
_FOLDED_POSTGRES = f"search_apart(translate({_folded('body')}, '{_WIDE}', '{_NARROW}'))"
_CHANGED = "".join(_LETTERS | _MANY) + _UNSPACED + _NUMBERED + _FULL_WIDTH
_FILL_POSTGRES = (
    "UPDATE search_words SET words = search_words_of(messages.body) FROM messages"
    " WHERE messages.room = :room AND messages.status = 'visible' AND messages.position >= :low"
    " AND messages.position < :high AND search_words.room = messages.room"
    f" AND search_words.position = messages.position AND messages.body ~ '[{_CHANGED}]'"
)


def _words_postgres(body: str) -> str:
    return f"""CREATE OR REPLACE FUNCTION search_words_of(body text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT to_tsvector('simple', regexp_replace({body}, '{_SIGNS}', ' ', 'g')) $$"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Marks are parts of words, as they are for what is looked for.
        words = "\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\""
        _run(_sqlite(words, _apart(_folded("OLD.body")), _apart(_folded("NEW.body"))))
        _fill(_FILL_SQLITE.format(_apart(_folded("body"))))
        return
    _run((_APART_POSTGRES, _words_postgres(_FOLDED_POSTGRES)))
    _fill(_FILL_POSTGRES)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _run(_sqlite("'unicode61 remove_diacritics 0'", "OLD.body", "NEW.body"))
        _fill(_FILL_SQLITE.format("body"))
        return
    _run((_words_postgres("body"), "DROP FUNCTION search_apart(text)"))
    _fill(_FILL_POSTGRES)


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def _fill(statement: str) -> None:
    """Index what is there, so many places of a room at a time: no more of it is in memory at once."""
    connection = op.get_bind()
    for room, revision in connection.execute(sa.text("SELECT slug, revision FROM rooms")).all():
        for low in range(0, revision + 1, _AT_ONCE):
            connection.execute(sa.text(statement), {"room": room, "low": low, "high": low + _AT_ONCE})
