"""The operator's changes to somebody's account, from the command line; a moderator makes some of them."""

from dataclasses import dataclass

from portfolio_app.app.account.elevate import require_proof
from portfolio_app.app.account.record import MODERATOR, OPERATOR, record_operator
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound
from portfolio_app.app.events import QueueChanged, SessionRevoked
from portfolio_app.app.identity import require_moderator
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import User, Username


@dataclass(frozen=True, slots=True)
class EndSessions:
    """End every session of a member, and close its tabs, as a moderator or the operator."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, caller: Caller | None, username: str) -> int:
        """How many ended; the operator calls as None.

        `NotFound` for an unknown name, `NotAllowed` for anyone but a moderator, `ProofNeeded`.
        """
        ended = await self.unit_of_work.run(lambda r: self._end(r, caller, username))
        await _publish(self.bus, ended)
        await self.bus.publish(QueueChanged())
        return len(ended)

    async def check(self, caller: Caller) -> None:
        """Raise `NotAllowed` for anyone but a moderator, before a password is asked for."""
        await self.unit_of_work.run(lambda repositories: require_moderator(repositories, caller))

    def _end(self, repositories: Repositories, caller: Caller | None, username: str) -> list[str]:
        now, actor, request_id = self.clock(), OPERATOR, ""
        if caller is not None:
            actor, request_id = str(require_moderator(repositories, caller).username), caller.request_id
            require_proof(repositories, caller, now)
        user = _named(repositories, Username.parse(username))
        repositories.audit.add(AuditEntry(now, actor, Action.SESSIONS_ENDED, str(user.username), request_id))
        # The network would be the moderator's, and is none of the member's business.
        by = OPERATOR if caller is None else MODERATOR
        repositories.security.add(
            SecurityLine(now, user.id, SecurityEvent.ALL_SESSIONS_ENDED, by, request_id)
        )
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
        repositories.users.lock(user.id)
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
