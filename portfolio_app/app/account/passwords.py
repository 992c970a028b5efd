"""Passwords of an account: compared under the limits of guessing, and chosen so that they are not guessed first."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

from portfolio_app.app.account.record import news, record
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadCredentials, RateLimited
from portfolio_app.app.events import AccountNews
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.hasher import GuessedFirst, PasswordHasher, Verification
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.repeat import Aside
from portfolio_app.domain.account.user import Email, Password, User, Username
from portfolio_app.domain.errors import InvalidValue

_OF_THE_SITE: Final = ("portfolio", "engineer", "reflex", "lobby")


@dataclass(frozen=True, slots=True)
class Verified:
    """The account whose password was right, and the hash that is stored of it now."""

    user: User
    password_hash: str


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """Compare a password with the one of an account.

    Only wrong passwords count, against the network they come from: whoever guesses waits longer and longer,
    whatever name the account is called by, and the owner, who comes from elsewhere, is never refused for it.
    """

    unit_of_work: UnitOfWork
    hasher: PasswordHasher
    limiter: RateLimiter
    bus: Bus
    clock: Clock
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    recording: Aside = field(default_factory=lambda: Aside("recording a wrong password"))

    async def __call__(
        self, caller: Caller, login: str, password: str, failure: SecurityEvent = SecurityEvent.SIGN_IN_FAILED
    ) -> Verified:
        """The account that `login` names; `BadCredentials` in the same words and time for wrong names and passwords,
        `RateLimited`. A wrong one is recorded as `failure`."""
        # Attempts of a network take turns: whether the one before failed is known only once it was compared.
        async with self._turns.setdefault(caller.network, asyncio.Lock()):
            return await self._verified(caller, login, password, failure)

    async def _verified(self, caller: Caller, login: str, password: str, failure: SecurityEvent) -> Verified:
        network = caller.network
        await self.limiter.check(Rates.SIGN_IN_NETWORK, network)
        user, stored = await self.unit_of_work.run(lambda repositories: _account(repositories, login))
        guesses = f"{network} #{user.id}" if user else f"{network} {login.strip().lower()[:254]}"
        for rate in Rates.SIGN_IN_GUESSES:
            await self.limiter.check(rate, guesses)
        verification = await self.hasher.verify(password, stored)
        # Whether an account is disabled is said to nobody: it is compared, and refused, like any other.
        if user is None or stored is None or user.disabled or not verification.ok:
            for rate, key in [
                (Rates.SIGN_IN_NETWORK, network),
                *((r, guesses) for r in Rates.SIGN_IN_GUESSES),
            ]:
                with suppress(RateLimited):  # another worker has counted one just now
                    await self.limiter.hit(rate, key)
            # Aside, for the owner to see: time and live log would tell an account from none.
            self.recording.begin(self._record(caller, user.id if user else None, failure))
            raise BadCredentials
        await self._rehash(user, verification)
        await self.recording.done()
        return Verified(user, verification.rehash or stored)

    async def _record(self, caller: Caller, user_id: int | None, failure: SecurityEvent) -> None:
        now = self.clock()
        is_line = await self._may_leave_a_line()

        def write(repositories: Repositories) -> AccountNews | None:
            if user_id is not None:
                repositories.credentials.refused(user_id, now)
            if not is_line:
                return None
            record(repositories, now, failure, user_id, caller)
            return news(repositories, failure, user_id, caller)

        told = await self.unit_of_work.run(write)
        if told is not None:
            await self.bus.publish(told)

    async def _may_leave_a_line(self) -> bool:
        with suppress(RateLimited):
            await self.limiter.hit(Rates.SECURITY_LINES, "all")
            return True
        return False

    async def _rehash(self, user: User, verification: Verification) -> None:
        new_hash = verification.rehash
        if new_hash is not None:
            await self.unit_of_work.run(lambda repositories: repositories.credentials.put(user.id, new_hash))


@dataclass(frozen=True, slots=True)
class NewPasswords:
    """Accept a password that somebody chooses for an account, and hash it."""

    hasher: PasswordHasher
    guessed: GuessedFirst

    async def hashed(self, password: Password, username: Username, email: Email) -> str:
        """The hash; `InvalidValue` says why the password would be guessed first."""
        await self.judge(password, str(username), str(email))
        return await self.hasher.hash(password)

    async def judge(self, password: Password, *own: str) -> None:
        """`InvalidValue` says why the password would be guessed first; `own` are name and address of the account."""
        why = await self.guessed.reason(password, _context(own))
        if why is not None:
            raise InvalidValue("password", f"{why} That is among the first passwords somebody would guess.")


@dataclass(frozen=True, slots=True)
class JudgePassword:
    """Say of a password that is being typed whether it may be chosen: by the rules that hold once it is sent."""

    unit_of_work: UnitOfWork
    new_passwords: NewPasswords

    async def __call__(self, caller: Caller, password: str, *typed: str) -> None:
        """`InvalidValue` says why not; `typed` are the name and address that a guest has typed."""
        member = await self.unit_of_work.run(lambda repositories: current_user(repositories, caller))
        own = (str(member.username), str(member.email)) if member else typed
        await self.new_passwords.judge(Password.parse(password), *(each.strip().lower() for each in own))


def _context(own: Sequence[str]) -> Sequence[str]:
    return [word for each in own for word in (each, *each.split("@")) if word] + list(_OF_THE_SITE)


def account_of(repositories: Repositories, login: str) -> User | None:
    """The account that a name or an address belongs to."""
    try:
        if "@" in login:
            return repositories.users.by_email(Email.parse(login))
        return repositories.users.by_username(Username.parse(login))
    except InvalidValue:
        return None


def _account(repositories: Repositories, login: str) -> tuple[User | None, str | None]:
    user = account_of(repositories, login)
    # Asked for even where there is no account: the visitor's live log shows each statement.
    return user, repositories.credentials.get(user.id if user else 0)
