"""The moderation queue in SQL."""

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from portfolio_app.app.ports.moderation import ModerationQueue, QueuedMessage
from portfolio_app.domain.chat.moderation import Reason
from portfolio_app.infra.db.messages import message_of
from portfolio_app.infra.db.tables import MessageRow, QueueRow


class SqlModerationQueue(ModerationQueue):
    """Implements `ModerationQueue`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def waiting(self, limit: int) -> list[QueuedMessage]:
        """The oldest entries."""
        statement = (
            select(MessageRow, QueueRow)
            .join(QueueRow, col(QueueRow.message_id) == col(MessageRow.id))
            .order_by(col(QueueRow.queued_at), col(QueueRow.message_id))
            .limit(limit)
        )
        return [
            QueuedMessage(message_of(message), reasons_of(entry.reasons))
            for message, entry in self._session.exec(statement)
        ]

    def length(self) -> int:
        """Count the entries."""
        return self._session.exec(select(func.count()).select_from(QueueRow)).one()

    def close(self, message_id: str) -> None:
        """Delete the entry."""
        statement = delete(QueueRow).where(col(QueueRow.message_id) == message_id)
        self._session.execute(statement.execution_options(synchronize_session=False))


def reasons_of(stored: str) -> tuple[Reason, ...]:
    """The reasons of a stored entry."""
    return tuple(Reason(word) for word in stored.split())
