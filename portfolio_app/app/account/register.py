"""A visitor makes an account."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

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
    """Create the user and its credential, and hand out a ticket to be signed in with."""

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

        def store(repositories: Repositories) -> tuple[User | None, User | None]:
            holders = holder_of(repositories, username, self.clock()), repositories.users.by_email(email)
            if any(holders):
                _rehearse(repositories, password_hash, self.clock())
                for holder in filter(None, holders):
                    record(repositories, self.clock(), SecurityEvent.CLAIMED, holder.id, caller)
                return None, holders[1]
            check_unlike_staff(repositories, username)
            user = repositories.users.add(User(0, username, email, Role.MEMBER, self.clock()))
            repositories.credentials.put(user.id, password_hash)
            now, name = self.clock(), str(username)
            repositories.audit.add(AuditEntry(now, name, Action.REGISTERED, name, caller.request_id))
            record(repositories, now, SecurityEvent.REGISTERED, user.id, caller)
            return user, None

        user, holder = await self.unit_of_work.run(store)
        ticket = tickets.issue(self.sealer, caller.session_id, user.id if user else 0, password_hash)
        self.letters.claimed(holder)
        if user is None:
            raise AlreadyTaken
        return ticket


def _rehearse(repositories: Repositories, password_hash: str, now: datetime) -> None:
    """Do the work of a registration and roll it back, so that a refusal takes as long as an acceptance."""
    name = secrets.token_hex(12)
    nobody = User(0, Username(name), Email(f"{name}@nobody.invalid"), Role.MEMBER, now)

    def make() -> None:
        check_unlike_staff(repositories, nobody.username)
        repositories.credentials.put(repositories.users.add(nobody).id, password_hash)

    repositories.rehearse(make)
