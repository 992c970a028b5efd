"""Mutes and bans in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, or_, update
from sqlmodel import Session, col, select

from portfolio_app.app.ports.mutes import MuteRepository
from portfolio_app.domain.chat.mute import Mute
from portfolio_app.infra.db.tables import HiddenRow, MuteRow


class SqlMutes(MuteRepository):
    """Implements `MuteRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def holding(self, authors: Sequence[str], now: datetime) -> Mute | None:
        """The one that ends last, a ban before all others."""
        found = select(MuteRow).where(col(MuteRow.author).in_(authors), _holds(now))
        mutes = [mute_of(row) for row in self._session.exec(found)]
        return max(mutes, key=lambda mute: (mute.is_ban, mute.until or now), default=None)

    def put(self, mute: Mute) -> None:
        """Insert or replace."""
        values = {name: getattr(mute, name) for name in ("author", "label", "moderator", "since", "until")}
        self._session.merge(MuteRow(handle=mute.handle, **values))
        self._session.flush()

    def by_handle(self, handle: str) -> Mute | None:
        """Look it up."""
        row = self._session.exec(select(MuteRow).where(MuteRow.handle == handle)).first()
        return mute_of(row) if row else None

    def lift(self, author: str) -> None:
        """Delete."""
        statement = delete(MuteRow).where(col(MuteRow.author) == author)
        self._session.execute(statement.execution_options(synchronize_session=False))

    def all(self, now: datetime, limit: int) -> list[Mute]:
        """The newest first."""
        newest = select(MuteRow).where(_holds(now)).order_by(col(MuteRow.since).desc(), col(MuteRow.author))
        return [mute_of(row) for row in self._session.exec(newest.limit(limit))]

    def rename_moderator(self, name: str, to: str) -> None:
        """By the index of moderators."""
        statement = update(MuteRow).where(col(MuteRow.moderator) == name).values(moderator=to)
        self._session.execute(statement.execution_options(synchronize_session=False))

    def relabel(self, author: str, label: str) -> None:
        """By the primary key."""
        statement = update(MuteRow).where(col(MuteRow.author) == author).values(label=label)
        self._session.execute(statement.execution_options(synchronize_session=False))

    def hide(self, author: str, message_ids: Sequence[str]) -> None:
        """Insert; one that a moderator had put back after an earlier ban is hidden anew."""
        self.unhide(message_ids)
        self._session.add_all([HiddenRow(message_id=each, author=author) for each in message_ids])
        self._session.flush()

    def hidden(self, author: str, limit: int) -> list[str]:
        """Ids, in any order."""
        found = select(HiddenRow.message_id).where(HiddenRow.author == author)
        return list(self._session.exec(found.order_by(col(HiddenRow.message_id)).limit(limit)))

    def unhide(self, message_ids: Sequence[str]) -> None:
        """Delete."""
        statement = delete(HiddenRow).where(col(HiddenRow.message_id).in_(message_ids))
        self._session.execute(statement.execution_options(synchronize_session=False))


def _holds(now: datetime) -> ColumnElement[bool]:
    return or_(col(MuteRow.until).is_(None), col(MuteRow.until) > now)


def mute_of(row: MuteRow | Row[Any]) -> Mute:
    """The domain's mute, from a mapped row or one with all columns of `mutes`."""
    return Mute(row.author, row.label, row.moderator, row.since, row.until)
