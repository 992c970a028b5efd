"""A feed that a test fills."""

from collections.abc import Iterable

from portfolio_app.app.ports.live_feed import FeedBatch, FeedSubscriber, LogRow, Trace

KEPT = 5


def row(seq: int, message: str = "COMMIT") -> LogRow:
    """A row of a session's log."""
    pills = (("rows", "1"), ("batch", "2"))
    return LogRow(seq, 1_700_000_000_000.0 + seq, 1.25, "demo.db", "infra", message, "ab" * 16, pills)


def rows(first: int, last: int) -> tuple[LogRow, ...]:
    """Rows by number, both ends included."""
    return tuple(row(seq) for seq in range(first, last + 1))


class FakeLiveFeed:
    """Implements `LiveFeed`; keeps the last `KEPT` rows of each session."""

    def __init__(self) -> None:
        self.subscribers: list[FeedSubscriber] = []
        self._rows: dict[str, list[LogRow]] = {}

    def subscribe(self, subscriber: FeedSubscriber) -> None:
        self.subscribers.append(subscriber)

    def recent(self, session_id: str) -> FeedBatch:
        return FeedBatch(rows=tuple(self._rows.get(session_id, ())[-KEPT:]))

    def after(self, session_id: str, seq: int) -> tuple[LogRow, ...] | None:
        known = self._rows.get(session_id, [])
        newest = known[-1].seq if known else 0
        if not 0 <= newest - seq <= len(known[-KEPT:]):
            return None
        return tuple(kept for kept in known if kept.seq > seq)

    def trace(self, session_id: str, request_id: str) -> Trace | None:
        return None

    def keep(self, session_id: str, new: Iterable[LogRow]) -> None:
        """Add rows without telling anybody."""
        self._rows.setdefault(session_id, []).extend(new)

    async def log(self, session_id: str, new: Iterable[LogRow]) -> None:
        """Add rows and tell the subscribers."""
        batch = FeedBatch(rows=tuple(new))
        self.keep(session_id, batch.rows)
        for subscriber in self.subscribers:
            await subscriber(session_id, batch)
