"""One transaction."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from portfolio_app.app.ports.audit import AuditTrail
from portfolio_app.app.ports.messages import MessageRepository
from portfolio_app.app.ports.moderation import ModerationQueue
from portfolio_app.app.ports.mutes import MuteRepository
from portfolio_app.app.ports.page_views import PageViewRepository
from portfolio_app.app.ports.passkeys import PasskeyRepository
from portfolio_app.app.ports.recovery import RecoveryRepository
from portfolio_app.app.ports.reports import ReportRepository
from portfolio_app.app.ports.rooms import RoomRepository
from portfolio_app.app.ports.runs import BurstRowRepository, RunRepository
from portfolio_app.app.ports.sandbox import SandboxRows
from portfolio_app.app.ports.security import SecurityLog
from portfolio_app.app.ports.sessions import SessionRepository
from portfolio_app.app.ports.users import CredentialRepository, UserRepository

T = TypeVar("T")
R = TypeVar("R")


class Rows(Protocol[R]):
    """The rows of one table, for features that bring a table and no repository of their own."""

    def get(self, key: object) -> R | None:
        """The row with this primary key."""
        ...

    def newest(self, count: int) -> list[R]:
        """Up to `count` rows, the highest primary key first."""
        ...

    def add(self, row: R) -> R:
        """Insert `row`; what the database fills in is filled in."""
        ...

    def increase(self, key: object, **by: int) -> R:
        """Add to columns of the row with this primary key, made first if it is missing; returns it.

        Increases at the same time are added up, whoever makes them.
        """
        ...


class Repositories(Protocol):
    """Every repository, on one transaction."""

    @property
    def rooms(self) -> RoomRepository: ...
    @property
    def messages(self) -> MessageRepository: ...
    @property
    def queue(self) -> ModerationQueue: ...
    @property
    def mutes(self) -> MuteRepository: ...
    @property
    def reports(self) -> ReportRepository: ...
    @property
    def audit(self) -> AuditTrail: ...
    @property
    def passkeys(self) -> PasskeyRepository: ...
    @property
    def security(self) -> SecurityLog: ...
    @property
    def users(self) -> UserRepository: ...
    @property
    def credentials(self) -> CredentialRepository: ...
    @property
    def sessions(self) -> SessionRepository: ...
    @property
    def recovery(self) -> RecoveryRepository: ...
    @property
    def runs(self) -> RunRepository: ...
    @property
    def burst_rows(self) -> BurstRowRepository: ...
    @property
    def sandbox(self) -> SandboxRows: ...
    @property
    def page_views(self) -> PageViewRepository: ...

    def rows(self, kind: type[R]) -> Rows[R]:
        """The table whose rows are of `kind`."""
        ...


class UnitOfWork(Protocol):
    """Runs work in a transaction, off the event loop."""

    async def run(self, work: Callable[[Repositories], T]) -> T:
        """Commit what `work` did if it returns, undo all of it if it raises.

        `work` is called on a worker thread with context variables kept; it may be called again when
        the database asks for a retry, so it has no other effects. `Unavailable` if no database answers.
        """
        ...

    async def read(self, work: Callable[[Repositories], T]) -> T:
        """The same for work that reads, whose transaction may be shared with that of others.

        What it writes beside, as that somebody was seen, may be kept although it raises.
        """
        ...
