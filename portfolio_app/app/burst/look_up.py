"""Runs that memory is not sure of, asked of the database."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from portfolio_app.app.ports.runs import Run
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.app.token_bucket import TokenBucket

AT_ONCE: Final = 100
PER_S: Final = 10


def _budget() -> TokenBucket:
    return TokenBucket(PER_S, AT_ONCE)


@dataclass(frozen=True, slots=True)
class LookUp:
    """One question at a time for each run, and few for all: anybody can make ids up.

    A worker asks once for each run that it has not heard of.
    """

    unit_of_work: UnitOfWork
    budget: TokenBucket = field(default_factory=_budget)
    _asking: dict[str, asyncio.Task[Run | None]] = field(default_factory=dict)

    def may_ask(self, run_id: str) -> bool:
        """Whether a question costs nothing, or there is budget for it, which is then spent."""
        return run_id in self._asking or self.budget.take()

    async def __call__(self, run_id: str) -> Run | None:
        """The run if it is under way; `Unavailable`."""
        asking = self._asking.get(run_id)
        if asking is None:
            asking = self._asking[run_id] = asyncio.create_task(self._ask(run_id))
        return await asyncio.shield(asking)

    async def _ask(self, run_id: str) -> Run | None:
        try:
            return await self.unit_of_work.run(lambda repositories: repositories.runs.under_way(run_id))
        finally:
            del self._asking[run_id]
