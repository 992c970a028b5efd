"""Who am I?"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.session import LIFETIMES, Lifetimes, visitor_tag
from portfolio_app.domain.account.user import User

SEEN_EVERY: Final = timedelta(hours=1)
"""Between two writes of one session: most visits only read."""
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """The visitor as the pages show them; `user` is None for a guest."""

    user: User | None
    tag: str


@dataclass(frozen=True, slots=True)
class Identify:
    """Look the session up."""

    unit_of_work: UnitOfWork
    clock: Clock
    lifetimes: Lifetimes = LIFETIMES

    async def __call__(self, caller: Caller) -> Identity:
        """The visitor's identity now; `SessionEnded` for a revoked session."""
        user = await self.unit_of_work.run(lambda repositories: self._seen(repositories, caller))
        return Identity(user, visitor_tag(caller.session_id))

    def _seen(self, repositories: Repositories, caller: Caller) -> User | None:
        user, now = current_user(repositories, caller), self.clock()
        session = repositories.sessions.get(caller.session_id)
        if session is not None and caller.trusted and now - (session.seen_at or _LONG_AGO) >= SEEN_EVERY:
            repositories.sessions.see(session.id, now, self.lifetimes.end(session.created_at, now))
        return user
