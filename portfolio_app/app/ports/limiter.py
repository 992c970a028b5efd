"""How often something may be done."""

from dataclasses import dataclass
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `times` attempts in a moving window of `seconds`; `name` says at what."""

    name: str
    times: int
    seconds: int


class Rates:
    """The rates of the site's own features."""

    POST_SESSION: Final = Rate("post.session", 5, 10)
    POST_NETWORK: Final = Rate("post.network", 60, 10)
    SIGN_IN_ACCOUNT: Final = Rate("sign_in.account", 5, 60)
    SIGN_IN_NETWORK: Final = Rate("sign_in.network", 30, 60)
    REGISTER_NETWORK: Final = Rate("register.network", 20, 600)
    BURST_NETWORK: Final = Rate("burst.network", 20, 60)
    ATTACK_SESSION: Final = Rate("attack.session", 20, 60)
    ATTACK_NETWORK: Final = Rate("attack.network", 60, 60)
    ATTACK_ALL: Final = Rate("attack.all", 300, 60)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: `remaining` of `limit` attempts, in a window of `seconds`."""

    limit: int
    remaining: int
    seconds: int


class RateLimiter(Protocol):
    """Counts attempts in a moving window."""

    async def hit(self, rate: Rate, key: str) -> None:
        """Count one attempt for `key`; `RateLimited` when it is one too many (which is not counted)."""
        ...

    async def allowance(self, rate: Rate, key: str) -> Allowance | None:
        """What `key` has left now, without counting; None where nothing is limited."""
        ...
