"""A visitor starts a burst."""

import asyncio
import math
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.give_up import Forget
from portfolio_app.app.burst.look_up import LookUp
from portfolio_app.app.burst.tickets import hash_of
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BurstRefused, RunUnderWay
from portfolio_app.app.events import RunStarted
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.runs import Run
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.burst.plan import Plan

LIFETIME: Final = timedelta(minutes=5)
"""How long a run's requests are taken."""
GRACE: Final = timedelta(minutes=2)
"""How much longer its sender may report and ask for the receipt: over a slow line that takes its time."""
AT_ONCE: Final = 4
"""Runs under way that one worker started."""
OF_A_NETWORK: Final = 2
"""How many of those may have been started from one network, behind which there may be several visitors."""
_BUSY_S: Final = 5


@dataclass(frozen=True, slots=True)
class StartCommand:
    """The burst that a visitor asked for, unchecked."""

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
    """One run for each session, `of_a_network` for each network, a few for everybody."""

    unit_of_work: UnitOfWork
    active: ActiveRuns
    look_up: LookUp
    bus: Bus
    limiter: RateLimiter
    clock: Clock
    forget: Forget
    of_a_network: int
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def __call__(self, caller: Caller, command: StartCommand) -> Started:
        """Store the run and hand out its ticket.

        Raises `InvalidValue`, `RunUnderWay`, `BurstRefused` when too many others run, `RateLimited`,
        `SessionEnded`.
        """
        plan = Plan.parse(command.size, command.workers, command.mode)
        # Starts of a session take turns: whether the one before gets its run is known only once it is stored.
        async with self._turns.setdefault(caller.session_id, asyncio.Lock()):
            return await self._start(caller, plan)

    async def _start(self, caller: Caller, plan: Plan) -> Started:
        now = self.clock()
        await self._make_way(caller, now)
        secret = secrets.token_urlsafe(32)
        expires_at = now + LIFETIME + GRACE
        run = Run(secrets.token_hex(8), caller.session_id, hash_of(secret), plan, now, expires_at)
        self.active.reserve(run.id, caller.network)
        try:
            await self.limiter.hit(Rates.BURST_NETWORK, caller.network)
            await self.limiter.hit(Rates.BURST_HOUR, caller.network)
            await self.unit_of_work.run(lambda repositories: _store(repositories, caller, run))
        except RunUnderWay as other:
            self.active.release(run.id)
            await self._meet(other.run)
            raise
        except BaseException:
            self.active.release(run.id)
            raise
        self.active.open(run, now)
        if self.active.shared:
            await self.bus.publish(RunStarted(run))
        return Started(run, secret)

    async def _make_way(self, caller: Caller, now: datetime) -> None:
        """Forget runs that nobody is behind, where their place is wanted."""
        if (last := self.active.runs.get(self.active.of_session(caller.session_id) or "")) is not None:
            if (left := self.active.patience(last, now).total_seconds()) <= 0:
                await self.forget(last)
            elif await self._is_over(last):
                self.active.end(last.id)
            else:
                raise RunUnderWay(last.id, math.ceil(left))
        if self._in_the_way_of(caller):
            for abandoned in self.active.abandoned(now):
                await self.forget(abandoned)
        if (reason := self._in_the_way_of(caller)) is not None:
            raise BurstRefused(reason, _BUSY_S)

    def _in_the_way_of(self, caller: Caller) -> str | None:
        networks = list(self.active.own.values())
        if networks.count(caller.network) >= self.of_a_network:
            return "Other bursts from your network run right now. Try again in a moment."
        if len(networks) >= AT_ONCE:
            return "Other visitors run their bursts right now. Try again in a moment."
        return None

    async def _is_over(self, run: Run) -> bool:
        """Whether another worker ended the run, and this one has not heard of it yet."""
        return self.active.shared and self.look_up.may_ask(run.id) and await self.look_up(run.id) is None

    async def _meet(self, run_id: str) -> None:
        """Know a run that the database has and this worker, started after it, has not: it may be abandoned."""
        run = await self.look_up(run_id)
        if run is not None:
            self.active.open(run, self.clock())


def _store(repositories: Repositories, caller: Caller, run: Run) -> None:
    current_user(repositories, caller)
    repositories.runs.start(run)
