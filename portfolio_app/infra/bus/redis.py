"""A bus between workers, through a Redis stream.

A stream instead of pub/sub, because a worker whose connection broke reads on where it was: what was
published meanwhile arrives late instead of never.
"""

import asyncio
import contextlib
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from portfolio_app.app.errors import NotReady
from portfolio_app.app.events import Event
from portfolio_app.app.ports.bus import Bus, Subscriber
from portfolio_app.infra.bus.codec import decode, encode
from portfolio_app.infra.bus.memory import MemoryBus

_log = logging.getLogger(__name__)

STREAM: Final = "portfolio:events"
KEPT_EVENTS: Final = 4096
MAX_UNSENT: Final = 4096
_READ_BLOCK_MS: Final = 2000
_TIMEOUT_S: Final = 5
_BACKOFF_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
_STOP_S: Final = 2


class RedisBus(Bus):
    """Implements `Bus` for several workers.

    Own events reach own subscribers directly, with Redis or without; those of other workers come from
    the stream. While Redis is away, up to `MAX_UNSENT` publications wait for it.
    """

    def __init__(self, redis_url: str) -> None:
        self._redis: Redis = Redis.from_url(
            redis_url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=1, health_check_interval=0
        )
        self._local = MemoryBus()
        self._worker = secrets.token_hex(8)
        self._unsent: deque[str] = deque(maxlen=MAX_UNSENT)
        self._more = asyncio.Event()
        self._position: bytes | str | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def publish(self, *events: Event) -> None:
        """Queue the events for here and for the others; returns at once."""
        if not events:
            return
        await self._local.publish(*events)
        self._unsent.append(encode(events))
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
        """Begin at the stream's end as it is now, or as it is when Redis first answers."""
        await self._local.start()
        with contextlib.suppress(RedisError):
            await self._find_position()
        self._tasks = [
            asyncio.create_task(self._forever(self._send, "publish"), name="bus-send"),
            asyncio.create_task(self._forever(self._receive, "read"), name="bus-receive"),
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
        """Raise if Redis does not answer."""
        await self._redis.xlen(STREAM)

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
        while self._unsent:
            payload = self._unsent[0]
            fields: dict[Any, Any] = {"from": self._worker, "events": payload}
            await self._redis.xadd(STREAM, fields, maxlen=KEPT_EVENTS, approximate=True)
            # A full queue may have dropped it meanwhile.
            if self._unsent[0] is payload:
                self._unsent.popleft()
        self._more.clear()

    async def _receive(self) -> None:
        position = self._position or await self._find_position()
        streams: dict[Any, Any] = {STREAM: position}
        for _, entries in await self._redis.xread(streams, count=100, block=_READ_BLOCK_MS) or ():
            for entry_id, fields in entries:
                self._position = entry_id
                if fields[b"from"] != self._worker.encode():
                    await self._deliver(fields[b"events"])

    async def _deliver(self, payload: bytes) -> None:
        try:
            await self._local.publish(*decode(payload))
        except ValueError:
            _log.warning("skipped an event of another release")

    async def _find_position(self) -> bytes | str:
        newest = await self._redis.xrevrange(STREAM, count=1)
        self._position = newest[0][0] if newest else "0-0"
        return self._position
