"""Visitor sessions in SQL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, Insert, Row, Table, bindparam, case, delete, or_, update
from sqlalchemy import select as select_rows
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as SqlSession
from sqlmodel import col, select

from portfolio_app.app.errors import TicketRefused
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.sessions import SessionRepository
from portfolio_app.domain.account.session import Session
from portfolio_app.infra.db.tables import SeenRow, SessionRow, table_of

_sessions: Final = table_of(SessionRow)
_BY_ID: Final = select_rows(_sessions).where(_sessions.c.id == bindparam("wanted"))
"""Rows instead of objects, as in every read of a page that opens: a tab costs as little as its reads do."""

_ENDED: Final = select_rows(
    _sessions.c.id,
    # A version before 0019 did not write whether a session that it revoked was replaced: it may have been.
    case((_sessions.c.replaced.is_not(False), _sessions.c.revoked_at)).label("replaced_at"),
).where(
    _sessions.c.id.in_(bindparam("wanted", expanding=True)),
    or_(_sessions.c.revoked_at.is_not(None), _sessions.c.expires_at <= bindparam("now")),
)


class SqlSessions(SessionRepository):
    """Implements `SessionRepository`."""

    def __init__(self, session: SqlSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._known: dict[str, Row[Any] | None] = {}
        """Rows that this transaction has read and not written since: most ask several times for their caller's."""

    def get(self, session_id: str) -> Session | None:
        """The session unless it has ended or was never stored."""
        row = self._row(session_id)
        if row is None or _has_ended(row, self._clock()):
            return None
        return _session(row)

    def has_ended(self, session_id: str) -> bool:
        """Whether it was revoked or has expired."""
        row = self._row(session_id)
        return row is not None and _has_ended(row, self._clock())

    def ended_of(self, session_ids: Sequence[str]) -> Mapping[str, datetime | None]:
        """See the port; rows of sessions that have not ended are not read, for this is asked often."""
        found = self._session.execute(_ENDED, {"wanted": session_ids, "now": self._clock()})
        return {row.id: row.replaced_at for row in found}

    def live_of(self, session_ids: Sequence[str]) -> Mapping[str, Session]:
        """See the port."""
        now = self._clock()
        return {row.id: _session(row) for row in self._rows(session_ids) if not _has_ended(row, now)}

    def add(self, session: Session) -> None:
        """Insert; the primary key decides between two who redeem the same ticket at once."""
        self._known.clear()
        self._session.add(SessionRow.model_validate(session_values(session)))
        try:
            self._session.flush()
        except IntegrityError as error:
            raise TicketRefused from error

    def of_user(self, user_id: int) -> list[Session]:
        """The user's live sessions, newest first."""
        statement = (
            select(SessionRow)
            .where(
                SessionRow.user_id == user_id,
                col(SessionRow.revoked_at).is_(None),
                col(SessionRow.expires_at) > self._clock(),
            )
            .order_by(col(SessionRow.created_at).desc(), col(SessionRow.id))
        )
        return [_session(row) for row in self._session.exec(statement)]

    def prove(self, session_id: str, at: datetime) -> None:
        """Write the time."""
        self._change(session_id, proved_at=at)

    def see(self, session_id: str, at: datetime, expires_at: datetime) -> None:
        """Write both times."""
        self._change(session_id, seen_at=at, expires_at=expires_at)

    def _change(self, session_id: str, **columns: datetime) -> None:
        self._known.clear()
        statement = update(SessionRow).where(
            col(SessionRow.id) == session_id, col(SessionRow.revoked_at).is_(None)
        )
        self._session.execute(statement.values(columns).execution_options(synchronize_session=False))

    def revoke(self, session_id: str, at: datetime, *, replaced: bool = False) -> None:
        """Mark the session, or leave a mark where none was stored; the first time of revoking stays."""
        self._known.clear()
        statement = insert_ignoring(self._session.get_bind().dialect.name)
        self._session.execute(statement, [session_values(Session.start(session_id, at))])
        mark = (
            update(SessionRow)
            .where(col(SessionRow.id) == session_id, col(SessionRow.revoked_at).is_(None))
            .values(revoked_at=at, replaced=replaced)
        )
        self._session.execute(mark.execution_options(synchronize_session=False))

    def disown(self, user_id: int, at_most: int) -> int:
        """Their marks stay, so that no cookie comes back to life."""
        self._known.clear()
        own = select(SessionRow.id).where(SessionRow.user_id == user_id).limit(at_most)
        ids = self._session.exec(own).all()
        statement = update(SessionRow).where(col(SessionRow.id).in_(ids)).values(user_id=None, device="")
        self._session.execute(statement.execution_options(synchronize_session=False))
        return len(ids)

    def purge(self, begun_before: datetime, at_most: int) -> int:
        """Delete old sessions; PostgreSQL passes over what another worker has locked."""
        self._known.clear()
        # A session that began so long ago has expired: the condition that has an index comes along.
        expired = (
            select(SessionRow.id)
            .where(SessionRow.expires_at < self._clock(), SessionRow.created_at < begun_before)
            .limit(at_most)
        )
        ids = self._session.exec(expired.with_for_update(skip_locked=True)).all()
        self._session.execute(
            delete(SeenRow).where(col(SeenRow.reader).in_(ids)).execution_options(synchronize_session=False)
        )
        statement = delete(SessionRow).where(col(SessionRow.id).in_(ids))
        result: CursorResult[Any] = self._session.execute(  # type: ignore[assignment]
            statement.execution_options(synchronize_session=False)
        )
        return result.rowcount

    def _rows(self, session_ids: Sequence[str]) -> Iterable[SessionRow]:
        return self._session.exec(select(SessionRow).where(col(SessionRow.id).in_(session_ids)))

    def _row(self, session_id: str) -> Row[Any] | None:
        if session_id not in self._known:
            self._known[session_id] = self._session.execute(_BY_ID, {"wanted": session_id}).first()
        return self._known[session_id]


def session_values(session: Session) -> dict[str, object]:
    """The columns of a new session."""
    return {
        "id": session.id,
        "user_id": session.user_id,
        "created_at": session.created_at,
        "expires_at": session.expires_at,
        "seen_at": session.seen_at,
        "proved_at": session.proved_at,
        "device": session.device,
    }


def insert_ignoring(dialect: str) -> Insert:
    """Insert sessions, leaving those alone that exist."""
    # Core, not the mapped class: the ORM would add columns of its own to the statement.
    return upsert_for(dialect)(table_of(SessionRow)).on_conflict_do_nothing()


def upsert_for(dialect: str) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
    """The INSERT that has an ON CONFLICT, of either database."""
    return sqlite.insert if dialect == "sqlite" else postgresql.insert


def _session(row: SessionRow | Row[Any]) -> Session:
    return Session(
        row.id, row.user_id, row.created_at, row.expires_at, row.seen_at, row.proved_at, row.device
    )


def _has_ended(row: SessionRow | Row[Any], now: datetime) -> bool:
    return row.revoked_at is not None or now >= row.expires_at
