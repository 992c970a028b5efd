"""The audit trail in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portfolio_app.app.ports.audit import Action, AuditEntry, AuditTrail
from portfolio_app.infra.db.tables import DECIDED, TEXTS, AuditRow

_KNOWN: Final = frozenset(Action)


class SqlAuditTrail(AuditTrail):
    """Implements `AuditTrail`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entry: AuditEntry) -> None:
        """Append a line."""
        self._session.add(AuditRow.model_validate(audit_values(entry) | {"detail": entry.detail}))

    def forget(self, subjects: Sequence[str]) -> None:
        """By the index of lines that hold a text."""
        about = col(AuditRow.subject).in_(subjects), TEXTS
        statement = update(AuditRow).where(*about).values(detail="")
        self._session.execute(statement.execution_options(synchronize_session=False))

    def rename(
        self, name: str, to: str, after: int, at_most: int, *, keeps_given_up: bool = False
    ) -> int | None:
        """By the primary key: an index of names would cost every post, and this is rare."""
        number = col(AuditRow.id)
        page = select(AuditRow.id).where(number > after).order_by(number).limit(at_most)
        numbers = [each for each in self._session.exec(page) if each is not None]
        if not numbers:
            return None
        within = number > after, number <= numbers[-1]
        actor, subject = col(AuditRow.actor), col(AuditRow.subject)
        about = (subject == name, *([col(AuditRow.action) != Action.RENAMED.value] if keeps_given_up else []))
        for column, wanted in ((actor, (actor == name,)), (subject, about)):
            statement = update(AuditRow).where(*within, *wanted).values({column: to})
            self._session.execute(statement.execution_options(synchronize_session=False))
        return numbers[-1]

    def purge(self, before: datetime, at_most: int) -> int:
        """Delete from the lowest number up: lines are added in the order of time, and no index is needed for it."""
        oldest = select(AuditRow.id, AuditRow.at).order_by(col(AuditRow.id)).limit(at_most)
        ids = [number for number, at in self._session.exec(oldest) if at < before]
        if ids:
            statement = delete(AuditRow).where(col(AuditRow.id).in_(ids))
            self._session.execute(statement.execution_options(synchronize_session=False))
        return len(ids)

    def recent(self, limit: int) -> list[AuditEntry]:
        """The newest lines, newest first."""
        rows = self._session.exec(select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit))
        return [_entry(row) for row in rows]

    def last_decision(self, subject: str) -> AuditEntry | None:
        """By the index of decisions."""
        made = select(AuditRow).where(AuditRow.subject == subject, DECIDED)
        row = self._session.exec(made.order_by(col(AuditRow.id).desc()).limit(1)).first()
        return _entry(row) if row else None


def _entry(row: AuditRow) -> AuditEntry:
    action = Action(row.action) if row.action in _KNOWN else row.action
    return AuditEntry(row.at, row.actor, action, row.subject, row.request_id, row.detail)


def audit_values(entry: AuditEntry) -> dict[str, object]:
    """The columns of a line, without its number and its detail."""
    return {
        "at": entry.at,
        "actor": entry.actor,
        "action": str(entry.action),
        "subject": entry.subject,
        "request_id": entry.request_id,
    }
