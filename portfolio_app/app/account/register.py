"""A visitor makes an account."""

from dataclasses import dataclass, field

from portfolio_app.app.account import tickets
from portfolio_app.app.account.letters import Letters
from portfolio_app.app.account.names import check_unlike_staff, holder_of
from portfolio_app.app.account.passwords import NewPasswords
from portfolio_app.app.account.record import record
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import Email, Password, Role, User, Username


@dataclass(frozen=True, slots=True)
class RegisterCommand:
    """The form as it came."""

    email: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Register:
    """Create the user and its credential, and hand out a ticket to be signed in with.

    Any address will do, also one that another account has: answer and work are the same, the rest follows the answer.
    """

    unit_of_work: UnitOfWork
    new_passwords: NewPasswords
    limiter: RateLimiter
    sealer: Sealer
    clock: Clock
    letters: Letters

    async def __call__(self, caller: Caller, command: RegisterCommand) -> str:
        """Return a ticket; raises `InvalidValue`, `AlreadyTaken` and `RateLimited`."""
        username, email = Username.claim(command.username), Email.parse(command.email)
        password = Password.parse(command.password)
        await self.limiter.hit(Rates.REGISTER_NETWORK, caller.network)
        password_hash = await self.new_passwords.hashed(password, username, email)

        def store(repositories: Repositories) -> User | None:
            now, name = self.clock(), str(username)
            holder = holder_of(repositories, username, now)
            if holder is not None:
                record(repositories, now, SecurityEvent.CLAIMED, holder.id, caller)
                return None
            check_unlike_staff(repositories, username)
            user = repositories.users.add(User(0, username, email, Role.MEMBER, now, holds_email=False))
            repositories.credentials.put(user.id, password_hash)
            repositories.audit.add(AuditEntry(now, name, Action.REGISTERED, name, caller.request_id))
            record(repositories, now, SecurityEvent.REGISTERED, user.id, caller)
            return user

        user = await self.unit_of_work.run(store)
        if user is None:
            raise AlreadyTaken
        self.letters.new_address(caller, user)
        return tickets.issue(self.sealer, caller.session_id, user.id, password_hash)
