"""A bus that delivers at once."""

import asyncio

from portfolio_app.app.events import Event
from portfolio_app.app.ports.bus import Subscriber


class FakeBus:
    """Implements `Bus`, and remembers what was published."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._subscribers: list[Subscriber] = []
        self._started = False
        self._published = asyncio.Event()

    async def seen(self, count: int) -> list[Event]:
        """Everything published so far, once that is at least `count` events."""
        async with asyncio.timeout(5):
            while len(self.events) < count:
                self._published.clear()
                await self._published.wait()
        return list(self.events)

    async def publish(self, *events: Event) -> None:
        self.events.extend(events)
        self._published.set()
        for event in events if self._started else ():
            await self._deliver(event)

    def subscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.append(subscriber)

    async def start(self) -> None:
        self._started = True

    async def stop(self) -> None:
        self._started = False

    async def _deliver(self, event: Event) -> None:
        for subscriber in self._subscribers:
            try:
                await subscriber(event)
            except Exception:
                continue
