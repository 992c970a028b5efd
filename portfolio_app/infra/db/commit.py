"""Carrying a batch through the database, with a second try, and one draft at a time when it must be."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from portfolio_app.app.events import Event
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.journal import Stored
from portfolio_app.infra.db.batch import Batch, Entry
from portfolio_app.infra.db.batch_sql import BatchSql
from portfolio_app.infra.db.engine import for_writing
from portfolio_app.infra.db.faults import IN_DOUBT, UNREACHABLE, is_busy, is_transient, report, unavailable
from portfolio_app.infra.db.timings import StatementTiming, TimedConnection

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Committed:
    """The outcome of one transaction; without `statements` it did not happen."""

    entries: Sequence[Entry]
    outcomes: Sequence[Stored | Exception]
    events: Sequence[Event] = ()
    start_ns: int = 0
    statements: Sequence[StatementTiming] = field(default_factory=tuple)
    commit_start_ns: int = 0
    commit_end_ns: int = 0


class BatchCommitter:
    """Commits batches; blocking, for one thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = for_writing(engine)
        self._clock = clock

    def commit(self, entries: Sequence[Entry]) -> list[Committed]:
        """Commit all in one transaction, or each in its own if one of them breaks the rest."""
        attempts: list[Batch] = []
        try:
            return [self._commit_twice(entries, attempts)]
        except UNREACHABLE as error:
            report(error)
            in_doubt = any(batch.committing for batch in attempts)
            answers = [unavailable(error, in_doubt=in_doubt) for _ in entries]
            return [Committed(entries, answers, [IN_DOUBT] if in_doubt else [])]
        except Exception as error:
            if len(entries) > 1:
                return [committed for entry in entries for committed in self.commit([entry])]
            _log.exception("a message could not be stored")
            return [Committed(entries, [error])]

    def _commit_twice(self, entries: Sequence[Entry], attempts: list[Batch]) -> Committed:
        attempts.append(first := Batch(entries, self._clock()))
        try:
            return self._commit_once(first)
        except Exception as error:
            # The transaction begins with SQLite's lock: it was busy for as long as may be waited.
            if is_busy(error):
                raise
            # An integrity error is another worker's copy of a draft, seen too late.
            if not is_transient(error) and not isinstance(error, IntegrityError):
                raise
        attempts.append(second := Batch(entries, self._clock(), tried=first.new))
        return self._commit_once(second)

    def _commit_once(self, batch: Batch) -> Committed:
        start = time.time_ns()
        with self._engine.connect() as connection:
            timed = TimedConnection(connection)
            batch.write(BatchSql(timed))
            commit_start, batch.committing = time.time_ns(), True
            try:
                connection.commit()
            except Exception:
                # SQLAlchemy would put the connection back into the pool still in its transaction.
                connection.invalidate()
                raise
        return Committed(
            entries=batch.entries,
            outcomes=batch.outcomes(),
            events=batch.events(),
            start_ns=start,
            statements=timed.timings,
            commit_start_ns=commit_start,
            commit_end_ns=time.time_ns(),
        )
