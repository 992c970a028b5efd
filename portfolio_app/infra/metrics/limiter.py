"""Counts what a rate limiter refuses."""

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
        try:
            await self.limiter.hit(rate, key)
        except RateLimited:
            self.metrics.rate_limited(rate.name)
            raise

    async def allowance(self, rate: Rate, key: str) -> Allowance | None:
        """Ask the other one."""
        return await self.limiter.allowance(rate, key)
