"""The visitor behind a session cookie."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.session import LIFETIMES, Lifetimes, Session, visitor_tag
from portfolio_app.domain.account.user import User

SEEN_EVERY: Final = timedelta(hours=1)
"""The least time between two writes of one session: most visits only read."""
ARRIVING: Final = timedelta(minutes=2)
_LOOKED_AT: Final = 10
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """The visitor as the pages show them; `user` is None for a guest.

    `elsewhere` is the sign-in before the one that has just been, if it came from another browser or network.
    """

    user: User | None
    tag: str
    elsewhere: SecurityLine | None = None


@dataclass(frozen=True, slots=True)
class Identify:
    """Look the session up."""

    unit_of_work: UnitOfWork
    clock: Clock
    lifetimes: Lifetimes = LIFETIMES

    async def __call__(self, caller: Caller, *, arriving: bool = False) -> Identity:
        """The visitor's identity now; `SessionEnded` for a revoked session.

        `arriving` also looks for `elsewhere`, in a session that has just begun.
        """
        return await self.unit_of_work.read(lambda repositories: self._seen(repositories, caller, arriving))

    def _seen(self, repositories: Repositories, caller: Caller, arriving: bool) -> Identity:
        user, now = current_user(repositories, caller), self.clock()
        session = repositories.sessions.get(caller.session_id)
        if session is not None and caller.trusted and now - (session.seen_at or _LONG_AGO) >= SEEN_EVERY:
            repositories.sessions.see(session.id, now, self.lifetimes.end(session.created_at, now))
        elsewhere = None
        if arriving and user and session and now - session.created_at < ARRIVING:
            elsewhere = _elsewhere(repositories, user, session)
        return Identity(user, visitor_tag(caller.session_id), elsewhere)


def _elsewhere(repositories: Repositories, user: User, session: Session) -> SecurityLine | None:
    latest = repositories.security.of_user(user.id, _LOOKED_AT, SecurityEvent.SIGNED_IN)
    until_this = [line for line in latest if line.at <= session.created_at][:2]
    return until_this[1] if len(until_this) == 2 and until_this[0].about != until_this[1].about else None
