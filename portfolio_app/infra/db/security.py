"""The log of account safety in SQL."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portfolio_app.app.ports.security import SecurityEvent, SecurityLine, SecurityLog
from portfolio_app.infra.db.tables import SecurityRow

_KNOWN: Final = frozenset(SecurityEvent)


class SqlSecurityLog(SecurityLog):
    """Implements `SecurityLog`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, line: SecurityLine) -> None:
        """Insert."""
        self._session.add(
            SecurityRow(
                at=line.at,
                user_id=line.user_id,
                event=str(line.event),
                network=line.network,
                request_id=line.request_id,
                detail=line.detail,
            )
        )

    def of_user(self, user_id: int, limit: int, event: SecurityEvent | None = None) -> list[SecurityLine]:
        """From the end of an index."""
        own = select(SecurityRow).where(SecurityRow.user_id == user_id)
        if event is not None:
            own = own.where(SecurityRow.event == event.value)
        newest = own.order_by(col(SecurityRow.id).desc())
        return [_line(row) for row in self._session.exec(newest.limit(limit))]

    def forget(self, user_id: int, at_most: int) -> int:
        """By the same index."""
        own = select(SecurityRow.id).where(SecurityRow.user_id == user_id).limit(at_most)
        return self._delete([number for number in self._session.exec(own) if number is not None])

    def purge(self, before: datetime, at_most: int) -> int:
        """Delete from the lowest number up, like the audit trail."""
        oldest = select(SecurityRow.id, SecurityRow.at).order_by(col(SecurityRow.id)).limit(at_most)
        return self._delete([number for number, at in self._session.exec(oldest) if number and at < before])

    def _delete(self, numbers: list[int]) -> int:
        if numbers:
            statement = delete(SecurityRow).where(col(SecurityRow.id).in_(numbers))
            self._session.execute(statement.execution_options(synchronize_session=False))
        return len(numbers)


def _line(row: SecurityRow) -> SecurityLine:
    event = SecurityEvent(row.event) if row.event in _KNOWN else row.event
    return SecurityLine(row.at, row.user_id, event, row.network, row.request_id, row.detail)
