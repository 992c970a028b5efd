"""The password, asked for again before a change that concerns the safety of an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portfolio_app.app.account.passwords import PasswordCheck
from portfolio_app.app.account.record import record
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadCredentials, ProofNeeded
from portfolio_app.app.identity import require_member
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import User
from portfolio_app.domain.errors import InvalidValue

PROVED_FOR: Final = timedelta(minutes=10)


def is_proved(repositories: Repositories, caller: Caller, now: datetime) -> bool:
    """Whether the password was typed in this very session within `PROVED_FOR`; signing in counts."""
    session = repositories.sessions.get(caller.session_id)
    return session is not None and session.proved_at is not None and now - session.proved_at < PROVED_FOR


def require_proof(repositories: Repositories, caller: Caller, now: datetime) -> User:
    """The signed-in user; `NotAllowed` for a guest, `ProofNeeded` if the password was not typed lately.

    What else concerns the safety of the account waits until this transaction has ended.
    """
    repositories.users.lock_of(caller.session_id)
    member = require_member(repositories, caller)
    if not is_proved(repositories, caller, now):
        raise ProofNeeded
    return member


@dataclass(frozen=True, slots=True)
class Prove:
    """A member types the password again, for this session."""

    unit_of_work: UnitOfWork
    check: PasswordCheck
    clock: Clock

    async def __call__(self, caller: Caller, password: str) -> None:
        """Take note of it; `InvalidValue` names the password, `NotAllowed` for a guest, `RateLimited`."""
        member = await self.unit_of_work.run(lambda repositories: require_member(repositories, caller))
        try:
            await self.check(caller, str(member.username), password, SecurityEvent.PROOF_FAILED)
        except BadCredentials:
            raise InvalidValue("password", "That is not your password.") from None

        def prove(repositories: Repositories) -> None:
            member, now = require_member(repositories, caller), self.clock()
            repositories.sessions.prove(caller.session_id, now)
            record(repositories, now, SecurityEvent.PROVED, member.id, caller)

        await self.unit_of_work.run(prove)
