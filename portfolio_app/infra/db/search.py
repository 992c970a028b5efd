"""Words of shown messages in SQL: FTS5 on SQLite, `tsvector` on PostgreSQL. Triggers keep them (migrations 0011, 0021).

Both find places in a room; the messages are then read from the index of what is shown.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import TextClause, text
from sqlmodel import Session

from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.chat.search import SearchQuery, is_beginning
from portfolio_app.domain.spelling import respelled, terms_of

_MOST_PLACES: Final = 2**40
# A row of the FTS5 index is numbered by its room, then its place there: what is newest in a room is read first, and
# nothing of another one.
_SQLITE: Final = text(
    "SELECT rowid % (1 << 40) FROM search_words WHERE search_words MATCH :words"
    " AND rowid >= (SELECT number << 40 FROM search_rooms WHERE slug = :room)"
    " AND rowid < (SELECT (number << 40) + :before FROM search_rooms WHERE slug = :room)"
    " ORDER BY rowid DESC LIMIT :limit"
)
# Left to choose, PostgreSQL takes words for independent of each other and of their place: it walks through a whole room
# for two that never stand together, or puts together the list of a beginning that all messages hold. So the newest
# messages are looked through first, and the list is made without words that most of those hold.
_NEAR: Final = 5_000
_SAMPLE: Final = 2_000
_COMMON: Final = _SAMPLE // 2
_POSTGRES_NEAR: Final = text(
    "SELECT position FROM (SELECT position, words FROM search_words WHERE room = :room AND position < :before"
    " ORDER BY position DESC LIMIT :near) AS newest"
    " WHERE words @@ to_tsquery('simple', :words) ORDER BY position DESC LIMIT :limit"
)
_POSTGRES_COUNTS: Final = (
    "SELECT {} FROM (SELECT words FROM search_words WHERE room = :room AND position < :before"
    " ORDER BY position DESC LIMIT :sample) AS newest"
)
_POSTGRES_COUNT: Final = "count(*) FILTER (WHERE words @@ to_tsquery('simple', :word_{}))"
# The function behind the operator: by that name no index is looked at.
_POSTGRES_FAR: Final = text(
    "WITH found AS MATERIALIZED (SELECT position FROM search_words"
    " WHERE room = :room AND position < :before AND words @@ to_tsquery('simple', :rare)"
    " AND ts_match_vq(words, to_tsquery('simple', :words)))"
    " SELECT position FROM found ORDER BY position DESC LIMIT :limit"
)


def places_of(session: Session, room: RoomSlug, query: SearchQuery, limit: int, before: int) -> list[int]:
    """The newest places before another whose messages hold the words, newest first."""
    find = _in_sqlite if session.get_bind().dialect.name == "sqlite" else _in_postgres
    return find(
        session, query.words, {"room": str(room), "before": min(before, _MOST_PLACES), "limit": limit}
    )


def _in_sqlite(session: Session, words: Sequence[str], values: Mapping[str, object]) -> list[int]:
    wanted = " AND ".join(f'"{terms_of(word)}"' + "*" * is_beginning(word) for word in words)
    return _integers(session, _SQLITE, {**values, "words": wanted})


def _in_postgres(session: Session, words: Sequence[str], values: Mapping[str, object]) -> list[int]:
    each = [_any_case(word) for word in words]
    wanted = {**values, "words": " & ".join(each), "near": _NEAR}
    near = _integers(session, _POSTGRES_NEAR, wanted)
    if len(near) == values["limit"]:
        return near
    rare = _rare(session, each, values) if len(each) > 1 else each
    return _integers(session, _POSTGRES_FAR, {**wanted, "rare": " & ".join(rare or each)})


def _rare(session: Session, words: Sequence[str], values: Mapping[str, object]) -> list[str]:
    """The words that few of the newest messages hold: one statement counts all."""
    counts = ", ".join(_POSTGRES_COUNT.format(number) for number in range(len(words)))
    named = {f"word_{number}": word for number, word in enumerate(words)}
    statement = text(_POSTGRES_COUNTS.format(counts))
    (found,) = session.execute(statement, {**values, **named, "sample": _SAMPLE})
    return [word for word, count in zip(words, found, strict=True) if count < _COMMON]


def _integers(session: Session, statement: TextClause, values: Mapping[str, object]) -> list[int]:
    return [int(row[0]) for row in session.execute(statement, values)]


def _any_case(word: str) -> str:
    # A database whose locale is C folds ASCII alone.
    terms = terms_of(word)
    cases = [terms] if terms.isascii() else [terms, terms.lower(), terms.capitalize(), terms.upper()]
    spellings = dict.fromkeys(map(respelled, cases))
    end = ":*" if is_beginning(word) else ""
    return "(" + " | ".join(f"'{each}'{end}" for each in spellings) + ")"


def is_mapped(_item: object, name: str | None, kind: str, *_: object) -> bool:
    """Whether Alembic compares it with the tables; those of the search differ by database and are made by hand."""
    return not (kind == "table" and (name or "").startswith("search_"))
