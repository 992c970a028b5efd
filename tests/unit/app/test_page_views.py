"""Counts of page views between memory and database."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import pytest

from portfolio_app.app.errors import NotAllowed, Unavailable
from portfolio_app.app.page_views import DAYS, CountPageViews, PageTotals, ReadPageViews
from portfolio_app.app.ports.page_views import ViewsOfDay
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.user import Role
from tests.fakes.clock import START, FakeClock
from tests.fakes.samples import caller
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork
from tests.unit.app.conftest import Site

T = TypeVar("T")
TODAY = START.date()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def work(clock: FakeClock) -> FakeUnitOfWork:
    return FakeUnitOfWork(Store(), clock)


async def test_a_batch_is_written_once_under_the_day_of_each_view(
    work: FakeUnitOfWork, clock: FakeClock
) -> None:
    views = CountPageViews(work, clock, counting=True)
    views.add("/")
    views.add("/")
    clock.advance(days=1)
    views.add("/")
    for _ in range(2):
        await views.write()
    assert work.store.page_views == {(TODAY, "/"): 2, (TODAY + timedelta(days=1), "/"): 1}


async def test_a_batch_that_can_not_be_written_goes_with_the_next(
    work: FakeUnitOfWork, clock: FakeClock
) -> None:
    views = CountPageViews(work, clock, counting=True)
    views.add("/")
    work.failure = Unavailable()
    with pytest.raises(Unavailable):
        await views.write()
    views.add("/")
    work.failure = None
    await views.write()
    assert work.store.page_views == {(TODAY, "/"): 2}


class Slow(FakeUnitOfWork):
    """Commits when it is let go."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(Store(), clock)
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def run(self, work: Callable[[Repositories], T]) -> T:
        self.begun.set()
        await self.go.wait()
        return await super().run(work)


async def test_a_stop_in_the_middle_of_a_batch_counts_nothing_twice_and_loses_nothing(
    clock: FakeClock,
) -> None:
    work = Slow(clock)
    views = CountPageViews(work, clock, counting=True)
    views.add("/")
    stopped = asyncio.create_task(views.write())
    await work.begun.wait()
    stopped.cancel()
    views.add("/")
    closing = asyncio.create_task(views.close())
    await asyncio.sleep(0)
    work.go.set()
    await closing
    assert work.store.page_views == {(TODAY, "/"): 2}


async def test_a_report_adds_up_pages_and_days(work: FakeUnitOfWork, clock: FakeClock) -> None:
    def ago(days: int) -> date:
        return TODAY - timedelta(days=days)

    counts = [
        ViewsOfDay(ago(0), "/", 1), ViewsOfDay(ago(6), "/", 2), ViewsOfDay(ago(7), "/", 4), ViewsOfDay(ago(29), "/", 8),
        ViewsOfDay(ago(30), "/", 16), ViewsOfDay(ago(2), "/chat", 99), ViewsOfDay(ago(30), "/gone", 3),
    ]  # fmt: skip
    await work.run(lambda r: r.page_views.add(counts))
    report = await ReadPageViews(work, clock)(None)
    assert report.pages == (PageTotals("/chat", 0, 99, 99), PageTotals("/", 1, 3, 15))
    assert len(report.days) == DAYS
    assert (report.days[0], report.days[-3], report.days[-1]) == ((ago(29), 8), (ago(2), 99), (TODAY, 1))


async def test_nobody_but_a_moderator_reads_the_counts(site: Site) -> None:
    read = ReadPageViews(site.unit_of_work, site.clock)
    moderator = await site.moderator()
    assert (await read(moderator)).pages == ()
    for asking in (caller(), await site.member()):
        with pytest.raises(NotAllowed):
            await read(asking)
    await site.set_role("mod-1", Role.MEMBER)
    with pytest.raises(NotAllowed):
        await read(moderator)
