"""The audit trail in memory."""

from portfolio_app.app.ports.audit import DECISIONS, AuditEntry
from tests.fakes.store import Store


class FakeAuditTrail:
    """Implements `AuditTrail`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, entry: AuditEntry) -> None:
        self._store.audit[len(self._store.audit) + 1] = entry

    def recent(self, limit: int) -> list[AuditEntry]:
        return list(reversed(self._store.audit.values()))[:limit]

    def last_decision(self, subject: str) -> AuditEntry | None:
        lines = self.recent(len(self._store.audit))
        return next((line for line in lines if line.subject == subject and line.action in DECISIONS), None)
