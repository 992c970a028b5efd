"""Rooms in SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.rooms import RoomRepository
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.infra.db.tables import RoomRow


class SqlRooms(RoomRepository):
    """Implements `RoomRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, slug: RoomSlug) -> Room | None:
        """The room, or None."""
        row = self._session.exec(select(RoomRow).where(RoomRow.slug == str(slug))).first()
        return _room(row) if row else None

    def all(self) -> list[Room]:
        """Every room by position."""
        rows = self._session.exec(select(RoomRow).order_by(col(RoomRow.position), col(RoomRow.slug)))
        return [_room(row) for row in rows]

    def revisions(self, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        """The revision of each room that exists."""
        statement = select(RoomRow.slug, RoomRow.revision).where(col(RoomRow.slug).in_(map(str, slugs)))
        return dict(self._session.exec(statement).all())

    def next_revision(self, slug: RoomSlug) -> int:
        """Take the next revision; `NotFound` for an unknown room."""
        statement = (
            update(RoomRow)
            .where(col(RoomRow.slug) == str(slug))
            .values(revision=col(RoomRow.revision) + 1)
            .returning(col(RoomRow.revision))
            .execution_options(synchronize_session=False)
        )
        revision: int | None = self._session.execute(statement).scalar_one_or_none()
        if revision is None:
            raise NotFound("There is no room with that name.")
        return revision


def _room(row: RoomRow) -> Room:
    return Room(RoomSlug(row.slug), row.title, row.revision)
