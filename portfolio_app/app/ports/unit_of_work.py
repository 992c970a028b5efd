"""One transaction."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from portfolio_app.app.ports.audit import AuditTrail
from portfolio_app.app.ports.messages import MessageRepository
from portfolio_app.app.ports.moderation import ModerationQueue
from portfolio_app.app.ports.rooms import RoomRepository
from portfolio_app.app.ports.runs import BurstRowRepository, RunRepository
from portfolio_app.app.ports.sandbox import SandboxRows
from portfolio_app.app.ports.sessions import SessionRepository
from portfolio_app.app.ports.users import CredentialRepository, UserRepository

T = TypeVar("T")


class Repositories(Protocol):
    """Every repository, on one transaction."""

    @property
    def rooms(self) -> RoomRepository: ...
    @property
    def messages(self) -> MessageRepository: ...
    @property
    def queue(self) -> ModerationQueue: ...
    @property
    def audit(self) -> AuditTrail: ...
    @property
    def users(self) -> UserRepository: ...
    @property
    def credentials(self) -> CredentialRepository: ...
    @property
    def sessions(self) -> SessionRepository: ...
    @property
    def runs(self) -> RunRepository: ...
    @property
    def burst_rows(self) -> BurstRowRepository: ...
    @property
    def sandbox(self) -> SandboxRows: ...


class UnitOfWork(Protocol):
    """Runs work in a transaction, off the event loop."""

    async def run(self, work: Callable[[Repositories], T]) -> T:
        """Commit what `work` did if it returns, undo all of it if it raises.

        `work` is called on a worker thread with context variables kept; it may be called again when
        the database asks for a retry, so it has no other effects. `Unavailable` if no database answers.
        """
        ...
