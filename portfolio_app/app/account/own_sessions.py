"""A member looks at where they are signed in, and ends what they don't know."""

from dataclasses import dataclass

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound
from portfolio_app.app.events import SessionRevoked
from portfolio_app.app.identity import require_member
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.ports.users import WrongPasswords
from portfolio_app.domain.account.session import Session, session_handle


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """The sessions, and what was tried in vain before the last of them began, if anything."""

    sessions: list[Session]
    wrong_passwords: WrongPasswords | None


@dataclass(frozen=True, slots=True)
class ListSessions:
    """Read the sessions of the caller's account."""

    unit_of_work: UnitOfWork

    async def __call__(self, caller: Caller) -> OwnSessions:
        """Those that have not ended, newest first; `NotAllowed` for a guest."""

        def read(repositories: Repositories) -> OwnSessions:
            member = require_member(repositories, caller)
            wrong = repositories.credentials.wrong_passwords(member.id)
            return OwnSessions(repositories.sessions.of_user(member.id), wrong)

        return await self.unit_of_work.run(read)


@dataclass(frozen=True, slots=True)
class RevokeSession:
    """End a session of the caller's account, and close its tabs."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, caller: Caller, handle: str) -> None:
        """End it; `NotFound` for a handle that is none of the account's, `NotAllowed` for a guest."""

        def revoke(repositories: Repositories) -> Session:
            member = require_member(repositories, caller)
            own = repositories.sessions.of_user(member.id)
            found = next((session for session in own if session_handle(session.id) == handle), None)
            if found is None:
                raise NotFound("That session has ended already.")
            now, name = self.clock(), str(member.username)
            repositories.sessions.revoke(found.id, now)
            repositories.audit.add(
                AuditEntry(now, name, Action.SESSION_REVOKED, f"session {handle}", caller.request_id)
            )
            return found

        ended = await self.unit_of_work.run(revoke)
        await self.bus.publish(SessionRevoked(ended.id))
