"""A limit that tests set by hand."""

from collections import Counter
from dataclasses import dataclass, field

from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.limiter import Allowance, Scope


@dataclass
class FakeLimiter:
    """Implements `RateLimiter`: as many attempts for each scope as `allowed` says, for ever."""

    allowed: dict[Scope, int] = field(default_factory=dict)
    retry_after: int = 7
    counted: Counter[tuple[Scope, str]] = field(default_factory=Counter)

    async def hit(self, scope: Scope, key: str) -> None:
        if self.counted[scope, key] >= self.allowed.get(scope, 1_000_000):
            raise RateLimited(self.retry_after)
        self.counted[scope, key] += 1

    async def allowance(self, scope: Scope, key: str) -> Allowance | None:
        allowed = self.allowed.get(scope)
        return None if allowed is None else Allowance(allowed, allowed - self.counted[scope, key], 10)
