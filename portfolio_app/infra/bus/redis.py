"""A bus between workers, through Redis streams.

Streams instead of pub/sub, because a worker whose connection broke reads on where it was: what was
published meanwhile arrives late instead of never. What does not arrive is noticed: entries are numbered
without gaps, and `EventsMissed` is delivered instead.
"""

import secrets
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from portfolio_app.app.events import EventsMissed, TracesMissed
from portfolio_app.infra.bus.reader import BLOCK_MS, Found, Reader
from portfolio_app.infra.bus.shared import KEPT_ENTRIES, STREAM, TRACES, SharedBus
from portfolio_app.infra.bus.stream import RedisStream

_TIMEOUT_S: Final = 5
_AT_ONCE: Final = 100


class RedisBus(SharedBus):
    """Implements `SharedBus` with Redis."""

    server = "redis"
    failures = RedisError, OSError

    def __init__(self, redis_url: str) -> None:
        # A read that was tried again unseen could have met another server.
        self._redis: Redis = Redis.from_url(
            redis_url,
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=1,
            health_check_interval=0,
            retry=Retry(NoBackoff(), 0),
        )
        worker = secrets.token_hex(8)
        events = RedisStream(self._redis, STREAM, KEPT_ENTRIES, worker, EventsMissed)
        traces = RedisStream(self._redis, TRACES, KEPT_ENTRIES, worker, lambda _: TracesMissed())
        super().__init__(events, traces)
        self._reader = Reader(self._fetch, (events, traces), worker, self._deliver, self._lost)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _fetch(self) -> Found:
        positions: dict[Any, Any] = {each.name: each.cursor.position for each in (self._events, self._traces)}
        answer = await self._redis.xread(positions, count=_AT_ONCE, block=BLOCK_MS)
        return {name.decode(): entries for name, entries in dict(answer or ()).items()}
