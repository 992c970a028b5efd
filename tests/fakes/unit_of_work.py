"""Transactions over the fakes."""

from collections.abc import Callable
from typing import TypeVar

from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories
from tests.fakes.audit import FakeAuditTrail
from tests.fakes.messages import FakeMessages
from tests.fakes.moderation import FakeModerationQueue
from tests.fakes.mutes import FakeMutes
from tests.fakes.page_views import FakePageViews
from tests.fakes.passkeys import FakePasskeys
from tests.fakes.recovery import FakeRecovery
from tests.fakes.reports import FakeReports
from tests.fakes.rooms import FakeRooms
from tests.fakes.rows import FakeRows
from tests.fakes.runs import FakeBurstRows, FakeRuns
from tests.fakes.sandbox import FakeSandbox
from tests.fakes.security import FakeSecurityLog
from tests.fakes.sessions import FakeSessions
from tests.fakes.store import Store
from tests.fakes.users import FakeCredentials, FakeUsers

T = TypeVar("T")
R = TypeVar("R")


class FakeRepositories:
    """Every fake repository on one store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.rooms = FakeRooms(store)
        self.messages = FakeMessages(store)
        self.queue = FakeModerationQueue(store)
        self.mutes = FakeMutes(store)
        self.reports = FakeReports(store)
        self.audit = FakeAuditTrail(store)
        self.passkeys = FakePasskeys(store)
        self.security = FakeSecurityLog(store)
        self.users = FakeUsers(store, clock)
        self.credentials = FakeCredentials(store)
        self.sessions = FakeSessions(store, clock)
        self.recovery = FakeRecovery(store)
        self.runs = FakeRuns(store)
        self.burst_rows = FakeBurstRows(store)
        self.sandbox = FakeSandbox(store)
        self.page_views = FakePageViews(store)
        self._store = store

    def rows(self, kind: type[R]) -> FakeRows[R]:
        return FakeRows(self._store, kind)


class FakeUnitOfWork:
    """Implements `UnitOfWork`; raise `failure` instead of working while it is set."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.failure: Exception | None = None

    async def run(self, work: Callable[[Repositories], T]) -> T:
        if self.failure is not None:
            raise self.failure
        before = self.store.copy()
        try:
            return work(FakeRepositories(self.store, self.clock))
        except BaseException:
            self.store.restore(before)
            raise

    async def read(self, work: Callable[[Repositories], T]) -> T:
        return await self.run(work)
