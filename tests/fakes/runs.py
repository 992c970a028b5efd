"""Runs and the rows of bursts in memory."""

from datetime import datetime

from portfolio_app.app.errors import BurstRefused, BurstTicketRefused, RunUnderWay
from portfolio_app.app.ports.runs import Record, Run
from tests.fakes.store import Store


class FakeRuns:
    """Implements `RunRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self, run: Run) -> None:
        for other in list(self._store.runs.values()):
            if other.session_id == run.session_id:
                if other.expires_at > run.started_at:
                    raise RunUnderWay(other.id, 5)
                del self._store.runs[other.id]
        self._store.runs[run.id] = run

    def under_way(self, run_id: str) -> Run | None:
        return self._store.runs.get(run_id)

    def finish(self, run_id: str, at: datetime, summary: Record, record: Record) -> None:
        if self._store.runs.pop(run_id, None) is None:
            raise BurstTicketRefused
        self._store.records[run_id] = (at, summary, record)

    def give_up(self, run_id: str) -> None:
        self._store.runs.pop(run_id, None)

    def record(self, run_id: str) -> Record | None:
        found = self._store.records.get(run_id)
        return found[2] if found else None

    def recent(self, limit: int) -> list[Record]:
        return [summary for _, summary, _ in self._newest()[:limit]]

    def purge(self, now: datetime, finished_before: datetime, keep: int) -> int:
        expired = [run.id for run in self._store.runs.values() if run.expires_at <= now]
        newest = {id(found) for found in self._newest()[:keep]}
        old = [
            run_id
            for run_id, found in self._store.records.items()
            if found[0] < finished_before or id(found) not in newest
        ]
        for run_id in expired:
            del self._store.runs[run_id]
        for run_id in old:
            del self._store.records[run_id]
        return len(expired) + len(old)

    def _newest(self) -> list[tuple[datetime, Record, Record]]:
        return sorted(self._store.records.values(), key=lambda found: found[0], reverse=True)


class FakeBurstRows:
    """Implements `BurstRowRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, run_id: str, n: int, request_id: str, at: datetime) -> None:
        if (run_id, n) in self._store.burst_rows:
            raise BurstRefused("A request with this number was here before.")
        self._store.burst_rows[run_id, n] = request_id

    def of(self, run_id: str) -> dict[str, int]:
        return {request: n for (run, n), request in self._store.burst_rows.items() if run == run_id}

    def purge(self) -> int:
        over = [key for key in self._store.burst_rows if key[0] not in self._store.runs]
        for key in over:
            del self._store.burst_rows[key]
        return len(over)
