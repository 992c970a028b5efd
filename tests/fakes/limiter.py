"""A limit that tests set by hand."""

from collections import Counter
from dataclasses import dataclass, field

from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.limiter import Allowance, Rate


@dataclass
class FakeLimiter:
    """Implements `RateLimiter`: as many attempts for each rate as `allowed` says, for ever."""

    allowed: dict[Rate, int] = field(default_factory=dict)
    retry_after: int = 7
    counted: Counter[tuple[Rate, str]] = field(default_factory=Counter)

    async def hit(self, rate: Rate, key: str) -> None:
        await self.check(rate, key)
        self.counted[rate, key] += 1

    async def check(self, rate: Rate, key: str) -> None:
        if self.counted[rate, key] >= self.allowed.get(rate, 1_000_000):
            raise RateLimited(self.retry_after)

    async def allowance(self, rate: Rate, key: str) -> Allowance | None:
        allowed = self.allowed.get(rate)
        return None if allowed is None else Allowance(allowed, allowed - self.counted[rate, key], 10)
