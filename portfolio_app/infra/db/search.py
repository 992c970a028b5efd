"""Words of shown messages in SQL: FTS5 on SQLite, `tsvector` on PostgreSQL. Triggers keep them (migration 0011).

Both find places in a room; the messages are then read from the index of what is shown.
"""

from typing import Final

from sqlalchemy import TextClause, text
from sqlmodel import Session

from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.chat.search import SearchQuery, is_beginning

_MOST_PLACES: Final = 2**40
# A row of the FTS5 index is numbered by its room, then its place there: what is newest in a room is read first, and
# nothing of another one.
_SQLITE: Final = text(
    "SELECT rowid % (1 << 40) FROM search_words WHERE search_words MATCH :words"
    " AND rowid >= (SELECT number << 40 FROM search_rooms WHERE slug = :room)"
    " AND rowid < (SELECT (number << 40) + :before FROM search_rooms WHERE slug = :room)"
    " ORDER BY rowid DESC LIMIT :limit"
)
_POSTGRES: Final = text(
    "SELECT position FROM search_words"
    " WHERE room = :room AND position < :before AND words @@ to_tsquery('simple', :words)"
    " ORDER BY position DESC LIMIT :limit"
)


def places_of(session: Session, room: RoomSlug, query: SearchQuery, limit: int, before: int) -> list[int]:
    """The newest places before another whose messages hold the words, newest first."""
    statement, words = _statement(session.get_bind().dialect.name, query)
    values = {"room": str(room), "words": words, "before": min(before, _MOST_PLACES), "limit": limit}
    return [int(row[0]) for row in session.execute(statement, values)]


def _statement(dialect: str, query: SearchQuery) -> tuple[TextClause, str]:
    if dialect == "sqlite":
        return _SQLITE, " AND ".join(f'"{word}"' + "*" * is_beginning(word) for word in query.words)
    return _POSTGRES, " & ".join(map(_any_case, query.words))


def _any_case(word: str) -> str:
    # A database whose locale is C folds ASCII alone.
    spellings = (
        {word} if word.isascii() else dict.fromkeys((word, word.lower(), word.capitalize(), word.upper()))
    )
    end = ":*" if is_beginning(word) else ""
    return "(" + " | ".join(f"'{each}'{end}" for each in spellings) + ")"


def is_mapped(_item: object, name: str | None, kind: str, *_: object) -> bool:
    """Whether Alembic compares it with the tables; those of the search differ by database and are made by hand."""
    return not (kind == "table" and (name or "").startswith("search_"))
