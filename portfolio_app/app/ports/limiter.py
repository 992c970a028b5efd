"""How often something may be done."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Scope(StrEnum):
    """What is limited; the adapter holds the numbers."""

    POST_SESSION = "post.session"
    POST_IP = "post.ip"
    SIGN_IN_ACCOUNT = "sign_in.account"
    SIGN_IN_IP = "sign_in.ip"
    REGISTER_IP = "register.ip"
    BURST_IP = "burst.ip"
    ATTACK_SESSION = "attack.session"
    ATTACK_IP = "attack.ip"
    ATTACK_ALL = "attack.all"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: `remaining` of `limit` attempts, in a window of `seconds`."""

    limit: int
    remaining: int
    seconds: int


class RateLimiter(Protocol):
    """Counts attempts in a moving window."""

    async def hit(self, scope: Scope, key: str) -> None:
        """Count one attempt for `key`; `RateLimited` when it is one too many (which is not counted)."""
        ...

    async def allowance(self, scope: Scope, key: str) -> Allowance | None:
        """What `key` has left now, without counting; None where nothing is limited."""
        ...
