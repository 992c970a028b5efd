"""A member who has lost the password gets in with a code, and chooses another one."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from portfolio_app.app.account import tickets
from portfolio_app.app.account.elevate import require_proof
from portfolio_app.app.account.operate import end_all
from portfolio_app.app.account.passwords import NewPasswords, account_of
from portfolio_app.app.account.record import OPERATOR, news, record, record_operator
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadRecoveryCode, NotFound
from portfolio_app.app.events import AccountNews, SessionRevoked
from portfolio_app.app.identity import current_user, require_member
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.repeat import Aside
from portfolio_app.domain.account.recovery import CODES, RecoveryCode
from portfolio_app.domain.account.user import Password, User, Username

LINK_LIFETIME: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CountCodes:
    """How many recovery codes the caller's account has left."""

    unit_of_work: UnitOfWork

    async def __call__(self, caller: Caller) -> int:
        """The number; `NotAllowed` for a guest."""
        return await self.unit_of_work.run(lambda r: r.recovery.left(require_member(r, caller).id))


@dataclass(frozen=True, slots=True)
class MakeCodes:
    """Make recovery codes for the caller's account, in place of the earlier ones."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, caller: Caller) -> list[RecoveryCode]:
        """The codes, which nobody can read again; `NotAllowed` for a guest, `ProofNeeded`."""
        codes = [RecoveryCode.generate() for _ in range(CODES)]

        def store(repositories: Repositories) -> None:
            now = self.clock()
            member = require_proof(repositories, caller, now)
            repositories.recovery.replace(member.id, [code.code_hash for code in codes])
            record(repositories, now, SecurityEvent.CODES_MADE, member.id, caller)

        await self.unit_of_work.run(store)
        return codes


@dataclass(frozen=True, slots=True)
class RecoverCommand:
    """The form as it came; `login` is a username or an email."""

    login: str
    code: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecoverAccount:
    """Set another password with a code, end every session of the account, and hand out a ticket.

    The code is used up together with the change: a password that is refused costs none.
    """

    unit_of_work: UnitOfWork
    new_passwords: NewPasswords
    limiter: RateLimiter
    bus: Bus
    sealer: Sealer
    clock: Clock
    recording: Aside = field(default_factory=lambda: Aside("recording a wrong code"))

    async def __call__(self, caller: Caller, command: RecoverCommand) -> str:
        """Return a ticket.

        Raises `BadRecoveryCode` in the same words and time for wrong names and codes, `InvalidValue`, `RateLimited`,
        `SessionEnded`.
        """
        password, code = Password.parse(command.password), RecoveryCode.parse(command.code)
        await self.limiter.check(Rates.SIGN_IN_NETWORK, caller.network)
        user = await self.unit_of_work.run(lambda r: self._holder(r, caller, command.login, code))
        if user is None:
            await self.limiter.hit(Rates.SIGN_IN_NETWORK, caller.network)
            self.recording.begin(self._record_failure(caller, command.login))
            raise BadRecoveryCode
        password_hash = await self.new_passwords.hashed(password, user.username, user.email)
        ended = await self.unit_of_work.run(lambda r: self._recover(r, caller, user, code, password_hash))
        for session_id in ended:
            await self.bus.publish(SessionRevoked(session_id))
        return tickets.issue(self.sealer, caller.session_id, user.id, password_hash)

    async def _record_failure(self, caller: Caller, login: str) -> None:
        await self.limiter.hit(Rates.SECURITY_LINES, "all")
        now = self.clock()

        def write(repositories: Repositories) -> AccountNews | None:
            named = account_of(repositories, login)
            user_id = named.id if named else None
            record(repositories, now, SecurityEvent.RECOVERY_FAILED, user_id, caller)
            return news(repositories, SecurityEvent.RECOVERY_FAILED, user_id, caller)

        told = await self.unit_of_work.run(write)
        if told is not None:
            await self.bus.publish(told)

    def _holder(
        self, repositories: Repositories, caller: Caller, login: str, code: RecoveryCode
    ) -> User | None:
        current_user(repositories, caller)  # an ended session can't be rotated: it must cost no code
        # By the code alone: an address that several accounts have, or none, takes the same time.
        user = repositories.users.get(repositories.recovery.owner(code.code_hash, self.clock()) or 0)
        names = (str(user.username), str(user.email)) if user and not user.disabled else ()
        return user if login.strip().lower() in names else None

    def _recover(
        self, repositories: Repositories, caller: Caller, user: User, code: RecoveryCode, password_hash: str
    ) -> list[str]:
        now = self.clock()
        repositories.users.lock(user.id)
        if not repositories.recovery.use(user.id, code.code_hash, now):
            raise BadRecoveryCode
        repositories.recovery.end_links(user.id)
        repositories.credentials.put(user.id, password_hash)
        record(repositories, now, SecurityEvent.RECOVERED, user.id, caller)
        # The caller's own is rotated by the ticket.
        return end_all(repositories, user, self.clock, keep=caller.session_id)


@dataclass(frozen=True, slots=True)
class MakeResetLink:
    """The operator lets a member in who has neither password nor codes."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, username: str) -> RecoveryCode:
        """A code that opens the account once, within `LINK_LIFETIME`; `NotFound` for an unknown name."""
        name, code = Username.parse(username), RecoveryCode.generate()

        def store(repositories: Repositories) -> None:
            user, now = repositories.users.by_username(name), self.clock()
            if user is None:
                raise NotFound(f"There is no user called {name}.")
            repositories.recovery.add_link(user.id, code.code_hash, now + LINK_LIFETIME)
            repositories.audit.add(AuditEntry(now, OPERATOR, Action.RESET_LINK_MADE, str(name), ""))
            record_operator(repositories, now, SecurityEvent.RESET_LINK_MADE, user.id)

        await self.unit_of_work.run(store)
        return code
