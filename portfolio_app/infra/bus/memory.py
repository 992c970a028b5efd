"""A bus within one process."""

import asyncio
import logging
from collections import Counter
from itertools import count
from typing import Final

from portfolio_app.app.errors import NotReady
from portfolio_app.app.events import Event, SessionTraced, TracesMissed
from portfolio_app.app.ports.bus import Bus, Subscriber

_log = logging.getLogger(__name__)
_TRACES: Final = (SessionTraced, TracesMissed)
_FIRST, _LATER, _LAST = range(3)


class MemoryBus(Bus):
    """Implements `Bus` with a queue and one task, so that publishing never waits for a subscriber.

    Traces wait until nothing else does, and everybody else has a turn between two of them: each becomes many rows,
    those of all sessions come at once, and a message that was committed meanwhile would come after the last.
    """

    def __init__(self) -> None:
        self.losses: Counter[str] = Counter()
        """None: see the bus between workers."""
        self._subscribers: list[Subscriber] = []
        self._queue: asyncio.PriorityQueue[tuple[int, int, Event | None]] = asyncio.PriorityQueue()
        self._numbers = count()
        self._delivery: asyncio.Task[None] | None = None

    async def publish(self, *events: Event) -> None:
        """Queue the events; returns at once."""
        for event in events:
            self._put(_LATER if isinstance(event, _TRACES) else _FIRST, event)

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
            self._put(_LAST, None)
            await delivery

    def _put(self, rank: int, event: Event | None) -> None:
        self._queue.put_nowait((rank, next(self._numbers), event))

    async def _deliver_forever(self) -> None:
        while True:
            rank, _, event = await self._queue.get()
            if event is None:
                return
            if rank == _LATER:
                await asyncio.sleep(0)
            for subscriber in self._subscribers:
                try:
                    await subscriber(event)
                except Exception:
                    _log.exception("a subscriber failed on %s", type(event).__name__)
