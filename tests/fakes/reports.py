"""Reports in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portfolio_app.app.ports.reports import MOST_REASONS, Report, Reported
from portfolio_app.domain.chat.message import MessageStatus
from tests.fakes.store import Store


class FakeReports:
    """Implements `ReportRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, report: Report) -> bool:
        key = report.message_id, report.reporter
        is_new = key not in self._store.reports
        if is_new:
            self._store.reports[key] = (report, None)
        return is_new

    def open(self, limit: int) -> list[Reported]:
        found = []
        for message_id in {report.message_id for report, _ in self._store.reports.values()}:
            reports = self._open(message_id)
            message = self._store.messages[message_id]
            if reports and message.status is MessageStatus.VISIBLE:
                reasons = tuple(report.reason for report in reports if report.reason)[:MOST_REASONS]
                found.append(Reported(message, len(reports), reports[0].at, reasons))
        return sorted(found, key=lambda each: (each.since, each.message.id))[:limit]

    def length(self) -> int:
        return len(self.open(1_000_000))

    def rename(self, reporter: str, to: str) -> None:
        for (message_id, by), (report, settled) in list(self._store.reports.items()):
            if by == reporter:
                del self._store.reports[message_id, by]
                self._store.reports[message_id, to] = (replace(report, reporter=to), settled)

    def settle(self, message_id: str, at: datetime) -> bool:
        reports = self._open(message_id)
        for report in reports:
            self._store.reports[message_id, report.reporter] = (report, at)
        return bool(reports)

    def forget(self, message_ids: Sequence[str], at: datetime) -> None:
        for key, (report, settled) in self._store.reports.items():
            if report.message_id in message_ids:
                self._store.reports[key] = (replace(report, reason=""), settled or at)

    def _open(self, message_id: str) -> list[Report]:
        reports = self._store.reports.values()
        found = [each for each, settled in reports if each.message_id == message_id and settled is None]
        return sorted(found, key=lambda report: (report.at, report.reporter))
