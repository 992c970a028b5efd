"""A visitor proves to be a user."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from portfolio_app.app.account import tickets
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AppError, BadCredentials, RateLimited
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.hasher import PasswordHasher, Verification
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import Email, User, Username
from portfolio_app.domain.errors import InvalidValue

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignInCommand:
    """The form as it came; `login` is a username or an email."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Check the password and hand out a ticket.

    Only wrong passwords count, against the network they come from: whoever guesses waits longer and longer,
    whatever name the account is called by, and the owner, who comes from elsewhere, is never refused for it.
    """

    unit_of_work: UnitOfWork
    hasher: PasswordHasher
    limiter: RateLimiter
    sealer: Sealer
    clock: Clock
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _counting: set[asyncio.Task[None]] = field(default_factory=set)

    async def __call__(self, caller: Caller, command: SignInCommand) -> str:
        """Return a ticket.

        Raises `BadCredentials` in the same words and time for wrong names and passwords, `RateLimited`.
        """
        # Attempts of a network take turns: whether the one before failed is known only once it was compared.
        async with self._turns.setdefault(caller.network, asyncio.Lock()):
            user = await self._verified(caller.network, command)
        return tickets.issue(self.sealer, caller.session_id, user.id)

    async def _verified(self, network: str, command: SignInCommand) -> User:
        await self.limiter.check(Rates.SIGN_IN_NETWORK, network)
        user, stored = await self.unit_of_work.run(lambda repositories: _account(repositories, command.login))
        guesses = f"{network} #{user.id}" if user else f"{network} {command.login.strip().lower()[:254]}"
        for rate in Rates.SIGN_IN_GUESSES:
            await self.limiter.check(rate, guesses)
        verification = await self.hasher.verify(command.password, stored)
        if user is None or not verification.ok:
            for rate, key in [
                (Rates.SIGN_IN_NETWORK, network),
                *((r, guesses) for r in Rates.SIGN_IN_GUESSES),
            ]:
                with suppress(RateLimited):  # another worker has counted one just now
                    await self.limiter.hit(rate, key)
            self._refused(user)
            raise BadCredentials
        await self._rehash(user, verification)
        if self._counting:
            await asyncio.wait(set(self._counting))
        return user

    def _refused(self, user: User | None) -> None:
        """Count it for the owner to see. Nobody waits for that, or the time would tell an account from none."""
        if user is not None:
            task = asyncio.create_task(self._count(user.id))
            self._counting.add(task)
            task.add_done_callback(self._counting.discard)

    async def _count(self, user_id: int) -> None:
        try:
            at = self.clock()
            await self.unit_of_work.run(lambda repositories: repositories.credentials.refused(user_id, at))
        except AppError as error:
            _log.warning("a wrong password was not counted for its owner: %s", type(error).__name__)

    async def _rehash(self, user: User, verification: Verification) -> None:
        new_hash = verification.rehash
        if new_hash is not None:
            await self.unit_of_work.run(lambda repositories: repositories.credentials.put(user.id, new_hash))


def _account(repositories: Repositories, login: str) -> tuple[User | None, str | None]:
    try:
        user = (
            repositories.users.by_email(Email.parse(login))
            if "@" in login
            else repositories.users.by_username(Username.parse(login))
        )
    except InvalidValue:
        user = None
    return user, repositories.credentials.get(user.id) if user else None
