"""A sealer without encryption, which knows its own tokens."""

from datetime import datetime, timedelta

from portfolio_app.app.ports.clock import Clock


class FakeSealer:
    """Implements `Sealer`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sealed: dict[str, tuple[str, datetime]] = {}

    def seal(self, text: str) -> str:
        token = f"sealed-{len(self._sealed)}"
        self._sealed[token] = text, self._clock()
        return token

    def open(self, token: str, max_age: timedelta) -> str | None:
        text, at = self._sealed.get(token, (None, self._clock()))
        return text if self._clock() - at <= max_age else None

    def reseal(self, token: str) -> str | None:
        return None
