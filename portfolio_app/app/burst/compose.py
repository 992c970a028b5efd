"""The use cases of bursts, put together on their ports."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.burst.exchange import Exchange
from portfolio_app.app.burst.finish import FinishRun, TakeAnswers
from portfolio_app.app.burst.give_up import Forget, GiveUpRun
from portfolio_app.app.burst.look_up import LookUp
from portfolio_app.app.burst.purge import PurgeRuns
from portfolio_app.app.burst.read import ReadRun, RecentRuns
from portfolio_app.app.burst.record import Machine
from portfolio_app.app.burst.send import AT_ONCE, PER_S, ReadRow, RecordRequest, StallRun, WriteRow
from portfolio_app.app.burst.start import OF_A_NETWORK, StartRun
from portfolio_app.app.burst.tickets import Tickets
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter
from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.app.repeat import repeat
from portfolio_app.app.token_bucket import TokenBucket

_log = logging.getLogger(__name__)
PURGE_EVERY_S: Final = 60.0

UseCase = TypeVar("UseCase", bound=Callable[..., Awaitable[object]])


class Timed(Protocol):
    """Makes each call of a use case a step of its trace."""

    def __call__(self, use_case: UseCase, /) -> UseCase: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports that bursts need. `shared` says that there are other workers on the same bus."""

    unit_of_work: UnitOfWork
    bus: Bus
    limiter: RateLimiter
    live_feed: LiveFeed
    clock: Clock
    machine: Machine
    commit: str
    budget: TokenBucket = field(default_factory=lambda: TokenBucket(PER_S, AT_ONCE))
    of_a_network: int = OF_A_NETWORK
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Bursts:
    """The use cases, and what keeps them going."""

    burst: Burst
    exchange: Exchange

    async def run(self) -> None:
        """Tell other workers what they need, and purge, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.exchange.tell(), name="burst-exchange")
            tasks.create_task(repeat("purging bursts", self._purge, PURGE_EVERY_S), name="burst-purge")

    async def _purge(self) -> None:
        purged = await self.burst.purge()
        if purged.runs or purged.rows:
            _log.info("purged %d runs and %d rows of bursts", purged.runs, purged.rows)


def compose(ports: Ports, timed: Timed) -> Bursts:
    """Wire everything, and subscribe to the bus and to the feed."""
    work, clock = ports.unit_of_work, ports.clock
    active = ActiveRuns(shared=ports.shared)
    tickets = Tickets(active, LookUp(work), clock)
    forget = Forget(active, work, ports.bus)
    record = RecordRequest(tickets, active, ports.budget, clock)
    exchange = Exchange(active, ports.bus, ports.live_feed, clock)
    ports.bus.subscribe(exchange.on_event)
    ports.live_feed.subscribe(exchange.on_batch)
    burst = Burst(
        start=timed(
            StartRun(work, active, LookUp(work), ports.bus, ports.limiter, clock, forget, ports.of_a_network)
        ),
        record=record,  # a no-op is to cost nothing but itself
        read=timed(ReadRow(record, work)),
        write=timed(WriteRow(record, work, clock)),
        stall=timed(StallRun(tickets, active, ports.bus)),
        take_answers=timed(TakeAnswers(tickets, active, clock)),
        finish=timed(FinishRun(tickets, active, work, ports.bus, clock, ports.machine, ports.commit)),
        give_up=timed(GiveUpRun(tickets, forget)),
        read_run=timed(ReadRun(work)),
        recent_runs=timed(RecentRuns(work)),
        purge=PurgeRuns(work, active, clock),
    )
    return Bursts(burst, exchange)
