"""A member changes the address of the account."""

from contextlib import suppress
from dataclasses import dataclass, replace

from portfolio_app.app.account.elevate import require_proof
from portfolio_app.app.account.letters import Letters
from portfolio_app.app.account.passwords import PasswordCheck
from portfolio_app.app.account.record import news, record
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadCredentials, RateLimited
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
    check: PasswordCheck

    async def __call__(self, caller: Caller, email: str, password: str = "") -> None:
        """Change it, even if another account has the new one: no account holds an address before it is confirmed.

        `password` is there if it was typed: the address then opens the account at once, else from the next sign-in by
        name on. `InvalidValue` names `email`, `NotAllowed` for a guest, `ProofNeeded`, `RateLimited`.
        """
        address = Email.parse(email)
        await self.unit_of_work.run(lambda repositories: require_proof(repositories, caller, self.clock()))
        await self.limiter.hit(Rates.REGISTER_NETWORK, caller.network)
        before, after, told = await self.unit_of_work.run(lambda r: self._change(r, caller, address))
        self.letters.moved(before)
        self.letters.new_address(caller, after)
        if told is not None:
            await self.bus.publish(told)
        if password:
            with suppress(BadCredentials, RateLimited):  # the hash gets the salt of the new address
                await self.check(caller, str(before.username), password, SecurityEvent.PROOF_FAILED)

    def _change(
        self, repositories: Repositories, caller: Caller, address: Email
    ) -> tuple[User, User, AccountNews | None]:
        now = self.clock()
        member = require_proof(repositories, caller, now)
        if address == member.email:
            raise InvalidValue("email", "That is the address you have.")
        repositories.users.set_email(member.id, address)
        repositories.recovery.end_links(member.id)
        record(repositories, now, SecurityEvent.EMAIL_CHANGED, member.id, caller)
        after = replace(member, email=address, holds_email=False)
        return member, after, news(repositories, SecurityEvent.EMAIL_CHANGED, member.id, caller)
