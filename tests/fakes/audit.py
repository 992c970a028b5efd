"""The audit trail in memory."""

from portfolio_app.app.ports.audit import AuditEntry
from tests.fakes.store import Store


class FakeAuditTrail:
    """Implements `AuditTrail`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, entry: AuditEntry) -> None:
        self._store.audit[len(self._store.audit) + 1] = entry

    def recent(self, limit: int) -> list[AuditEntry]:
        return list(reversed(self._store.audit.values()))[:limit]
