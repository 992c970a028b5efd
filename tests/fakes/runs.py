"""Runs and the rows of bursts in memory."""

from datetime import datetime

from portfolio_app.app.errors import BurstRefused, BurstTicketRefused, RunUnderWay
from portfolio_app.app.ports.runs import Record, Run, RunLimits
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

    def finish(self, run_id: str, at: datetime, summary: Record | None, record: Record) -> None:
        if self._store.runs.pop(run_id, None) is None:
            raise BurstTicketRefused
        self._store.records[run_id] = (at, summary, record)

    def give_up(self, run_id: str) -> None:
        self._store.runs.pop(run_id, None)

    def record(self, run_id: str) -> Record | None:
        found = self._store.records.get(run_id)
        return found[2] if found else None

    def recent(self, limit: int) -> list[Record]:
        return [summary for _, summary, _ in self._listed()[:limit] if summary is not None]

    def purge(self, limits: RunLimits, at_most: int) -> int:
        expired = [run.id for run in self._store.runs.values() if run.expires_at <= limits.now]
        kept = {id(found) for found in self._listed()[: limits.keep]}
        old = [
            run_id
            for run_id, found in self._store.records.items()
            if found[0] < limits.finished_before
            or (found[0] < limits.unlisted_before if found[1] is None else id(found) not in kept)
        ]
        for run_id in expired[:at_most]:
            del self._store.runs[run_id]
        for run_id in old[: at_most - len(expired[:at_most])]:
            del self._store.records[run_id]
        return min(at_most, len(expired) + len(old))

    def _listed(self) -> list[tuple[datetime, Record | None, Record]]:
        listed = [found for found in self._store.records.values() if found[1] is not None]
        return sorted(listed, key=lambda found: found[0], reverse=True)


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

    def purge(self, at_most: int) -> int:
        over = [key for key in self._store.burst_rows if key[0] not in self._store.runs][:at_most]
        for key in over:
            del self._store.burst_rows[key]
        return len(over)
