"""Bursts on fakes, and what a visitor does with one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.burst.compose import Ports, compose
from portfolio_app.app.burst.finish import FinishCommand
from portfolio_app.app.burst.record import Machine
from portfolio_app.app.burst.start import StartCommand, Started
from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.runs import Record
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Mode
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.limiter import FakeLimiter
from tests.fakes.live_feed import FakeLiveFeed
from tests.fakes.samples import caller
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork

SIZE = 20


@dataclass
class Workers:
    """One worker, or several on the same rows and bus."""

    clock: FakeClock = field(default_factory=FakeClock)
    store: Store = field(default_factory=Store)
    bus: FakeBus = field(default_factory=FakeBus)
    limiter: FakeLimiter = field(default_factory=FakeLimiter)
    feed: FakeLiveFeed = field(default_factory=FakeLiveFeed)

    def __post_init__(self) -> None:
        self.work = FakeUnitOfWork(self.store, self.clock)
        self.telling: list[asyncio.Task[None]] = []

    def worker(
        self, work: UnitOfWork | None = None, *, shared: bool = False, bus: Bus | None = None
    ) -> Burst:
        """On the fake rows unless `work` has real ones, and on the fake bus unless there is another."""
        machine = Machine("a processor", 2, "3.11", 1)
        ports = Ports(
            work or self.work,
            bus or self.bus,
            self.limiter,
            self.feed,
            self.clock,
            machine,
            "abc1234",
            shared=shared,
        )
        bursts = compose(ports, lambda use_case: use_case)
        if shared:
            self.telling.append(asyncio.create_task(bursts.exchange.tell()))
        return bursts.burst

    def stop(self) -> None:
        """End what workers tell each other."""
        for task in self.telling:
            task.cancel()


@pytest.fixture
def workers() -> Workers:
    return Workers()


def request(n: int, by: str = "ann") -> Caller:
    return replace(caller(by), request_id=f"{n:032x}")


def ticket_of(started: Started) -> str:
    return f"{started.run.id}.{started.secret}"


async def start(burst: Burst, mode: str = "noop", by: str = "ann", network: str = "203.0.113.7") -> Started:
    return await burst.start(replace(caller(by), network=network), StartCommand(SIZE, 4, mode))


async def send(burst: Burst, started: Started, numbers: Sequence[int]) -> None:
    mode = started.run.plan.mode
    for n in numbers:
        if mode is Mode.WRITE:
            await burst.write(request(n), ticket_of(started), n)
        elif mode is Mode.READ:
            await burst.read(request(n), ticket_of(started), n)
        else:
            await burst.record(request(n), ticket_of(started), mode, n)


def answers(numbers: Sequence[int], **changed: Any) -> list[Answer]:
    return [Answer(**{**vars_of(n), **{name: value(n) for name, value in changed.items()}}) for n in numbers]


def vars_of(n: int) -> dict[str, Any]:
    return {
        "n": n,
        "request_id": f"{n:032x}",
        "status": 200,
        "started_us": n * 10,
        "duration_us": 900 + n,
        "pushed": True,
    }


async def finish(burst: Burst, started: Started, seen: list[Answer], sent: int = SIZE) -> Record:
    run, ticket = started.run.id, ticket_of(started)
    await burst.take_answers(caller(), run, ticket, seen)
    return await burst.finish(caller(), run, ticket, FinishCommand(sent, cancelled=sent < SIZE), lambda _: {})
