"""Runs and the rows of bursts in SQL."""

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, Delete, delete, insert, or_, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portfolio_app.app.errors import BurstRefused, BurstTicketRefused, RunUnderWay
from portfolio_app.app.ports.runs import BurstRowRepository, Record, Run, RunLimits, RunRepository
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.infra.db.tables import BurstRow, RunRow

_BUSY_S = 5


class SqlRuns(RunRepository):
    """Implements `RunRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def start(self, run: Run) -> None:
        """Insert; the unique session decides between two who start at once."""
        its_own = col(RunRow.active_session) == run.session_id
        _deleted(self._session, delete(RunRow).where(its_own, col(RunRow.expires_at) <= run.started_at))
        other = select(RunRow.id).where(its_own)
        if (found := self._session.exec(other).first()) is not None:
            raise RunUnderWay(found, _BUSY_S)
        try:
            with self._session.begin_nested():
                self._session.add(_row(run))
        except IntegrityError as error:
            if (winner := self._session.exec(other).first()) is not None:
                raise RunUnderWay(winner, _BUSY_S) from error
            raise BurstRefused("Your session started another run just now.") from error

    def under_way(self, run_id: str) -> Run | None:
        """The run, if it has a session."""
        row = self._session.exec(select(RunRow).where(RunRow.id == run_id)).first()
        if row is None or row.active_session is None or row.ticket_hash is None:
            return None
        plan = Plan.parse(row.size, row.workers, row.mode)
        return Run(row.id, row.active_session, row.ticket_hash, plan, row.started_at, row.expires_at)

    def finish(self, run_id: str, at: datetime, summary: Record | None, record: Record) -> None:
        """Write the record over what only a run under way needs."""
        statement = (
            update(RunRow)
            .where(col(RunRow.id) == run_id, col(RunRow.active_session).is_not(None))
            .values(
                active_session=None,
                ticket_hash=None,
                finished_at=at,
                summary=None if summary is None else _json(summary),
                record=_json(record),
            )
        )
        result: CursorResult[Any] = self._session.execute(  # type: ignore[assignment]
            statement.execution_options(synchronize_session=False)
        )
        if result.rowcount == 0:
            raise BurstTicketRefused

    def give_up(self, run_id: str) -> None:
        """Delete it, if it is under way."""
        unfinished = col(RunRow.active_session).is_not(None)
        _deleted(self._session, delete(RunRow).where(col(RunRow.id) == run_id, unfinished))

    def record(self, run_id: str) -> Record | None:
        """The record, parsed."""
        text = self._session.exec(select(RunRow.record).where(RunRow.id == run_id)).first()
        return None if text is None else _parsed(text)

    def recent(self, limit: int) -> list[Record]:
        """The newest summaries."""
        newest = select(RunRow.summary).where(_LISTED).order_by(*_NEWEST_FIRST).limit(limit)
        return [_parsed(text) for text in self._session.exec(newest) if text is not None]

    def purge(self, limits: RunLimits, at_most: int) -> int:
        """Delete by age, then by number."""
        expired = col(RunRow.active_session).is_not(None) & (col(RunRow.expires_at) <= limits.now)
        old = col(RunRow.finished_at) < limits.finished_before
        unlisted = col(RunRow.summary).is_(None) & (col(RunRow.finished_at) < limits.unlisted_before)
        deleted = self._delete(select(RunRow.id).where(or_(expired, old, unlisted)).limit(at_most))
        surplus = select(RunRow.id).where(_LISTED).order_by(*_NEWEST_FIRST).offset(limits.keep)
        return deleted + (self._delete(surplus.limit(at_most - deleted)) if deleted < at_most else 0)

    def _delete(self, which: SelectOfScalar[str]) -> int:
        ids = self._session.exec(which).all()
        return _deleted(self._session, delete(RunRow).where(col(RunRow.id).in_(ids))) if ids else 0


_LISTED: Final = col(RunRow.finished_at).is_not(None) & col(RunRow.summary).is_not(None)
_NEWEST_FIRST: Final = (col(RunRow.finished_at).desc(), col(RunRow.id))


class SqlBurstRows(BurstRowRepository):
    """Implements `BurstRowRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, run_id: str, n: int, request_id: str, at: datetime) -> None:
        """Insert; the primary key refuses a number twice."""
        values = {"run": run_id, "n": n, "request_id": request_id, "at": at}
        try:
            self._session.execute(insert(BurstRow).values(values))
        except IntegrityError as error:
            raise BurstRefused("A request with this number was here before.") from error

    def of(self, run_id: str) -> dict[str, int]:
        """Numbers by request id."""
        rows = self._session.exec(select(BurstRow.request_id, BurstRow.n).where(BurstRow.run == run_id))
        return dict(rows.all())

    def purge(self, at_most: int) -> int:
        """Delete what no run under way needs."""
        under_way = select(RunRow.id).where(col(RunRow.active_session).is_not(None))
        over = select(BurstRow.run, BurstRow.n).where(col(BurstRow.run).not_in(under_way)).limit(at_most)
        key = tuple_(col(BurstRow.run), col(BurstRow.n))
        return _deleted(self._session, delete(BurstRow).where(key.in_(over)))


def _row(run: Run) -> RunRow:
    return RunRow(
        id=run.id,
        active_session=run.session_id,
        ticket_hash=run.ticket_hash,
        mode=run.plan.mode.value,
        size=run.plan.size.value,
        workers=run.plan.workers.value,
        started_at=run.started_at,
        expires_at=run.expires_at,
    )


def _deleted(session: Session, statement: Delete) -> int:
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        statement.execution_options(synchronize_session=False)
    )
    return result.rowcount


def _json(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _parsed(text: str) -> Record:
    record: Record = json.loads(text)
    return record
