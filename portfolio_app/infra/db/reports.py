"""Reports in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, func, update
from sqlmodel import Session, col, select

from portfolio_app.app.ports.reports import MOST_REASONS, Report, Reported, ReportRepository
from portfolio_app.infra.db.authored import message_of
from portfolio_app.infra.db.sessions import upsert_for
from portfolio_app.infra.db.tables import OPEN, SHOWN, MessageRow, ReportRow, table_of

_reports: Final = table_of(ReportRow)


class SqlReports(ReportRepository):
    """Implements `ReportRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, report: Report) -> bool:
        """Insert; the primary key decides between two that come at once."""
        values = {name: getattr(report, name) for name in ("message_id", "reporter", "reason", "at")}
        insert = upsert_for(self._session.get_bind().dialect.name)(_reports)
        added = insert.values(values).on_conflict_do_nothing().returning(_reports.c.message_id)
        return self._session.execute(added).first() is not None

    def open(self, limit: int) -> list[Reported]:
        """Grouped by message along the index of open reports."""
        since = func.min(col(ReportRow.at))
        waiting = (
            select(ReportRow.message_id, func.count(), since)
            .join(MessageRow, col(MessageRow.id) == col(ReportRow.message_id))
            .where(OPEN, SHOWN)
            .group_by(col(ReportRow.message_id))
            .order_by(since, col(ReportRow.message_id))
            .limit(limit)
        )
        found = self._session.exec(waiting).all()
        ids = [message_id for message_id, _, _ in found]
        rows = self._session.exec(select(MessageRow).where(col(MessageRow.id).in_(ids)))
        messages, reasons = {row.id: message_of(row) for row in rows}, self._reasons(ids)
        return [
            Reported(messages[message_id], count, at, tuple(reasons.get(message_id, ())))
            for message_id, count, at in found
        ]

    def length(self) -> int:
        """Count the messages."""
        waiting = select(ReportRow.message_id).join(
            MessageRow, col(MessageRow.id) == col(ReportRow.message_id)
        )
        messages = waiting.where(OPEN, SHOWN).distinct().subquery()
        return self._session.exec(select(func.count()).select_from(messages)).one()

    def rename(self, reporter: str, to: str) -> None:
        """By the index of reporters."""
        statement = update(ReportRow).where(col(ReportRow.reporter) == reporter).values(reporter=to)
        self._session.execute(statement.execution_options(synchronize_session=False))

    def settle(self, message_id: str, at: datetime) -> bool:
        """Mark them."""
        statement = (
            update(ReportRow).where(col(ReportRow.message_id) == message_id, OPEN).values(settled_at=at)
        )
        result: CursorResult[Any] = self._session.execute(  # type: ignore[assignment]  # typed as any result
            statement.execution_options(synchronize_session=False)
        )
        return result.rowcount > 0

    def forget(self, message_ids: Sequence[str], at: datetime) -> None:
        """Along the primary key."""
        settled = func.coalesce(col(ReportRow.settled_at), at)
        statement = update(ReportRow).where(col(ReportRow.message_id).in_(message_ids))
        self._session.execute(
            statement.values(reason="", settled_at=settled).execution_options(synchronize_session=False)
        )

    def _reasons(self, message_ids: Sequence[str]) -> Mapping[str, list[str]]:
        first = col(ReportRow.at), col(ReportRow.reporter)
        number = func.row_number().over(partition_by=col(ReportRow.message_id), order_by=first)
        given = col(ReportRow.message_id).in_(message_ids), OPEN, ReportRow.reason != ""
        numbered = (
            select(ReportRow.message_id, ReportRow.reason, number.label("number")).where(*given).subquery()
        )
        few = select(numbered.c.message_id, numbered.c.reason).where(numbered.c.number <= MOST_REASONS)
        reasons: dict[str, list[str]] = {}
        for message_id, reason in self._session.exec(few.order_by(numbered.c.number)):
            reasons.setdefault(message_id, []).append(reason)
        return reasons
