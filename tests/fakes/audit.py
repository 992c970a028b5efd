"""The audit trail in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portfolio_app.app.ports.audit import DECISIONS, Action, AuditEntry
from tests.fakes.store import Store


class FakeAuditTrail:
    """Implements `AuditTrail`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, entry: AuditEntry) -> None:
        self._store.audit[len(self._store.audit) + 1] = entry

    def forget(self, subjects: Sequence[str]) -> None:
        for number, line in self._store.audit.items():
            if line.subject in subjects:
                self._store.audit[number] = replace(line, detail="")

    def rename(
        self, name: str, to: str, after: int, at_most: int, *, keeps_given_up: bool = False
    ) -> int | None:
        numbers = sorted(number for number in self._store.audit if number > after)[:at_most]
        for number in numbers:
            line = self._store.audit[number]
            actor, subject = (to if each == name else each for each in (line.actor, line.subject))
            if keeps_given_up and line.action is Action.RENAMED:
                subject = line.subject
            self._store.audit[number] = replace(line, actor=actor, subject=subject)
        return numbers[-1] if numbers else None

    def purge(self, before: datetime, at_most: int) -> int:
        oldest = sorted(self._store.audit)[:at_most]
        old = [number for number in oldest if self._store.audit[number].at < before]
        for number in old:
            del self._store.audit[number]
        return len(old)

    def recent(self, limit: int) -> list[AuditEntry]:
        return list(reversed(self._store.audit.values()))[:limit]

    def last_decision(self, subject: str) -> AuditEntry | None:
        lines = self.recent(len(self._store.audit))
        return next((line for line in lines if line.subject == subject and line.action in DECISIONS), None)
