"""Contract of `ReportRepository`."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from portfolio_app.app.ports.reports import MOST_REASONS, Report
from portfolio_app.app.ports.unit_of_work import Repositories
from tests.contract.conftest import Storage
from tests.fakes.samples import draft

T = TypeVar("T")


async def test_reports_are_counted_by_message_until_they_are_settled(storage: Storage) -> None:
    async def run(work: Callable[[Repositories], T]) -> T:
        return await storage.unit_of_work.run(work)

    posted = [(await storage.journal.append(draft(storage.clock))).message for _ in range(3)]
    first, second, third = (message.id for message in posted)
    now = storage.clock()
    visitors = [f"visitor-{number}" for number in range(MOST_REASONS + 2)]
    for number, visitor in enumerate(visitors):
        report = Report(
            second, visitor, "" if number == 0 else f"reason {number}", now + timedelta(seconds=number)
        )
        assert await run(lambda r, report=report: r.reports.add(report))
        assert not await run(lambda r, report=report: r.reports.add(report))
    later = now + timedelta(minutes=1)
    for message_id in (first, third):
        assert await run(lambda r, of=message_id: r.reports.add(Report(of, "bob", "", later)))
    found = await run(lambda r: r.reports.open(10))
    assert found[0].message == posted[1]
    assert [(each.count, each.since) for each in found] == [(len(visitors), now), (1, later), (1, later)]
    assert found[0].reasons == tuple(f"reason {number}" for number in range(1, MOST_REASONS + 1))
    assert len(await run(lambda r: r.reports.open(2))) == 2
    assert await run(lambda r: r.reports.length()) == 3
    await run(lambda r: r.messages.save(posted[0].remove(4)))
    assert await run(lambda r: r.reports.length()) == 2
    assert await run(lambda r: r.reports.settle(second, later))
    assert not await run(lambda r: r.reports.settle(second, later))
    assert [each.message.id for each in await run(lambda r: r.reports.open(10))] == [third]
    assert not await run(lambda r: r.reports.add(Report(second, visitors[0], "", later)))
    assert await run(lambda r: r.reports.add(Report(second, "somebody else", "", later)))
    assert {each.count for each in await run(lambda r: r.reports.open(10))} == {1}
