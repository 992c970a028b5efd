"""Rooms in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, update
from sqlalchemy import select as select_rows
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from portfolio_app.app.errors import NotFound, RoomExists
from portfolio_app.app.ports.rooms import MOST_UNSEEN, RoomRepository
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.infra.db.tables import SHOWN, MessageRow, RoomRow, SeenRow, table_of

_INSERTS: Final[Mapping[str, Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}

_LIST_KEY: Final = 7_305_514_921
"""The key of the lock on the list of rooms; another than that of migrations."""
_rooms: Final = table_of(RoomRow)
_ALL: Final = select_rows(_rooms).order_by(_rooms.c.position, _rooms.c.slug)
_BY_SLUG: Final = select_rows(_rooms).where(_rooms.c.slug == bindparam("wanted"))


class SqlRooms(RoomRepository):
    """Implements `RoomRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, slug: RoomSlug) -> Room | None:
        """The room, or None."""
        row = self._session.execute(_BY_SLUG, {"wanted": str(slug)}).first()
        return _room(row) if row else None

    def all(self) -> list[Room]:
        """Every room by position."""
        return [_room(row) for row in self._session.execute(_ALL)]

    def hold(self) -> None:
        """A lock until the commit, for which no reader and no post waits; SQLite has one writer at a time anyhow."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(select_rows(func.pg_advisory_xact_lock(_LIST_KEY)))

    def add(self, room: Room) -> None:
        """Insert; the primary key decides between two who take a name at once."""
        values = {
            "slug": str(room.slug),
            "title": room.title,
            "position": room.place,
            "archived": room.archived,
            "revision": room.revision,
            "slow_s": room.slow_s,
        }
        insert = _INSERTS[self._session.get_bind().dialect.name](RoomRow)
        added = insert.values(values).on_conflict_do_nothing().returning(col(RoomRow.slug))
        if self._session.execute(added).first() is None:
            raise RoomExists

    def save(self, room: Room) -> None:
        """Write what a moderator changes."""
        changed = {
            "title": room.title,
            "position": room.place,
            "archived": room.archived,
            "slow_s": room.slow_s,
        }
        statement = update(RoomRow).where(col(RoomRow.slug) == str(room.slug)).values(changed)
        self._session.execute(statement.execution_options(synchronize_session=False))

    def see(self, reader: str, slug: RoomSlug, revision: int) -> None:
        """Insert, or raise what is there."""
        insert = _INSERTS[self._session.get_bind().dialect.name](SeenRow)
        first = insert.values(reader=reader, room=str(slug), revision=revision)
        later = col(SeenRow.revision) < revision
        changed = {"revision": revision}
        self._session.execute(
            first.on_conflict_do_update(index_elements=["reader", "room"], set_=changed, where=later)
        )

    def unsee(self, reader: str) -> None:
        """Delete."""
        statement = delete(SeenRow).where(col(SeenRow.reader) == reader)
        self._session.execute(statement.execution_options(synchronize_session=False))

    def unseen(self, reader: str, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        """One statement: for each room a short walk along the index of what is shown."""
        place = col(MessageRow.position)
        later = select(place).where(
            col(MessageRow.room) == col(SeenRow.room), SHOWN, place > col(SeenRow.revision)
        )
        # In its order, or PostgreSQL reads the table from its start until it has found as many.
        some = later.order_by(place).limit(MOST_UNSEEN).correlate(table_of(SeenRow)).subquery()
        count = select(func.count()).select_from(some).scalar_subquery()
        counted = select(SeenRow.room, count).where(
            SeenRow.reader == reader, col(SeenRow.room).in_(map(str, slugs))
        )
        return dict(self._session.exec(counted).all())

    def revisions(self, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        """The revision of each room that exists."""
        statement = select(RoomRow.slug, RoomRow.revision).where(col(RoomRow.slug).in_(map(str, slugs)))
        return dict(self._session.exec(statement).all())

    def next_revision(self, slug: RoomSlug, count: int = 1) -> int:
        """Take the next revisions; `NotFound` for an unknown room."""
        statement = (
            update(RoomRow)
            .where(col(RoomRow.slug) == str(slug))
            .values(revision=col(RoomRow.revision) + count)
            .returning(col(RoomRow.revision))
            .execution_options(synchronize_session=False)
        )
        revision: int | None = self._session.execute(statement).scalar_one_or_none()
        if revision is None:
            raise NotFound("There is no room with that name.")
        return revision


def _room(row: Row[Any]) -> Room:
    return Room(RoomSlug.stored(row.slug), row.title, row.revision, row.position, row.archived, row.slow_s)
