"""The requests of a burst: each touches as much as its run's mode says, and no more."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.start import LIFETIME
from portfolio_app.app.burst.tickets import Tickets
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BurstRefused, BurstTicketRefused
from portfolio_app.app.events import RunStalled
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.runs import Run
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.domain.burst.plan import Mode
from portfolio_app.domain.errors import InvalidValue

AT_ONCE: Final = 100_000
PER_S: Final = 2_000
"""Requests of bursts that one worker takes from everybody together."""


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """Note a request at the edge, whether it is let through, refused or late; all that a no-op does."""

    tickets: Tickets
    active: ActiveRuns
    budget: TokenBucket
    clock: Clock

    async def __call__(self, caller: Caller, ticket: str | None, mode: Mode, n: int) -> Run:
        """The run; `BurstTicketRefused`, `InvalidValue`, and `BurstRefused` for a repeat or a spent budget."""
        run = await self.tickets.run_of(caller, ticket)
        if run.plan.mode is not mode:
            raise InvalidValue("mode", f"This is a {run.plan.mode} run.")
        run.plan.number(n)
        now = self.clock()
        is_first = self.active.receive(run, caller.request_id, n, now)
        await self.active.wait(run.id)
        if now >= run.started_at + LIFETIME:
            raise BurstTicketRefused
        if not is_first:
            raise BurstRefused("A request with this number was here before.")
        if not self.budget.take():
            raise BurstRefused("Too many requests of everybody together. Try again in a moment.")
        return run


@dataclass(frozen=True, slots=True)
class StallRun:
    """Let the requests of a run wait for `STALL_MS`, once: those of nobody else are held up."""

    tickets: Tickets
    active: ActiveRuns
    bus: Bus

    async def __call__(self, caller: Caller, run_id: str, ticket: str | None) -> None:
        """Raises `BurstTicketRefused` for a run that is not the caller's own, and `BurstRefused` for a second time."""
        run = await self.tickets.run_of(caller, ticket)
        if run.id != run_id:
            raise BurstTicketRefused
        if not self.active.stall(run.id):
            raise BurstRefused("A run is stalled once.")
        if self.active.shared:
            await self.bus.publish(RunStalled(run.id))


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One query: the run's own row."""

    record: RecordRequest
    unit_of_work: UnitOfWork

    async def __call__(self, caller: Caller, ticket: str | None, n: int) -> None:
        """Raises what `RecordRequest` does, and `Unavailable`."""
        run = await self.record(caller, ticket, Mode.READ, n)
        if await self.unit_of_work.run(lambda repositories: repositories.runs.under_way(run.id)) is None:
            raise BurstTicketRefused


@dataclass(frozen=True, slots=True)
class WriteRow:
    """One row, in a transaction of its own."""

    record: RecordRequest
    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, caller: Caller, ticket: str | None, n: int) -> None:
        """Raises what `RecordRequest` does, and `Unavailable`."""
        run = await self.record(caller, ticket, Mode.WRITE, n)
        now = self.clock()
        await self.unit_of_work.run(
            lambda repositories: repositories.burst_rows.add(run.id, n, caller.request_id, now)
        )
