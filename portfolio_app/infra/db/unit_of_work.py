"""One transaction over all repositories."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final, TypeVar

from sqlalchemy import Engine, exc, text
from sqlmodel import Session

from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.infra.db.audit import SqlAuditTrail
from portfolio_app.infra.db.credentials import SqlCredentials
from portfolio_app.infra.db.engine import for_writing
from portfolio_app.infra.db.faults import (
    IN_DOUBT,
    UNREACHABLE,
    is_mistake,
    is_transient,
    report,
    timed_out,
    unavailable,
)
from portfolio_app.infra.db.lacking import lacking
from portfolio_app.infra.db.messages import SqlMessages
from portfolio_app.infra.db.moderation import SqlModerationQueue
from portfolio_app.infra.db.mutes import SqlMutes
from portfolio_app.infra.db.page_views import SqlPageViews
from portfolio_app.infra.db.passkeys import SqlPasskeys
from portfolio_app.infra.db.recovery import SqlRecovery
from portfolio_app.infra.db.reports import SqlReports
from portfolio_app.infra.db.rooms import SqlRooms
from portfolio_app.infra.db.rows import SqlRows
from portfolio_app.infra.db.runs import SqlBurstRows, SqlRuns
from portfolio_app.infra.db.sandbox import SqlSandbox
from portfolio_app.infra.db.security import SqlSecurityLog
from portfolio_app.infra.db.sessions import SqlSessions
from portfolio_app.infra.db.shared_reads import SharedReads
from portfolio_app.infra.db.users import SqlUsers
from portfolio_app.infra.threads import WorkerThreads

T = TypeVar("T")
R = TypeVar("R")

THREADS: Final = 8
_RETRIED_WITHIN_S: Final = 2.5
"""Seconds within which a failed transaction is tried again: a later one and its caller have waited for a lock."""

# Repositories write around the identity map, so reads must not be answered from it.
_FRESH: Final = {"populate_existing": True}


class SqlRepositories(Repositories):
    """The repositories on one session."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def takes_writes(self) -> bool:
        """Whether PostgreSQL would store anything: a replica answers, and so does one that was set to be read only."""
        if self._session.get_bind().dialect.name != "postgresql":
            return True
        return bool(self._session.scalar(text("SHOW transaction_read_only")) == "off")

    def lacking(self) -> list[str]:
        """The site's own tables and columns that the database lacks: it answers all the same."""
        return lacking(self._session.connection())

    @cached_property
    def rooms(self) -> SqlRooms:
        """Rooms."""
        return SqlRooms(self._session)

    @cached_property
    def messages(self) -> SqlMessages:
        """Messages."""
        return SqlMessages(self._session)

    @cached_property
    def queue(self) -> SqlModerationQueue:
        """The moderation queue."""
        return SqlModerationQueue(self._session)

    @cached_property
    def mutes(self) -> SqlMutes:
        """Mutes and bans."""
        return SqlMutes(self._session)

    @cached_property
    def reports(self) -> SqlReports:
        """Reports of messages."""
        return SqlReports(self._session)

    @cached_property
    def audit(self) -> SqlAuditTrail:
        """The audit trail."""
        return SqlAuditTrail(self._session)

    @cached_property
    def passkeys(self) -> SqlPasskeys:
        """Passkeys."""
        return SqlPasskeys(self._session)

    @cached_property
    def security(self) -> SqlSecurityLog:
        """The log of account safety."""
        return SqlSecurityLog(self._session)

    @cached_property
    def users(self) -> SqlUsers:
        """Accounts."""
        return SqlUsers(self._session, self._clock)

    @cached_property
    def credentials(self) -> SqlCredentials:
        """Password hashes."""
        return SqlCredentials(self._session)

    @cached_property
    def sessions(self) -> SqlSessions:
        """Visitor sessions."""
        return SqlSessions(self._session, self._clock)

    @cached_property
    def recovery(self) -> SqlRecovery:
        """Recovery codes."""
        return SqlRecovery(self._session)

    @cached_property
    def runs(self) -> SqlRuns:
        """Load bursts."""
        return SqlRuns(self._session)

    @cached_property
    def burst_rows(self) -> SqlBurstRows:
        """Rows that bursts write."""
        return SqlBurstRows(self._session)

    @cached_property
    def sandbox(self) -> SqlSandbox:
        """Rows of attacks."""
        return SqlSandbox(self._session)

    @cached_property
    def page_views(self) -> SqlPageViews:
        """Counts of page views."""
        return SqlPageViews(self._session)

    def rows(self, kind: type[R]) -> SqlRows[R]:
        """The rows of any table."""
        return SqlRows(self._session, kind)


@dataclass(slots=True)
class _Progress:
    """How far a unit of work came."""

    committing: bool = False


class SqlUnitOfWork(UnitOfWork):
    """Runs work on its own threads, in a transaction; close it to end the threads."""

    def __init__(self, engine: Engine, clock: Clock, bus: Bus | None = None) -> None:
        """On `bus` it says of a commit without an answer that something may have changed."""
        self._engine = engine
        self._clock = clock
        self._bus = bus
        self._threads = WorkerThreads(THREADS, "db")
        self._reads = SharedReads(self._threads, self.run, self._together)

    async def run(self, work: Callable[[Repositories], T]) -> T:
        """Commit what `work` did; see the port."""
        progress = _Progress()
        try:
            return await self._threads.run(partial(self._run_twice, work, progress))
        except (*UNREACHABLE, exc.ProgrammingError) as error:
            report(error)
            if is_mistake(error):
                raise
            if progress.committing and not timed_out(error) and self._bus is not None:
                await self._bus.publish(IN_DOUBT)
            raise unavailable(error) from error

    async def read(self, work: Callable[[Repositories], T]) -> T:
        """In one transaction with what others read just now; see the port."""
        return await self._reads.run(work)

    def close(self) -> None:
        """Wait for the transactions under way."""
        self._threads.close()

    def _run_twice(self, work: Callable[[Repositories], T], progress: _Progress) -> T:
        start = time.monotonic()

        try:
            return self._attempt(self._engine, work, progress)
        except Exception as error:
            # A commit that broke may have happened: only its author can tell whether to repeat it.
            late = time.monotonic() - start > _RETRIED_WITHIN_S
            if progress.committing or not is_transient(error) or late:
                raise
        # Most transactions only read. One that wrote on SQLite and was overtaken by another writer
        # asks for the lock first this time, and so waits instead of failing.
        return self._attempt(for_writing(self._engine, in_turn=True), work, progress)

    def _attempt(self, engine: Engine, work: Callable[[Repositories], T], progress: _Progress) -> T:
        with Session(engine, expire_on_commit=False, execution_options=_FRESH) as session:
            result = work(SqlRepositories(session, self._clock))
            session.flush()
            progress.committing = True
            _commit(session)
            return result

    def _together(self, work: Callable[[Repositories], None]) -> None:
        self._attempt(self._engine, work, _Progress())


def _commit(session: Session) -> None:
    try:
        session.commit()
    except Exception:
        # SQLAlchemy would put the connection back into the pool still in its transaction.
        session.invalidate()
        raise
