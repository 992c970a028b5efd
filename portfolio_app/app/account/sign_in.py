"""A visitor proves to be a user."""

from dataclasses import dataclass, field

from portfolio_app.app.account import tickets
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadCredentials
from portfolio_app.app.ports.hasher import PasswordHasher, Verification
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import Email, User, Username
from portfolio_app.domain.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class SignInCommand:
    """The form as it came; `login` is a username or an email."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Check the password and hand out a ticket."""

    unit_of_work: UnitOfWork
    hasher: PasswordHasher
    limiter: RateLimiter
    sealer: Sealer

    async def __call__(self, caller: Caller, command: SignInCommand) -> str:
        """Return a ticket; `BadCredentials` in the same words and time for wrong names and passwords."""
        await self.limiter.hit(Rates.SIGN_IN_NETWORK, caller.network)
        await self.limiter.hit(Rates.SIGN_IN_ACCOUNT, command.login.strip().lower()[:254])
        user, stored = await self.unit_of_work.run(lambda repositories: _account(repositories, command.login))
        verification = await self.hasher.verify(command.password, stored)
        if user is None or not verification.ok:
            raise BadCredentials
        await self._rehash(user, verification)
        return tickets.issue(self.sealer, caller.session_id, user.id)

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
