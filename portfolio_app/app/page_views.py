"""Page views, if the owner has them counted: collected in memory, written in batches, read by moderators."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.identity import require_moderator
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.page_views import ViewsOfDay
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork

WRITE_EVERY_S: Final = 30.0
DAYS: Final = 30
"""Days that a report covers, today included."""
_WEEK: Final = 7


@dataclass(slots=True)
class CountPageViews:
    """Counts of this process that are not written yet, by day and page: as many as there are pages.

    With `counting` off nothing is counted.
    """

    unit_of_work: UnitOfWork
    clock: Clock
    counting: bool = False
    _counts: Counter[tuple[date, str]] = field(default_factory=Counter)
    _writing: asyncio.Task[None] | None = None

    def add(self, page: str) -> None:
        """Count a view. `page` is one of the site's, so that no client can make a row of its own."""
        if self.counting:
            self._counts[self.clock().date(), page] += 1

    async def write(self) -> None:
        """Store what was counted since the last time. What can't be stored now goes into the next batch."""
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="write page views")
        # A transaction goes on when its caller is cancelled: it must not be counted as undone.
        await asyncio.shield(self._writing)

    async def close(self) -> None:
        """Store the rest, after a batch that is under way."""
        if self._writing is not None:
            await asyncio.wait({self._writing})
        await self.write()

    async def _write(self) -> None:
        taken, self._counts = self._counts, Counter()
        if not taken:
            return
        # In one order, so that two workers never wait for each other's rows.
        counts = [ViewsOfDay(day, page, views) for (day, page), views in sorted(taken.items())]
        try:
            await self.unit_of_work.run(lambda repositories: repositories.page_views.add(counts))
        except Exception:
            self._counts += taken
            raise


@dataclass(frozen=True, slots=True)
class PageTotals:
    """The views of one page today, in the last 7 days and in the last 30."""

    page: str
    today: int
    week: int
    month: int


@dataclass(frozen=True, slots=True)
class ViewsReport:
    """The last 30 days: `pages` with the most viewed first, `days` from the oldest to today."""

    pages: tuple[PageTotals, ...]
    days: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class ReadPageViews:
    """Read the counts as a moderator, or from the command line."""

    unit_of_work: UnitOfWork
    clock: Clock
    counting: bool = False

    async def __call__(self, caller: Caller | None) -> ViewsReport:
        """The report; `caller` is None for the operator, `NotAllowed` for anyone but a moderator."""
        today = self.clock().date()

        def read(repositories: Repositories) -> list[ViewsOfDay]:
            if caller is not None:
                require_moderator(repositories, caller)
            return repositories.page_views.since(_before(today, DAYS - 1))

        return _report(await self.unit_of_work.run(read), today)


def _report(found: list[ViewsOfDay], today: date) -> ViewsReport:
    spans = {"today": today, "week": _before(today, _WEEK - 1), "month": date.min}
    sums = {name: Counter[str]() for name in spans}
    of_days = Counter[date]()
    for each in found:
        of_days[each.day] += each.views
        for name, first in spans.items():
            sums[name][each.page] += each.views if each.day >= first else 0
    ranked = sorted(sums["month"], key=lambda page: (-sums["month"][page], page))
    pages = tuple(PageTotals(page, *(sums[name][page] for name in spans)) for page in ranked)
    days = (_before(today, ago) for ago in reversed(range(DAYS)))
    return ViewsReport(pages, tuple((day, of_days[day]) for day in days))


def _before(day: date, days: int) -> date:
    return day - timedelta(days=days)
