"""A visitor starts a burst."""

import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.give_up import Forget
from portfolio_app.app.burst.tickets import hash_of
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BurstRefused, RunUnderWay
from portfolio_app.app.events import RunStarted
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Scope
from portfolio_app.app.ports.runs import Run
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.burst.plan import Plan

LIFETIME: Final = timedelta(minutes=5)
"""How long a run's requests are taken."""
GRACE: Final = timedelta(minutes=2)
"""How much longer its sender may report and ask for the receipt: over a slow line that takes its time."""
AT_ONCE: Final = 4
"""Runs under way that one worker started."""
_BUSY_S: Final = 5


@dataclass(frozen=True, slots=True)
class StartCommand:
    """What the visitor asked for, as it came."""

    size: int
    workers: int
    mode: str


@dataclass(frozen=True, slots=True)
class Started:
    """The run, and the secret that its requests have to carry."""

    run: Run
    secret: str

    def __repr__(self) -> str:
        return f"Started({self.run.id})"


@dataclass(frozen=True, slots=True)
class StartRun:
    """One run for each session, a few for everybody."""

    unit_of_work: UnitOfWork
    active: ActiveRuns
    bus: Bus
    limiter: RateLimiter
    clock: Clock
    forget: Forget

    async def __call__(self, caller: Caller, command: StartCommand) -> Started:
        """Store the run and hand out its ticket.

        Raises `InvalidValue`, `RunUnderWay`, `BurstRefused` when too many others run, `RateLimited`,
        `SessionEnded`.
        """
        plan = Plan.parse(command.size, command.workers, command.mode)
        now = self.clock()
        await self._make_way(caller.session_id, now)
        secret = secrets.token_urlsafe(32)
        expires_at = now + LIFETIME + GRACE
        run = Run(secrets.token_hex(8), caller.session_id, hash_of(secret), plan, now, expires_at)
        self.active.reserve(caller.session_id, run.id)
        try:
            await self.limiter.hit(Scope.BURST_IP, caller.ip)
            await self.unit_of_work.run(lambda repositories: _store(repositories, caller, run))
        except RunUnderWay as other:
            self.active.release(caller.session_id, run.id)
            await self._meet(other.run)
            raise
        except BaseException:
            self.active.release(caller.session_id, run.id)
            raise
        self.active.open(run, now)
        if self.active.shared:
            await self.bus.publish(RunStarted(run))
        return Started(run, secret)

    async def _make_way(self, session_id: str, now: datetime) -> None:
        """Forget runs that nobody is behind, where their place is wanted."""
        if (last := self.active.of_session(session_id)) is not None:
            run = self.active.runs.get(last)
            left = self.active.patience(run, now).total_seconds() if run else _BUSY_S
            if run is None or left > 0:
                raise RunUnderWay(last, math.ceil(left))
            await self.forget(run)
        if len(self.active.own) >= AT_ONCE:
            for abandoned in self.active.abandoned(now):
                await self.forget(abandoned)
        if self.active.of_session(session_id) is not None or len(self.active.own) >= AT_ONCE:
            raise BurstRefused("Other visitors run their bursts right now. Try again in a moment.", _BUSY_S)

    async def _meet(self, run_id: str) -> None:
        """Know a run that the database has and this worker, started after it, has not: it may be abandoned."""
        run = await self.unit_of_work.run(lambda repositories: repositories.runs.under_way(run_id))
        if run is not None:
            self.active.open(run, self.clock())


def _store(repositories: Repositories, caller: Caller, run: Run) -> None:
    current_user(repositories, caller)
    repositories.runs.start(run)
