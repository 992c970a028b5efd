"""A bus between workers, through Redis streams.

Streams instead of pub/sub, because a worker whose connection broke reads on where it was: what was
published meanwhile arrives late instead of never. What does not arrive is noticed: entries are numbered
without gaps, and `EventsMissed` is delivered instead.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

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
from portfolio_app.infra.bus.cursor import Loss
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.reader import Reader
from portfolio_app.infra.bus.stream import RedisStream

_log = logging.getLogger(__name__)

STREAM: Final = "portfolio:events"
TRACES: Final = "portfolio:traces"
"""Of its own, so that what is said many times a second pushes no message out of the other."""
KEPT_ENTRIES: Final = 4096
_TIMEOUT_S: Final = 5
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
"""What is stored nowhere, and who is present: that is said again within seconds."""


class RedisBus(Bus):
    """Implements `Bus` for several workers.

    Own events reach own subscribers directly, with Redis or without; those of other workers come from
    the streams. While Redis is away, up to `MAX_UNSENT` publications to each stream wait for it.
    """

    def __init__(self, redis_url: str) -> None:
        # A read that was tried again unseen could have met another server.
        self._redis: Redis = Redis.from_url(
            redis_url,
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=1,
            health_check_interval=0,
            retry=Retry(NoBackoff(), 0),
        )
        self.losses: Counter[str] = Counter()
        """How often events of others may have been lost, by reason."""
        self._local = MemoryBus()
        worker = secrets.token_hex(8)
        self._events = RedisStream(self._redis, STREAM, KEPT_ENTRIES, worker, EventsMissed)
        self._traces = RedisStream(self._redis, TRACES, KEPT_ENTRIES, worker, lambda _: TracesMissed())
        self._reader = Reader(self._redis, (self._events, self._traces), worker, self._deliver, self._lost)
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
        """Raise `NotReady` if nobody delivers, here or to and from the others; Redis itself may be away."""
        self._local.check()
        if not self._tasks or any(task.done() for task in self._tasks):
            raise NotReady("no longer delivers")

    async def start(self) -> None:
        """Begin at the streams' ends as they are now; without Redis, as they are when it first answers."""
        await self._local.start()
        await self._reader.begin()
        self._events.queue(encode([EventsMissed(Loss.STARTED)]))
        self._more.set()
        self._tasks = [
            asyncio.create_task(self._forever(self._send, "publish"), name="bus-send"),
            asyncio.create_task(self._forever(self._reader.read, "read"), name="bus-receive"),
        ]

    async def stop(self) -> None:
        """Send and deliver what is queued, as far as Redis answers within `_STOP_S`, then end."""
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
        await self._redis.aclose()

    async def ping(self) -> None:
        """Raise if Redis does not answer, or takes no writes."""
        await self._events.look()

    async def _forever(self, step: Callable[[], Awaitable[None]], name: str) -> None:
        failures = 0
        while not self._stopping:
            try:
                await step()
                failures = 0
            except Exception as error:
                known = isinstance(error, RedisError | OSError)
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
            events = decode(payload)
        except ValueError:
            _log.warning("skipped what no release writes")
            return
        if any(isinstance(event, EventsMissed) for event in events):
            self.losses[Loss.ANNOUNCED] += 1
        await self._local.publish(*events)

    async def _lost(self, stream: RedisStream, loss: Loss) -> None:
        self.losses[loss] += 1
        _log.warning("may have missed entries of %s: %s", stream.name, loss)
        await self._local.publish(stream.missed(loss))
