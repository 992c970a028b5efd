"""Rates: a token bucket refuses what comes too fast, a pace has it wait."""

import asyncio
import time
from collections.abc import Callable


class TokenBucket:
    """Lets `burst` through at once and `rate` a second on average; starts full. Infinite `burst` never runs out."""

    __slots__ = ("_burst", "_clock", "_filled_at", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._filled_at = clock()

    def take(self) -> bool:
        """Whether one more may pass now; a refusal costs nothing."""
        self._tokens, self._filled_at = self._level()
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def is_full(self) -> bool:
        """Whether nothing was taken for so long that the bucket can be forgotten."""
        return self._level()[0] >= self._burst

    def _level(self) -> tuple[float, float]:
        now = self._clock()
        return min(self._burst, self._tokens + (now - self._filled_at) * self._rate), now


class Pace:
    """Lets callers through in their order, `gap_s` seconds apart."""

    __slots__ = ("_gap_s", "_next_at")

    def __init__(self, gap_s: float) -> None:
        self._gap_s = gap_s
        self._next_at = 0.0

    async def turn(self) -> None:
        """Wait until it is this caller's turn; at once if nobody was let through for `gap_s`."""
        now = asyncio.get_running_loop().time()
        turn_at = max(now, self._next_at)
        self._next_at = turn_at + self._gap_s
        if turn_at > now:
            await asyncio.sleep(turn_at - now)
