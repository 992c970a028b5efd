"""A member shows to read mail at the address of the account, and holds the address from then on."""

from dataclasses import dataclass

from portfolio_app.app.account.letters import Letters
from portfolio_app.app.account.record import OPERATOR, news, record, record_operator
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AlreadyTaken, NotFound
from portfolio_app.app.events import AccountNews
from portfolio_app.app.identity import require_member
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.recovery import RecoveryCode
from portfolio_app.domain.account.user import Username
from portfolio_app.domain.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class ConfirmEmail:
    """Take the code of a letter, in a session of the account that the letter is about: no one who gets a letter by
    another's mistake, or malice, gives the address away by opening its link."""

    unit_of_work: UnitOfWork
    limiter: RateLimiter
    bus: Bus
    clock: Clock
    letters: Letters

    async def ask(self, caller: Caller) -> None:
        """Have another letter sent, even if another account holds the address.

        `NotAllowed` for a guest, `NotFound` without mail, `RateLimited`.
        """
        member = await self.unit_of_work.run(lambda repositories: require_member(repositories, caller))
        if not self.letters.mail.is_set:
            raise NotFound("This site sends no mail. Ask whoever runs it to confirm your address.")
        await self.limiter.hit(Rates.RESET_NETWORK, caller.network)
        if not member.holds_email:
            self.letters.new_address(caller, member)

    async def __call__(self, caller: Caller, code: str) -> None:
        """Confirm the address; `InvalidValue` names `code`, `NotAllowed` for a guest, `RateLimited`."""
        await self.unit_of_work.run(lambda repositories: require_member(repositories, caller))
        await self.limiter.check(Rates.SIGN_IN_NETWORK, caller.network)
        refused = InvalidValue("code", "That code is not, or no longer, good. Ask for another letter.")
        try:
            is_good, told = await self.unit_of_work.run(
                lambda r: self._confirm(r, caller, RecoveryCode.parse(code))
            )
        except AlreadyTaken:  # by somebody who read the same mailbox first
            raise refused from None
        if not is_good:
            await self.limiter.hit(Rates.SIGN_IN_NETWORK, caller.network)
            raise refused
        if told is not None:
            await self.bus.publish(told)

    def _confirm(
        self, repositories: Repositories, caller: Caller, code: RecoveryCode
    ) -> tuple[bool, AccountNews | None]:
        member, now = require_member(repositories, caller), self.clock()
        if not repositories.recovery.use(member.id, code.confirming_hash, now):
            return False, None
        repositories.users.hold_email(member.id)
        record(repositories, now, SecurityEvent.EMAIL_CONFIRMED, member.id, caller)
        return True, news(repositories, SecurityEvent.EMAIL_CONFIRMED, member.id, caller)


@dataclass(frozen=True, slots=True)
class GiveEmail:
    """The operator, who knows whose it is, lets an account hold its address, in place of whichever held it."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, username: str) -> None:
        """Takes effect with the next sign-in or letter; `NotFound` for an unknown name."""
        await self.unit_of_work.run(lambda r: self._give(r, Username.parse(username)))

    def _give(self, repositories: Repositories, name: Username) -> None:
        now, user = self.clock(), repositories.users.by_username(name)
        if user is None:
            raise NotFound(f"There is no user called {name}.")
        holder = repositories.users.by_email(user.email)
        if holder is not None and holder.id != user.id:
            repositories.users.release_email(holder.id)
            record_operator(repositories, now, SecurityEvent.EMAIL_RELEASED, holder.id)
        repositories.users.hold_email(user.id)
        repositories.audit.add(AuditEntry(now, OPERATOR, Action.EMAIL_CONFIRMED, str(name), ""))
        record_operator(repositories, now, SecurityEvent.EMAIL_CONFIRMED, user.id)
