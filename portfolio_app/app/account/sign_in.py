"""A visitor proves to be a user."""

from dataclasses import dataclass, field

from portfolio_app.app.account import tickets
from portfolio_app.app.account.passwords import PasswordCheck
from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.sealer import Sealer


@dataclass(frozen=True, slots=True)
class SignInCommand:
    """The form as it came; `login` is a username or an email."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Check the password and hand out a ticket."""

    check: PasswordCheck
    sealer: Sealer

    async def __call__(self, caller: Caller, command: SignInCommand) -> str:
        """Return a ticket.

        Raises `BadCredentials` in the same words and time for wrong names and passwords, `RateLimited`.
        """
        verified = await self.check(caller, command.login, command.password)
        return tickets.issue(self.sealer, caller.session_id, verified.user.id, verified.password_hash)
