"""Reading again, in batches."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from portfolio_app.app.events import SessionRevoked
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.app.reread import AT_ONCE, OWN_AT_ONCE, Reread
from tests.fakes.clock import FakeClock
from tests.fakes.samples import session_id
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork

T = TypeVar("T")


class CountingUnitOfWork(FakeUnitOfWork):
    """Counts transactions."""

    count = 0

    async def run(self, work: Callable[[Repositories], T]) -> T:
        self.count += 1
        return await super().run(work)


async def test_nothing_connected_is_no_transaction() -> None:
    work = CountingUnitOfWork(Store(), FakeClock())
    reread = Reread(work, FakeClock())
    assert (await reread.revisions([]), await reread.ended([])) == ({}, [])
    assert [messages async for messages in reread.own([])] == []
    assert work.count == 0


async def test_thousands_are_read_in_bounded_transactions_and_all_are_found() -> None:
    clock = FakeClock()
    work = CountingUnitOfWork(Store(), clock)
    sessions = [session_id(f"visitor {number}") for number in range(2 * AT_ONCE + 1)]
    for each in sessions[::AT_ONCE]:
        await work.run(lambda r, each=each: r.sessions.revoke(each, clock() - timedelta(days=1)))
    reread, work.count = Reread(work, clock), 0

    assert await reread.ended(sessions) == [SessionRevoked(each) for each in sessions[::AT_ONCE]]
    assert work.count == 3
    assert await reread.revisions([f"room-{number}" for number in range(AT_ONCE)] + ["lobby"]) == {"lobby": 0}
    assert work.count == 5
    assert [messages async for messages in reread.own(sessions[: OWN_AT_ONCE + 1])] == [[], []]
    assert work.count == 7
