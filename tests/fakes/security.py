"""The log of account safety in memory."""

from datetime import datetime

from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from tests.fakes.store import Store


class FakeSecurityLog:
    """Implements `SecurityLog`."""

    def __init__(self, store: Store) -> None:
        self._lines = store.security

    def add(self, line: SecurityLine) -> None:
        self._lines[max(self._lines, default=0) + 1] = line

    def of_user(self, user_id: int, limit: int, event: SecurityEvent | None = None) -> list[SecurityLine]:
        own = [line for line in reversed(self._lines.values()) if line.user_id == user_id]
        return [line for line in own if event in (None, line.event)][:limit]

    def forget(self, user_id: int, at_most: int) -> int:
        return self._drop([n for n, line in self._lines.items() if line.user_id == user_id][:at_most])

    def purge(self, before: datetime, at_most: int) -> int:
        return self._drop([n for n in sorted(self._lines)[:at_most] if self._lines[n].at < before])

    def _drop(self, numbers: list[int]) -> int:
        for number in numbers:
            del self._lines[number]
        return len(numbers)
