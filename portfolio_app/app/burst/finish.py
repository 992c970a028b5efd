"""The sender reports what it saw, and gets the receipt."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.notes import STALL_MS
from portfolio_app.app.burst.record import Circumstances, DrawTrace, Machine, record_of, summary_of
from portfolio_app.app.burst.tickets import Tickets
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BurstTicketRefused
from portfolio_app.app.events import RunEnded
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.runs import Record, Run
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.burst.ledger import Answer, Books
from portfolio_app.domain.burst.plan import Mode, Pace
from portfolio_app.domain.burst.ramp import Ramp
from portfolio_app.domain.burst.receipt import receipt
from portfolio_app.domain.errors import InvalidValue

SETTLE_S: Final = 5.0
"""How long what other workers noted may be on its way; without others there is nothing to wait for."""
ASK_AFTER_S: Final = 1.0
"""Notes that have not come by then are asked for."""
_LOOK_EVERY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class TakeAnswers:
    """Note what the sender saw; sending the same again changes nothing."""

    tickets: Tickets
    active: ActiveRuns
    clock: Clock

    async def __call__(
        self, caller: Caller, run_id: str, ticket: str | None, answers: Sequence[Answer]
    ) -> None:
        """Raises `BurstTicketRefused`, and `InvalidValue` for a number the run does not have."""
        run = await self.tickets.run_of(caller, ticket)
        if run.id != run_id:
            raise BurstTicketRefused
        for answer in answers:
            run.plan.number(answer.n)
        self.active.answer(run, list(answers), self.clock())


@dataclass(frozen=True, slots=True)
class FinishCommand:
    """The sender's report at the end: how many requests it sent, whether it was stopped, and the `pace` of an open
    loop; None for a closed one."""

    sent: int
    cancelled: bool
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class FinishRun:
    """Join the ledgers, store the receipt, free the session."""

    tickets: Tickets
    active: ActiveRuns
    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock
    machine: Machine
    commit: str

    async def __call__(
        self, caller: Caller, run_id: str, ticket: str | None, command: FinishCommand, draw: DrawTrace
    ) -> Record:
        """The public record; `draw` makes of a trace what is shown of it.

        Raises `BurstTicketRefused`, `Unavailable`, and `InvalidValue` when `sent` fits neither the run nor the
        answers; after those two the sender may try again.
        """
        run = await self.tickets.run_of(caller, ticket)
        if run.id != run_id:
            raise BurstTicketRefused
        if command.pace is not None and command.sent + command.pace.skipped > run.plan.size.value:
            raise InvalidValue("skipped", "The number of requests not sent does not fit the run.")
        self.active.finishing.add(run.id)
        try:
            record = await self._close(run, command, draw)
        except BaseException:
            self.active.finishing.discard(run.id)
            raise
        self.active.end(run.id)
        await self.bus.publish(RunEnded(run.id))
        return record

    async def _close(self, run: Run, command: FinishCommand, draw: DrawTrace) -> Record:
        # Rows first: what another worker stored before, is published by the time all is settled.
        stored = await self._stored(run)
        await self._settle(run, command.sent, stored or {})
        notes = self.active.notes(run.id)
        # Copies, for other workers may go on telling; a thread, for 5,000 answers take long enough to hold others up.
        received = dict(notes.received)
        books = Books(
            run.plan.size.value, command.sent, dict(notes.answers), received, stored, notes.lasted_us
        )
        by_site = await self.unit_of_work.run(lambda repositories: _is_site(repositories, run.session_id))
        stalled_ms = STALL_MS if notes.stalled_until else 0
        around = Circumstances(
            run, command.cancelled, self.commit, self.machine, command.pace, stalled_ms, by_site
        )
        ramp = Ramp(run.plan.size.value, command.pace.per_s) if command.pace and command.pace.rising else None
        is_whole = not command.cancelled

        def made() -> Record:
            return record_of(receipt(books, ramp, is_whole=is_whole), around, notes.traces.get, draw)

        record = await asyncio.to_thread(made)
        # A run without a received request, or whose pushes its sender did not see, is in no list: its sender reads it.
        summary, now = summary_of(record) if record["listed"] else None, self.clock()

        def keep(repositories: Repositories) -> None:
            repositories.runs.finish(run.id, now, summary, record)

        await self.unit_of_work.run(keep)
        return record

    async def _settle(self, run: Run, sent: int, stored: Mapping[str, int]) -> None:
        if self.active.shared and not await self._is_settled(run, sent, stored, ASK_AFTER_S):
            self.active.miss()
            await self._is_settled(run, sent, stored, SETTLE_S - ASK_AFTER_S)

    async def _is_settled(self, run: Run, sent: int, stored: Mapping[str, int], within_s: float) -> bool:
        overdue = asyncio.get_running_loop().time() + within_s
        while not (settled := self.active.notes(run.id).is_settled(sent, stored)):
            if asyncio.get_running_loop().time() >= overdue:
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        return settled

    async def _stored(self, run: Run) -> dict[str, int] | None:
        if run.plan.mode is not Mode.WRITE:
            return None
        return await self.unit_of_work.run(lambda repositories: repositories.burst_rows.of(run.id))


def _is_site(repositories: Repositories, session_id: str) -> bool:
    session = repositories.sessions.get(session_id)
    user = repositories.users.get(session.user_id) if session and session.user_id else None
    return user is not None and user.is_site
