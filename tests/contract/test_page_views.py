"""Contract of `PageViewRepository`."""

import asyncio
from datetime import date

from portfolio_app.app.page_views import CountPageViews
from portfolio_app.app.ports.page_views import ViewsOfDay
from portfolio_app.infra.db.database import Database
from tests.contract.conftest import Storage
from tests.fakes.clock import FakeClock

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


async def _kept(storage: Storage, since: date = MONDAY) -> set[tuple[date, str, int]]:
    found = await storage.unit_of_work.run(lambda r: r.page_views.since(since))
    return {(each.day, each.page, each.views) for each in found}


async def test_counts_of_a_page_and_day_are_added_up(storage: Storage) -> None:
    counts = [ViewsOfDay(MONDAY, "/", 2), ViewsOfDay(MONDAY, "/chat", 1), ViewsOfDay(TUESDAY, "/", 4)]
    for _ in range(2):
        await storage.unit_of_work.run(lambda r: r.page_views.add(counts))
    await storage.unit_of_work.run(lambda r: r.page_views.add([]))
    assert await _kept(storage) == {(MONDAY, "/", 4), (MONDAY, "/chat", 2), (TUESDAY, "/", 8)}
    assert await _kept(storage, TUESDAY) == {(TUESDAY, "/", 8)}


async def test_days_before_one_are_deleted(storage: Storage) -> None:
    counts = [ViewsOfDay(MONDAY, "/", 2), ViewsOfDay(MONDAY, "/chat", 1), ViewsOfDay(TUESDAY, "/", 4)]
    await storage.unit_of_work.run(lambda r: r.page_views.add(counts))
    assert await storage.unit_of_work.run(lambda r: r.page_views.purge(MONDAY)) == 0
    assert await storage.unit_of_work.run(lambda r: r.page_views.purge(TUESDAY)) == 2
    assert await _kept(storage) == {(TUESDAY, "/", 4)}


async def test_workers_that_write_at_the_same_time_add_up(database: Database, clock: FakeClock) -> None:
    workers = [CountPageViews(database.unit_of_work, clock, counting=True) for _ in range(8)]
    for at, worker in enumerate(workers):
        for page in ("/", "/chat", "/work")[:: 1 if at % 2 else -1]:
            worker.add(page)
    await asyncio.gather(*(worker.write() for worker in workers))
    found = await database.unit_of_work.run(lambda r: r.page_views.since(clock().date()))
    assert {each.page: each.views for each in found} == dict.fromkeys(("/", "/chat", "/work"), 8)
