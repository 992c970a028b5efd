"""Recorded runs, for anybody."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.runs import Record
from portfolio_app.app.ports.unit_of_work import UnitOfWork

RECENT: Final = 20


@dataclass(frozen=True, slots=True)
class ReadRun:
    """One run's record."""

    unit_of_work: UnitOfWork

    async def __call__(self, run_id: str) -> Record:
        """The record; `NotFound` for a run that is unknown, not finished or purged."""
        record = await self.unit_of_work.run(lambda repositories: repositories.runs.record(run_id))
        if record is None:
            raise NotFound("There is no recorded run with that name.")
        return record


@dataclass(frozen=True, slots=True)
class RecentRuns:
    """The newest runs."""

    unit_of_work: UnitOfWork

    async def __call__(self) -> list[Record]:
        """Up to `RECENT` summaries, newest first."""
        return await self.unit_of_work.run(lambda repositories: repositories.runs.recent(RECENT))
