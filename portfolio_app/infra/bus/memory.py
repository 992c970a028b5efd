"""A bus within one process."""

import asyncio
import logging
from collections import Counter

from portfolio_app.app.errors import NotReady
from portfolio_app.app.events import Event
from portfolio_app.app.ports.bus import Bus, Subscriber

_log = logging.getLogger(__name__)


class MemoryBus(Bus):
    """Implements `Bus` with a queue and one task, so that publishing never waits for a subscriber."""

    def __init__(self) -> None:
        self.losses: Counter[str] = Counter()
        """None: see the bus between workers."""
        self._subscribers: list[Subscriber] = []
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._delivery: asyncio.Task[None] | None = None

    async def publish(self, *events: Event) -> None:
        """Queue the events; returns at once."""
        for event in events:
            self._queue.put_nowait(event)

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber."""
        self._subscribers.append(subscriber)

    @property
    def waiting(self) -> int:
        """Events that no subscriber has seen yet."""
        return self._queue.qsize()

    def check(self) -> None:
        """Raise `NotReady` if nobody delivers."""
        if self._delivery is None or self._delivery.done():
            raise NotReady("no longer delivers")

    async def start(self) -> None:
        """Begin to deliver."""
        self._delivery = asyncio.create_task(self._deliver_forever(), name="bus")

    async def stop(self) -> None:
        """Deliver what is queued, then end."""
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            self._queue.put_nowait(None)
            await delivery

    async def _deliver_forever(self) -> None:
        while (event := await self._queue.get()) is not None:
            for subscriber in self._subscribers:
                try:
                    await subscriber(event)
                except Exception:
                    _log.exception("a subscriber failed on %s", type(event).__name__)
