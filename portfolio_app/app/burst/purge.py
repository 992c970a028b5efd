"""The purge of runs: rows go soon, records in time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.runs import RunLimits
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork

KEPT: Final = 500
KEPT_FOR: Final = timedelta(days=30)
UNLISTED_FOR: Final = timedelta(hours=1)
"""A record of nothing, which only its sender knows of."""
AT_ONCE: Final = 1_000
"""Rows of one transaction: nobody waits long for the rest of the table."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many were deleted."""

    runs: int
    rows: int


@dataclass(frozen=True, slots=True)
class PurgeRuns:
    """Delete the rows of runs that are over, expired runs, and old records."""

    unit_of_work: UnitOfWork
    active: ActiveRuns
    clock: Clock

    async def __call__(self) -> Purged:
        """Do it now; `Unavailable` leaves it to the next time."""
        now = self.clock()
        for run in self.active.expired(now):
            self.active.end(run.id)

        limits = RunLimits(now, now - KEPT_FOR, now - UNLISTED_FOR, KEPT)
        runs = await self._in_batches(lambda repositories: repositories.runs.purge(limits, AT_ONCE))
        rows = await self._in_batches(lambda repositories: repositories.burst_rows.purge(AT_ONCE))
        return Purged(runs, rows)

    async def _in_batches(self, purge: Callable[[Repositories], int]) -> int:
        total = 0
        while (purged := await self.unit_of_work.run(purge)) == AT_ONCE:
            total += purged
        return total + purged
