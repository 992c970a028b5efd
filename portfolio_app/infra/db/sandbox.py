"""Sandboxes in SQL."""

import sys
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Delete, Table, delete, func, insert, or_, select
from sqlmodel import Session

from portfolio_app.app.ports.sandbox import RowCounts, Sandbox, SandboxRows
from portfolio_app.domain.chat.room import SANDBOX_PREFIX, RoomSlug
from portfolio_app.infra.db.tables import AuditRow, MessageRow, QueueRow, RoomRow, SessionRow, table_of

_rooms, _messages, _sessions = table_of(RoomRow), table_of(MessageRow), table_of(SessionRow)
_queue, _audit = table_of(QueueRow), table_of(AuditRow)
_LAST: int = 1_000


class SqlSandbox(SandboxRows):
    """Implements `SandboxRows`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self, sandbox: Sandbox) -> int:
        """Insert the room, behind all others; nobody reads its title but who purges it."""
        audited = int(self._session.execute(select(func.coalesce(func.max(_audit.c.id), 0))).scalar_one())
        title = f"{sandbox.session_id} {sandbox.request_id} {audited}"
        values = {"slug": str(sandbox.room), "title": title, "position": _LAST, "revision": 0}
        self._session.execute(insert(_rooms).values(values))
        return audited

    def counts(self, sandbox: Sandbox) -> RowCounts:
        """Each count uses an index, or a table with few rows."""
        own = select(_messages.c.id).where(_messages.c.session_id == sandbox.session_id)
        return RowCounts(
            messages=self._count(_messages, _messages.c.session_id == sandbox.session_id),
            moderation_queue=self._count(_queue, _queue.c.message_id.in_(own)),
            audit=self._count(_audit, _audited(sandbox)),
            sessions=self._count(_sessions, _sessions.c.id == sandbox.session_id),
            rooms=self._count(_rooms, ~_rooms.c.slug.startswith(SANDBOX_PREFIX)),
        )

    def purge(self, sandbox: Sandbox) -> int:
        """Delete what refers to the room before the room."""
        room, session_id = str(sandbox.room), sandbox.session_id
        return (
            self._delete(delete(_audit).where(_audited(sandbox)))
            + self._delete(delete(_sessions).where(_sessions.c.id == session_id))
            + self._empty(or_(_messages.c.room == room, _messages.c.session_id == session_id))
            + self._delete(delete(_rooms).where(_rooms.c.slug == room))
        )

    def discard_abandoned(self, before: RoomSlug) -> None:
        """By name, which tells the time."""
        slug = _rooms.c.slug
        found = select(slug, _rooms.c.title).where(slug.startswith(SANDBOX_PREFIX), slug < str(before))
        for room, title in self._session.execute(found).all():
            session_id, _, rest = title.partition(" ")
            request_id, _, audited = rest.partition(" ")
            # A room that tells no number was opened by an earlier version: then no audit line is its own.
            self.purge(Sandbox(RoomSlug(room), session_id, request_id, int(audited or sys.maxsize)))

    def _empty(self, posted: ColumnElement[bool]) -> int:
        ids = select(_messages.c.id).where(posted)
        queued = self._delete(delete(_queue).where(_queue.c.message_id.in_(ids)))
        return queued + self._delete(delete(_messages).where(posted))

    def _count(self, table: Table, condition: ColumnElement[bool]) -> int:
        statement = select(func.count()).select_from(table).where(condition)
        return int(self._session.execute(statement).scalar_one())

    def _delete(self, statement: Delete) -> int:
        result: CursorResult[Any] = self._session.execute(statement)  # type: ignore[assignment]
        return result.rowcount


def _audited(sandbox: Sandbox) -> ColumnElement[bool]:
    # The number first: the trail is long, and has no index by request.
    return (_audit.c.id > sandbox.audited) & (_audit.c.request_id == sandbox.request_id)
