"""The part that every bus between workers shares, whichever server carries it."""

import asyncio
import logging
from abc import abstractmethod
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import ClassVar, Final, Protocol

from portfolio_app.app.errors import NotReady
from portfolio_app.app.events import (
    Event,
    EventsMissed,
    NotesWanted,
    PresenceChanged,
    RunEnded,
    RunNoted,
    RunStalled,
    RunStarted,
    SessionTraced,
    TracesMissed,
)
from portfolio_app.app.ports.bus import Bus, Subscriber
from portfolio_app.infra.bus.codec import decode, encode
from portfolio_app.infra.bus.cursor import Cursor, Look, Loss
from portfolio_app.infra.bus.memory import MemoryBus

_log = logging.getLogger(__name__)

STREAM: Final = "portfolio:events"
TRACES: Final = "portfolio:traces"
"""A stream of its own, so that events of many times a second push no message out of the other."""
KEPT_ENTRIES: Final = 4096
MAX_UNSENT: Final = 4096
MOST_KINDS: Final = 32
"""Kinds of events of other releases that the log names."""
_BACKOFF_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
_STOP_S: Final = 2
_TRACING: Final = (
    SessionTraced,
    RunStarted,
    RunNoted,
    NotesWanted,
    RunStalled,
    RunEnded,
    TracesMissed,
    PresenceChanged,
)
"""Events that are stored nowhere, and presence, which is published again within seconds."""


class Stream:
    """One stream of a server: what waits to be written to it, and how far it was read."""

    def __init__(self, name: str, missed: Callable[[Loss], Event]) -> None:
        """`missed` names a loss."""
        self.name = name
        self.cursor = Cursor()
        self.missed = missed
        self._unsent: deque[str] = deque()
        self._overflowed = False

    @property
    def waits(self) -> bool:
        """Whether anything is to be sent."""
        return self._overflowed or bool(self._unsent)

    def queue(self, payload: str) -> None:
        """Keep a publication until it is sent; the oldest goes when there are too many."""
        if len(self._unsent) >= MAX_UNSENT:
            self._unsent.popleft()
            self._overflowed = True
        self._unsent.append(payload)

    async def send(self) -> None:
        """Write what was queued first, under the next number; before it, that something was dropped."""
        if self._overflowed:
            await self._write(encode([self.missed(Loss.UNSENT)]))
            self._overflowed = False
            return
        payload = self._unsent[0]
        await self._write(payload)
        # A full queue may have dropped it meanwhile.
        if self._unsent[0] is payload:
            self._unsent.popleft()

    @abstractmethod
    async def look(self) -> Look:
        """Ask the server about the stream, which is made where there is none; raises where it takes no writes."""

    @abstractmethod
    async def _write(self, payload: str) -> None: ...


class StreamReader(Protocol):
    """Follows all streams of a bus."""

    async def begin(self) -> None:
        """Begin at the streams' ends as they are now; without a server, as they are when it first answers."""
        ...

    async def read(self) -> None:
        """Read what there is, or wait for it a while; raises what the client raises."""
        ...


class SharedBus(Bus):
    """Implements `Bus` for several workers, but for the server.

    Own events reach own subscribers directly, with the server or without; those of other workers come from
    the streams. While the server is away, up to `MAX_UNSENT` publications to each stream wait for it.
    """

    server: ClassVar[str]
    """Its name in readiness and `doctor`."""
    failures: tuple[type[Exception], ...]
    """Errors that the client raises when the server does not answer, or not as it should."""
    _reader: StreamReader

    def __init__(self, events: Stream, traces: Stream) -> None:
        self.losses: Counter[str] = Counter()
        """How often events of others may have been lost, by reason."""
        self._unread_kinds: set[str] = set()
        self._local = MemoryBus()
        self._events, self._traces = events, traces
        self._more = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def publish(self, *events: Event) -> None:
        """Queue the events for here and for the others; returns at once."""
        await self._local.publish(*events)
        traces = [event for event in events if isinstance(event, _TRACING)]
        others = [event for event in events if not isinstance(event, _TRACING)]
        for stream, some in ((self._events, others), (self._traces, traces)):
            if some:
                stream.queue(encode(some))
                self._more.set()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber of this worker."""
        self._local.subscribe(subscriber)

    @property
    def waiting(self) -> int:
        """Events that no subscriber of this worker has seen yet."""
        return self._local.waiting

    def check(self) -> None:
        """Raise `NotReady` if nobody delivers, here or to and from the others; the server itself may be away."""
        self._local.check()
        if not self._tasks or any(task.done() for task in self._tasks):
            raise NotReady("no longer delivers")

    async def start(self) -> None:
        """Begin at the streams' ends as they are now; without a server, as they are when it first answers."""
        await self._local.start()
        await self._reader.begin()
        self._events.queue(encode([EventsMissed(Loss.STARTED)]))
        self._more.set()
        self._tasks = [
            asyncio.create_task(self._forever(self._send, "publish"), name="bus-send"),
            asyncio.create_task(self._forever(self._reader.read, "read"), name="bus-receive"),
        ]

    async def stop(self) -> None:
        """Send and deliver what is queued, as far as the server answers within `_STOP_S`, then end."""
        if not self._tasks:
            return
        self._stopping = True
        self._more.set()
        await asyncio.wait(self._tasks[:1], timeout=_STOP_S)
        for task in self._tasks:
            task.cancel()
        # A cancellation can get lost in redis-py on Python 3.11; then the task ends after its step.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._local.stop()
        await self.close()

    async def ping(self) -> None:
        """Raise if the server does not answer, or takes no writes."""
        await self._events.look()

    @abstractmethod
    async def close(self) -> None:
        """Close the connections."""

    async def _forever(self, step: Callable[[], Awaitable[None]], name: str) -> None:
        failures = 0
        while not self._stopping:
            try:
                await step()
                failures = 0
            except Exception as error:
                known = isinstance(error, self.failures)
                if failures == 0:
                    _log.warning("the bus can't %s: %s", name, type(error).__name__, exc_info=not known)
                await asyncio.sleep(_BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])
                failures += 1

    async def _send(self) -> None:
        await self._more.wait()
        while stream := next((each for each in (self._events, self._traces) if each.waits), None):
            await stream.send()
        self._more.clear()

    async def _deliver(self, payload: bytes) -> None:
        try:
            events = decode(payload, self._unread)
        except ValueError:
            self._unread("not a list of events")
            return
        if any(isinstance(event, EventsMissed) for event in events):
            self.losses[Loss.ANNOUNCED] += 1
        await self._local.publish(*events)

    def _unread(self, kind: str) -> None:
        """Count it; the log names each kind once, as a rolling deploy may bring thousands of them."""
        self.losses[Loss.UNREAD] += 1
        if kind not in self._unread_kinds and len(self._unread_kinds) < MOST_KINDS:
            self._unread_kinds.add(kind)
            _log.warning("an event of another release can't be read, and more are only counted: %s", kind)

    async def _lost(self, stream: Stream, loss: Loss) -> None:
        self.losses[loss] += 1
        _log.warning("may have missed entries of %s: %s", stream.name, loss)
        await self._local.publish(stream.missed(loss))
