"""A subscriber of a bus that remembers, and one event of each kind for it."""

import asyncio
from collections.abc import Callable

from portfolio_app.app.events import (
    AccountNews,
    Event,
    EventsMissed,
    HeldChanged,
    MessageReported,
    QueueChanged,
    RoomChanged,
    RoomsChanged,
    SessionRevoked,
    SessionTraced,
    SharedChanged,
    TracesMissed,
)
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.step import Request, Step
from portfolio_app.domain.chat.message import (
    Author,
    ClientMessageId,
    Message,
    MessageBody,
    MessageStatus,
)
from tests.fakes.clock import START
from tests.fakes.samples import LOBBY


def message(number: int) -> Message:
    return Message(
        id=f"m{number}",
        room=LOBBY,
        client_id=ClientMessageId(f"client-{number:04d}"),
        author=Author("demo", "ab12", "s" * 32, None),
        body=MessageBody("zażółć 👩‍👩‍👧\n<b>&</b>"),
        status=MessageStatus.VISIBLE,
        posted_at=START,
        revision=number,
        position=number,
        edited_at=START if number % 2 else None,
    )


def step(trace_id: int, request: Request | None) -> Step:
    return Step(
        trace_id, 2**63, 0, "SELECT ?", "infra", "demo.db", 1, 2, (("rows", "1"),), "a.py", 3, request
    )


EVERY_EVENT: list[Event] = [
    RoomChanged("lobby", (message(1), message(2)), ("r1", "r2")),
    HeldChanged("s" * 32, message(3), "r3"),
    QueueChanged(),
    MessageReported(message(3), "r3"),
    RoomsChanged(),
    SharedChanged("kudos", 7, '{"given": 7}', "r4"),
    SessionRevoked("t" * 32),
    SessionRevoked("u" * 32, replaced=True),
    AccountNews(("v" * 32, "w" * 32), SecurityEvent.SIGNED_IN, "Firefox on Linux, 203.0.113.0/24"),
    AccountNews(("v" * 32,), SecurityEvent.USERNAME_CHANGED, "", "ann-2"),
    SessionTraced("s" * 32, (step(2**127 + 1, None), step(1, Request("event", "WS", "chat.send", 200, 99)))),
]


class Listener:
    """A subscriber that remembers, and can be waited for; `missed` are the losses it heard of."""

    def __init__(self, bus: Bus) -> None:
        self.heard: list[Event] = []
        self.missed: list[Event] = []
        self._more = asyncio.Event()
        bus.subscribe(self)

    async def __call__(self, event: Event) -> None:
        (self.missed if isinstance(event, EventsMissed | TracesMissed) else self.heard).append(event)
        self._more.set()

    async def wait(self, count: int) -> list[Event]:
        """What was heard, once that is `count` events."""
        await self._until(lambda: len(self.heard) >= count)
        return self.heard

    async def wait_for(self, event: Event) -> None:
        """Return once it has heard the event."""
        await self._until(lambda: event in self.heard)

    async def wait_for_loss(self, reason: str) -> None:
        """Return once it has heard of such a loss."""
        await self._until(lambda: EventsMissed(reason) in self.missed)

    async def wait_for_missed_traces(self) -> None:
        """Return once it has heard that traces are missing."""
        await self._until(lambda: TracesMissed() in self.missed)

    async def _until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not happened():
                self._more.clear()
                await self._more.wait()


def is_traced(event: Event) -> bool:
    return isinstance(event, SessionTraced)
