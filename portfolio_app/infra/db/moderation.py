"""The moderation queue in SQL."""

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from portfolio_app.app.ports.moderation import ModerationQueue, QueuedMessage
from portfolio_app.domain.chat.moderation import Reason
from portfolio_app.infra.db.authored import message_of
from portfolio_app.infra.db.tables import MessageRow, QueueRow


class SqlModerationQueue(ModerationQueue):
    """Implements `ModerationQueue`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def waiting(self, limit: int) -> list[QueuedMessage]:
        """The oldest entries, then their messages: without statistics SQLite joins them from the longer table."""
        oldest = select(QueueRow).order_by(col(QueueRow.queued_at), col(QueueRow.message_id)).limit(limit)
        entries = self._session.exec(oldest).all()
        wanted = select(MessageRow).where(col(MessageRow.id).in_([entry.message_id for entry in entries]))
        messages = {row.id: message_of(row) for row in self._session.exec(wanted)}
        return [
            QueuedMessage(messages[entry.message_id], reasons_of(entry.reasons))
            for entry in entries
            if entry.message_id in messages
        ]

    def length(self) -> int:
        """Count the entries."""
        return self._session.exec(select(func.count()).select_from(QueueRow)).one()

    def close(self, message_id: str) -> None:
        """Delete the entry."""
        statement = delete(QueueRow).where(col(QueueRow.message_id) == message_id)
        self._session.execute(statement.execution_options(synchronize_session=False))


def reasons_of(stored: str) -> tuple[Reason | str, ...]:
    """The reasons of a stored entry; one that only a newer version has stays a word."""
    return tuple(Reason(word) if word in set(Reason) else word for word in stored.split())
