"""Counts what a rate limiter refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.limiter import Allowance, Rate, RateLimiter
from portfolio_app.app.ports.metrics import Metrics


@dataclass(frozen=True, slots=True)
class CountedLimiter(RateLimiter):
    """Implements `RateLimiter` by another one."""

    limiter: RateLimiter
    metrics: Metrics

    async def hit(self, rate: Rate, key: str) -> None:
        """Let the other one decide."""
        with self._counted(rate):
            await self.limiter.hit(rate, key)

    async def check(self, rate: Rate, key: str) -> None:
        """Let the other one decide."""
        with self._counted(rate):
            await self.limiter.check(rate, key)

    async def allowance(self, rate: Rate, key: str) -> Allowance | None:
        """Ask the other one."""
        return await self.limiter.allowance(rate, key)

    @contextmanager
    def _counted(self, rate: Rate) -> Iterator[None]:
        try:
            yield
        except RateLimited:
            self.metrics.rate_limited(rate.name)
            raise
