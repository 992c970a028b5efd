"""The operator's changes to somebody's account, from the command line."""

from dataclasses import dataclass

from portfolio_app.app.account.record import OPERATOR, record_operator
from portfolio_app.app.errors import NotFound
from portfolio_app.app.events import SessionRevoked
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import User, Username


@dataclass(frozen=True, slots=True)
class EndSessions:
    """End every session of a member, and close its tabs."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, username: str) -> int:
        """How many ended; `NotFound` for an unknown name."""
        ended = await self.unit_of_work.run(lambda r: self._end(r, Username.parse(username)))
        await _publish(self.bus, ended)
        return len(ended)

    def _end(self, repositories: Repositories, name: Username) -> list[str]:
        now, user = self.clock(), _named(repositories, name)
        repositories.audit.add(AuditEntry(now, OPERATOR, Action.SESSIONS_ENDED, str(name), ""))
        record_operator(repositories, now, SecurityEvent.SESSIONS_ENDED, user.id)
        return end_all(repositories, user, self.clock)


@dataclass(frozen=True, slots=True)
class DisableAccount:
    """Keep a member out: sessions end, and neither password nor code opens the account until it is enabled."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, username: str, *, disabled: bool) -> None:
        """Disable or enable the account; `NotFound` for an unknown name."""
        ended = await self.unit_of_work.run(lambda r: self._disable(r, Username.parse(username), disabled))
        await _publish(self.bus, ended)

    def _disable(self, repositories: Repositories, name: Username, disabled: bool) -> list[str]:
        now, user = self.clock(), _named(repositories, name)
        repositories.users.disable(user.id, now if disabled else None)
        action = Action.DISABLED if disabled else Action.ENABLED
        repositories.audit.add(AuditEntry(now, OPERATOR, action, str(name), ""))
        event = SecurityEvent.DISABLED if disabled else SecurityEvent.ENABLED
        record_operator(repositories, now, event, user.id)
        return end_all(repositories, user, self.clock) if disabled else []


def end_all(repositories: Repositories, user: User, clock: Clock, keep: str = "") -> list[str]:
    """Revoke the sessions of a member but for `keep`; returns which."""
    ended = [each.id for each in repositories.sessions.of_user(user.id) if each.id != keep]
    for session_id in ended:
        repositories.sessions.revoke(session_id, clock())
    return ended


async def _publish(bus: Bus, ended: list[str]) -> None:
    for session_id in ended:
        await bus.publish(SessionRevoked(session_id))


def _named(repositories: Repositories, name: Username) -> User:
    user = repositories.users.by_username(name)
    if user is None:
        raise NotFound(f"There is no user called {name}.")
    return user
