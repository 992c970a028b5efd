"""A clock that moves when it is set, and a little whenever it is asked."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class FakeClock:
    """Implements `Clock`; two answers are never the same."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def advance(self, **by: float) -> None:
        """Let time pass, e.g. `advance(days=2)`."""
        self.now += timedelta(**by)
