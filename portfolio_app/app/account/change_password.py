"""A member chooses another password."""

from dataclasses import dataclass, field
from typing import Final

from portfolio_app.app.account import tickets
from portfolio_app.app.account.operate import end_all
from portfolio_app.app.account.passwords import NewPasswords, PasswordCheck
from portfolio_app.app.account.record import record
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadCredentials
from portfolio_app.app.events import SessionRevoked
from portfolio_app.app.identity import require_member
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import Password
from portfolio_app.domain.errors import InvalidValue

_WRONG: Final = "That is not your password."


@dataclass(frozen=True, slots=True)
class ChangePasswordCommand:
    """The form as it came; `end_others` signs out every other browser."""

    old: str = field(repr=False)
    new: str = field(repr=False)
    end_others: bool = True


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Replace the password of the caller's account, and hand out a ticket: the own session is rotated."""

    unit_of_work: UnitOfWork
    check: PasswordCheck
    new_passwords: NewPasswords
    bus: Bus
    sealer: Sealer
    clock: Clock

    async def __call__(self, caller: Caller, command: ChangePasswordCommand) -> str:
        """Return a ticket; `InvalidValue` names `old` or `new`, `NotAllowed` for a guest, `RateLimited`."""
        member = await self.unit_of_work.run(lambda repositories: require_member(repositories, caller))
        try:
            new = Password.parse(command.new)
            former = await self._check_old(caller, str(member.username), command.old)
            if new.is_typed(command.old):
                raise InvalidValue("new", "That is the password you have.")
            password_hash = await self.new_passwords.hashed(new, member.username, member.email)
        except InvalidValue as error:
            raise InvalidValue("new" if error.field == "password" else error.field, str(error)) from None

        def change(repositories: Repositories) -> list[str]:
            # Read again: whoever changed the password meanwhile may have ended this session.
            repositories.users.lock_of(caller.session_id)
            user, now = require_member(repositories, caller), self.clock()
            if not repositories.credentials.replace(user.id, former, password_hash):
                raise InvalidValue("old", _WRONG)
            record(repositories, now, SecurityEvent.PASSWORD_CHANGED, user.id, caller)
            repositories.recovery.end_links(user.id)
            if not command.end_others:
                return []
            return end_all(repositories, user, self.clock, keep=caller.session_id)

        for session_id in await self.unit_of_work.run(change):
            await self.bus.publish(SessionRevoked(session_id))
        return tickets.issue(self.sealer, caller.session_id, member.id, password_hash)

    async def _check_old(self, caller: Caller, name: str, old: str) -> str:
        try:
            return (await self.check(caller, name, old, SecurityEvent.PROOF_FAILED)).password_hash
        except BadCredentials:
            raise InvalidValue("old", _WRONG) from None
