"""A member changes the address of the account."""

from dataclasses import dataclass

from portfolio_app.app.account.elevate import require_proof
from portfolio_app.app.account.letters import Letters
from portfolio_app.app.account.record import news, record
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.events import AccountNews
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import Email, User
from portfolio_app.domain.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class ChangeEmail:
    """Give the caller's account another address; the one before gets a letter of it, and links sent there end."""

    unit_of_work: UnitOfWork
    limiter: RateLimiter
    bus: Bus
    clock: Clock
    letters: Letters

    async def __call__(self, caller: Caller, email: str) -> None:
        """Change it.

        `InvalidValue` names `email`, `AlreadyTaken`, `NotAllowed` for a guest, `ProofNeeded`, `RateLimited`.
        """
        address = Email.parse(email)
        await self.unit_of_work.run(lambda repositories: require_proof(repositories, caller, self.clock()))
        await self.limiter.hit(Rates.REGISTER_NETWORK, caller.network)
        before, holder, told = await self.unit_of_work.run(lambda r: self._change(r, caller, address))
        if holder is not None:
            self.letters.claimed(holder)
            raise AlreadyTaken
        self.letters.moved(before)
        if told is not None:
            await self.bus.publish(told)

    def _change(
        self, repositories: Repositories, caller: Caller, address: Email
    ) -> tuple[User, User | None, AccountNews | None]:
        now = self.clock()
        member = require_proof(repositories, caller, now)
        if address == member.email:
            raise InvalidValue("email", "That is the address you have.")
        holder = repositories.users.by_email(address)
        if holder is not None:
            record(repositories, now, SecurityEvent.CLAIMED, holder.id, caller)
            return member, holder, None
        repositories.users.set_email(member.id, address)
        repositories.recovery.end_links(member.id)
        record(repositories, now, SecurityEvent.EMAIL_CHANGED, member.id, caller)
        return member, None, news(repositories, SecurityEvent.EMAIL_CHANGED, member.id, caller)
