"""A visitor enters a sandbox, and leaves nothing behind."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.sandbox import RowCounts, Sandbox
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.domain.chat.room import SANDBOX_PREFIX, RoomSlug

ABANDONED_S: Final = 300
"""No attack takes that long: its process has died."""
_EVERYONE: Final = "everyone"


@dataclass(frozen=True, slots=True)
class EnterSandbox:
    """Make a room under a random name, and a guest session that no browser has."""

    unit_of_work: UnitOfWork
    limiter: RateLimiter
    clock: Clock

    async def __call__(self, caller: Caller) -> Sandbox:
        """The sandbox; `RateLimited` and `SessionEnded` are the visitor's own."""
        await self.limiter.hit(Rates.ATTACK_SESSION, caller.session_id)
        await self.limiter.hit(Rates.ATTACK_NETWORK, caller.network)
        await self.limiter.hit(Rates.ATTACK_ALL, _EVERYONE)
        now = int(self.clock().timestamp())
        secret = SessionSecret.generate()
        sandbox = Sandbox(_room(now, secrets.token_hex(6)), secret.session_id, caller.request_id)

        def enter(repositories: Repositories) -> int:
            current_user(repositories, caller)
            repositories.sandbox.discard_abandoned(_room(now - ABANDONED_S))
            return repositories.sandbox.open(sandbox)

        return replace(sandbox, audited=await self.unit_of_work.run(enter))


@dataclass(frozen=True, slots=True)
class CountRows:
    """Count what a sandbox holds."""

    unit_of_work: UnitOfWork

    async def __call__(self, sandbox: Sandbox) -> RowCounts:
        """Rows by table."""
        return await self.unit_of_work.run(lambda repositories: repositories.sandbox.counts(sandbox))


@dataclass(frozen=True, slots=True)
class LeaveSandbox:
    """Remove a sandbox."""

    unit_of_work: UnitOfWork

    async def __call__(self, sandbox: Sandbox, also: Collection[str] = ()) -> int:
        """How many rows were removed; `also` are sessions that the attack made besides the sandbox's own."""
        everyone = [replace(sandbox, session_id=session_id) for session_id in (*also, sandbox.session_id)]

        def leave(repositories: Repositories) -> int:
            return sum(repositories.sandbox.purge(each) for each in everyone)

        return await self.unit_of_work.run(leave)


def _room(second: int, name: str = "") -> RoomSlug:
    # The time first and in hexadecimal of one length, so that names sort by age.
    return RoomSlug(f"{SANDBOX_PREFIX}{second:010x}-{name or '0'}")
