"""A member looks at where they are signed in, and ends what they don't know."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.account.elevate import is_proved, require_proof
from portfolio_app.app.account.operate import end_all
from portfolio_app.app.account.record import record
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound
from portfolio_app.app.events import SessionRevoked
from portfolio_app.app.identity import require_member
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.ports.users import WrongPasswords
from portfolio_app.domain.account.session import Session, session_handle

LINES_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """The sessions, and what was tried in vain before the last of them began, if anything."""

    sessions: list[Session]
    """None unless `proved`."""
    proved: bool
    """Whether the password was typed, or a passkey used, lately: so that they are listed, and one may be ended."""
    wrong_passwords: WrongPasswords | None
    lines: list[SecurityLine]
    """The account's latest security events, newest first."""


@dataclass(frozen=True, slots=True)
class ListSessions:
    """Read the sessions of the caller's account."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, caller: Caller) -> OwnSessions:
        """The member's sessions that have not ended, newest first, once a proof was given; `NotAllowed` for a guest."""

        def read(repositories: Repositories) -> OwnSessions:
            member = require_member(repositories, caller)
            wrong = repositories.credentials.wrong_passwords(member.id)
            proved = is_proved(repositories, caller, self.clock())
            lines = repositories.security.of_user(member.id, LINES_SHOWN)
            sessions = repositories.sessions.of_user(member.id) if proved else []
            return OwnSessions(sessions, proved, wrong, lines)

        return await self.unit_of_work.run(read)


@dataclass(frozen=True, slots=True)
class RevokeSession:
    """End a session of the caller's account, and close its tabs."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, caller: Caller, handle: str) -> None:
        """End it.

        `NotFound` for a handle that is none of the account's, `NotAllowed` for a guest, `ProofNeeded`.
        """

        def revoke(repositories: Repositories) -> Session:
            now = self.clock()
            member = require_proof(repositories, caller, now)
            own = repositories.sessions.of_user(member.id)
            found = next((session for session in own if session_handle(session.id) == handle), None)
            if found is None:
                raise NotFound("That session has ended already.")
            repositories.sessions.revoke(found.id, now)
            record(repositories, now, SecurityEvent.SESSION_REVOKED, member.id, caller, detail=found.device)
            return found

        ended = await self.unit_of_work.run(revoke)
        await self.bus.publish(SessionRevoked(ended.id))


@dataclass(frozen=True, slots=True)
class RevokeOthers:
    """End every session of the caller's account but this one, and close their tabs."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, caller: Caller) -> int:
        """How many ended; `NotAllowed` for a guest, `ProofNeeded`."""

        def revoke(repositories: Repositories) -> list[str]:
            now = self.clock()
            member = require_proof(repositories, caller, now)
            record(repositories, now, SecurityEvent.SESSIONS_ENDED, member.id, caller)
            return end_all(repositories, member, self.clock, keep=caller.session_id)

        ended = await self.unit_of_work.run(revoke)
        for session_id in ended:
            await self.bus.publish(SessionRevoked(session_id))
        return len(ended)
