"""Rate limits by the library `limits`, with moving windows."""

import hashlib
import logging
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.limiter import Allowance, Rate, RateLimiter
from portfolio_app.infra.limiter.window import WindowStorage

_log = logging.getLogger(__name__)
_AWAY: Final = StorageError, RuntimeError
"""Errors of Redis, and of uvloop where a connection was closed a moment before it is used."""


class WindowLimiter(RateLimiter):
    """Implements `RateLimiter` on one storage; a refused attempt is not counted."""

    def __init__(self, storage: Storage) -> None:
        self._strategy = MovingWindowRateLimiter(storage)

    async def hit(self, rate: Rate, key: str) -> None:
        """Count, or raise `RateLimited` with the seconds until the oldest attempt leaves the window."""
        item, name = _item(rate), _name(key)
        if not await self._strategy.hit(item, rate.name, name):
            raise await self._refusal(item, rate.name, name)

    async def check(self, rate: Rate, key: str) -> None:
        """Ask the window whether it has room."""
        item, name = _item(rate), _name(key)
        if not await self._strategy.test(item, rate.name, name):
            raise await self._refusal(item, rate.name, name)

    async def allowance(self, rate: Rate, key: str) -> Allowance:
        """The allowance that the window has room for."""
        window = await self._strategy.get_window_stats(_item(rate), rate.name, _name(key))
        return Allowance(rate.times, max(0, window.remaining), rate.seconds)

    async def _refusal(self, item: RateLimitItemPerSecond, *names: str) -> RateLimited:
        window = await self._strategy.get_window_stats(item, *names)
        # A host whose clock was ahead may have written times from the future; Redis forgets them after a window.
        return RateLimited(min(item.get_expiry(), math.ceil(window.reset_time - time.time())))


class SharedLimiter(RateLimiter):
    """Implements `RateLimiter` for several workers, in Redis.

    While Redis is away each worker counts for itself: limits grow by the number of workers, which
    neither refuses every visitor nor lets anybody through unlimited.
    """

    def __init__(self, redis_url: str) -> None:
        self._pool = ConnectionPool.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
        options: dict[str, Any] = {"connection_pool": self._pool}
        storage = RedisStorage("async+redis://", wrap_exceptions=True, implementation="redispy", **options)
        self._shared = WindowLimiter(storage)
        self._own = WindowLimiter(WindowStorage())
        self._away = False

    async def hit(self, rate: Rate, key: str) -> None:
        """Count in Redis, or here."""
        await self._ask(lambda limiter: limiter.hit(rate, key))

    async def check(self, rate: Rate, key: str) -> None:
        """Ask Redis, or what was counted here."""
        await self._ask(lambda limiter: limiter.check(rate, key))

    async def allowance(self, rate: Rate, key: str) -> Allowance:
        """Read what Redis has counted, or this process while Redis is away."""
        try:
            return await self._shared.allowance(rate, key)
        except _AWAY:
            return await self._own.allowance(rate, key)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def _ask(self, ask: Callable[[WindowLimiter], Awaitable[None]]) -> None:
        try:
            await ask(self._shared)
        except _AWAY:
            self._note(away=True)
            await ask(self._own)
        else:
            self._note(away=False)

    def _note(self, *, away: bool) -> None:
        if away and not self._away:
            _log.warning("Redis does not answer: each worker limits by itself")
        self._away = away


class Unlimited(RateLimiter):
    """Implements `RateLimiter` for load tests: admits everything."""

    async def hit(self, rate: Rate, key: str) -> None:
        """Admit."""

    async def check(self, rate: Rate, key: str) -> None:
        """Admit."""

    async def allowance(self, rate: Rate, key: str) -> None:
        """Without end."""


def _item(rate: Rate) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(rate.times, rate.seconds)


def _name(key: str) -> str:
    # Hashed: a key can be what somebody typed, of any length and with the storage's separators.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
