"""A run whose sender is gone: nobody will report what came of it, so nothing of it is kept."""

from dataclasses import dataclass

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.purge import AT_ONCE
from portfolio_app.app.burst.tickets import Tickets
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BurstTicketRefused
from portfolio_app.app.events import RunEnded
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.runs import Run
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete a run under way with its rows, and free its session and its place, on every worker."""

    active: ActiveRuns
    unit_of_work: UnitOfWork
    bus: Bus

    async def __call__(self, run: Run) -> None:
        """Doing it again changes nothing; `Unavailable` leaves the run as it is."""

        def delete(repositories: Repositories) -> None:
            repositories.runs.give_up(run.id)
            repositories.burst_rows.purge(AT_ONCE)

        await self.unit_of_work.run(delete)
        self.active.end(run.id)
        await self.bus.publish(RunEnded(run.id))


@dataclass(frozen=True, slots=True)
class GiveUpRun:
    """The sender says that it leaves: its tab is being closed."""

    tickets: Tickets
    forget: Forget

    async def __call__(self, caller: Caller, run_id: str, ticket: str | None) -> None:
        """Raises `BurstTicketRefused`, also for a run that is over or being finished, and `Unavailable`."""
        run = await self.tickets.run_of(caller, ticket)
        if run.id != run_id:
            raise BurstTicketRefused
        await self.forget(run)
