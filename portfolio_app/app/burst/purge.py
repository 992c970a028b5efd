"""What becomes of runs: rows go soon, records in time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork

KEPT: Final = 500
KEPT_FOR: Final = timedelta(days=30)


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

        def purge(repositories: Repositories) -> Purged:
            runs = repositories.runs.purge(now, now - KEPT_FOR, KEPT)
            return Purged(runs, repositories.burst_rows.purge())

        return await self.unit_of_work.run(purge)
