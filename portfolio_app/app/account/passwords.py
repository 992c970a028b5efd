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
from portfolio_app.app.ports.hasher import GuessedFirst, PasswordHasher
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.repeat import Aside
from portfolio_app.domain.account.user import SITE_EMAIL, Email, Password, User, Username
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

    Only wrong passwords count, against the network they come from: a guesser waits longer and longer, and the
    owner, who comes from elsewhere, is never refused for it. An address is compared with its holder's password, and by
    one more hash with those of all others who have it, however many there are, or none.
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
        named = await self.unit_of_work.run(lambda repositories: _named(repositories, login))
        # By what was typed: one allowance of name and address would tell whose address it is.
        guesses = f"{network} {login.strip().lower()[:254]}"
        for rate in (*Rates.SIGN_IN_GUESSES, Rates.SIGN_IN_UNCONFIRMED):
            await self.limiter.check(rate, guesses)
        verification = await self.hasher.verify(password, named.stored, named.salt)
        other = await self._other(named, password) if named.email else None
        # Whether an account is disabled is said to nobody: it is compared, and refused, like any other.
        found = (
            Verified(named.user, named.stored) if named.user and named.stored and verification.ok else other
        )
        if found is None or found.user.disabled:
            for rate, key in [
                (Rates.SIGN_IN_NETWORK, network),
                *((r, guesses) for r in Rates.SIGN_IN_GUESSES),
            ]:
                with suppress(RateLimited):  # another worker has counted one just now
                    await self.limiter.hit(rate, key)
            # Aside, for the owner to see: time and live log would tell an account from none. A try by an address that
            # no account holds belongs to none: others that have the address would learn of its owner's tries.
            self.recording.begin(self._record(caller, named.user.id if named.user else None, failure))
            raise BadCredentials
        if named.email and not found.user.holds_email:
            # A member who holds another's address could guess at the other account with the password of the own.
            await self.limiter.hit(Rates.SIGN_IN_UNCONFIRMED, guesses)
        await self.recording.done()
        if verification.rehash is None:
            return found
        if await self._rehash(found, verification.rehash):
            return Verified(found.user, verification.rehash)
        # Another password was chosen meanwhile, and stays: the hash of this one opens nothing any more.
        return found

    async def _other(self, named: "_Named", password: str) -> Verified | None:
        """The account whose password it is of those that have the address without holding it."""
        hashed = await self.hasher.hash_typed(password, named.salt)
        return await self.unit_of_work.run(lambda repositories: _owner(repositories, named, hashed))

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

    async def _rehash(self, found: Verified, new_hash: str) -> bool:
        user_id, former = found.user.id, found.password_hash
        return await self.unit_of_work.run(lambda r: r.credentials.replace(user_id, former, new_hash))


@dataclass(frozen=True, slots=True)
class NewPasswords:
    """Accept a password that somebody chooses for an account, and hash it."""

    unit_of_work: UnitOfWork
    hasher: PasswordHasher
    guessed: GuessedFirst

    async def hashed(self, password: Password, username: Username, email: Email) -> str:
        """The hash; `InvalidValue` says why the password would be guessed first."""
        await self.judge(password, str(username), str(email))
        salt = await self.unit_of_work.run(lambda repositories: repositories.credentials.salt(email))
        return await self.hasher.hash(password, salt)

    async def judge(self, password: Password, *own: str) -> None:
        """`InvalidValue` says why the password would be guessed first; `own` are name and address of the account."""
        why = await self.guessed.reason(password, _context(own))
        if why is not None:
            raise InvalidValue("password", f"{why} That is among the first passwords somebody would guess.")


@dataclass(frozen=True, slots=True)
class JudgePassword:
    """Judge whether a password that is being typed may be chosen: by the rules that hold once it is sent."""

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
    """The account that has a name, or holds an address."""
    email = address_in(login)
    if email is not None:
        return repositories.users.by_email(email)
    with suppress(InvalidValue):
        return repositories.users.by_username(Username.parse(login))
    return None


def address_in(login: str) -> Email | None:
    """The address, if it is one and no username."""
    with suppress(InvalidValue):
        return Email.parse(login) if "@" in login else None
    return None


@dataclass(frozen=True, slots=True)
class _Named:
    """A name as it was typed: as an address, if it is one; the account that has it, its hash, and the salt."""

    email: Email | None
    user: User | None
    stored: str | None = field(repr=False)
    salt: bytes = field(repr=False)


def _named(repositories: Repositories, login: str) -> _Named:
    email, user = address_in(login), account_of(repositories, login)
    # Asked for even where there is no account: the visitor's live log shows each statement.
    stored = repositories.credentials.get(user.id if user else 0)
    return _Named(
        email, user, stored, repositories.credentials.salt(user.email if user else email or SITE_EMAIL)
    )


def _owner(repositories: Repositories, named: _Named, hashed: str) -> Verified | None:
    owner = repositories.credentials.owner(named.email or SITE_EMAIL, hashed)
    user = repositories.users.get(owner or 0)
    return Verified(user, hashed) if user else None
