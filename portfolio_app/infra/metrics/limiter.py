"""Counts what a rate limiter refuses."""

from dataclasses import dataclass

from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.limiter import Allowance, RateLimiter, Scope
from portfolio_app.app.ports.metrics import Metrics


@dataclass(frozen=True, slots=True)
class CountedLimiter(RateLimiter):
    """Implements `RateLimiter` by another one."""

    limiter: RateLimiter
    metrics: Metrics

    async def hit(self, scope: Scope, key: str) -> None:
        """Let the other one decide."""
        try:
            await self.limiter.hit(scope, key)
        except RateLimited:
            self.metrics.rate_limited(scope)
            raise

    async def allowance(self, scope: Scope, key: str) -> Allowance | None:
        """Ask the other one."""
        return await self.limiter.allowance(scope, key)
