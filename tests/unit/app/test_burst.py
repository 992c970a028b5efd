"""Bursts on fakes: who may run one, and what the receipt says of what went wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.budget import Budget
from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.burst.compose import Ports, compose
from portfolio_app.app.burst.finish import FinishCommand
from portfolio_app.app.burst.record import Machine
from portfolio_app.app.burst.start import AT_ONCE, StartCommand, Started
from portfolio_app.app.burst.traces import FIRST, MOST_SPANS, KeptTraces
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import (
    BurstRefused,
    BurstTicketRefused,
    NotFound,
    RateLimited,
    RunUnderWay,
    Unavailable,
)
from portfolio_app.app.ports.limiter import Scope
from portfolio_app.app.ports.live_feed import FeedBatch, NetworkRow, SpanView, Trace
from portfolio_app.app.ports.runs import Record
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Mode
from portfolio_app.domain.errors import InvalidValue
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

    def worker(self, *, shared: bool = False) -> Burst:
        machine = Machine("a processor", 2, "3.11", 1)
        ports = Ports(
            self.work, self.bus, self.limiter, self.feed, self.clock, machine, "abc1234", shared=shared
        )
        bursts = compose(ports, lambda use_case: use_case)
        if shared:
            self.telling.append(asyncio.create_task(bursts.exchange.tell()))
        return bursts.burst


@pytest.fixture
def workers() -> Workers:
    return Workers()


def request(n: int, by: str = "ann") -> Caller:
    return replace(caller(by), request_id=f"{n:032x}")


def ticket_of(started: Started) -> str:
    return f"{started.run.id}.{started.secret}"


async def start(burst: Burst, mode: str = "noop", by: str = "ann") -> Started:
    return await burst.start(caller(by), StartCommand(SIZE, 4, mode))


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


@pytest.mark.parametrize("mode", list(Mode))
async def test_a_run_balances_and_is_there_for_anybody(workers: Workers, mode: Mode) -> None:
    burst = workers.worker()
    started = await start(burst, mode)
    await send(burst, started, range(SIZE))

    record = await finish(burst, started, answers(range(SIZE)))

    assert record["balanced"]
    assert record["ledgers"] == {
        **dict.fromkeys(("sent", "answered", "received", "pushed"), SIZE),
        "refused": 0,
        "failed": 0,
        "stored": SIZE if mode is Mode.WRITE else None,
    }
    assert await burst.read_run(started.run.id) == record
    assert [summary["run"] for summary in await burst.recent_runs()] == [started.run.id]


async def test_a_row_that_the_database_dropped_is_named(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst, "write")
    await send(burst, started, range(SIZE))
    del workers.store.burst_rows[started.run.id, 13]

    record = await finish(burst, started, answers(range(SIZE)))

    assert not record["balanced"]
    [mismatch] = record["mismatches"]
    assert (mismatch["n"], mismatch["request_id"], mismatch["missing"]) == (13, f"{13:032x}", "stored")


async def test_a_push_that_got_lost_is_named(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))

    record = await finish(burst, started, answers(range(SIZE), pushed=lambda n: n != 4))

    [mismatch] = record["mismatches"]
    assert (mismatch["request_id"], mismatch["missing"]) == (f"{4:032x}", "pushed")


async def test_a_run_cancelled_half_way_balances(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst, "write")
    await send(burst, started, range(11))
    seen = answers(range(12), status=lambda n: 200 if n < 10 else 0, pushed=lambda n: n < 10)

    record = await finish(burst, started, seen, sent=12)

    assert record["balanced"]
    assert record["cancelled"]
    assert (record["ledgers"]["failed"], record["ledgers"]["received"]) == (2, 11)


async def test_answers_sent_twice_count_once(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))
    await burst.take_answers(caller(), started.run.id, ticket_of(started), answers(range(SIZE)))

    record = await finish(burst, started, answers(range(SIZE), status=lambda _: 500))

    assert record["ledgers"]["answered"] == SIZE


async def test_a_session_has_one_run_and_the_next_after_it(workers: Workers) -> None:
    burst = workers.worker()
    first = await start(burst)

    with pytest.raises(RunUnderWay) as refused:
        await start(burst)
    await finish(burst, first, [], sent=0)

    assert refused.value.run == first.run.id
    assert (await start(burst)).run.id != first.run.id


async def test_a_run_that_nobody_is_behind_makes_way(workers: Workers) -> None:
    burst = workers.worker()
    abandoned = await start(burst)
    workers.clock.advance(seconds=31)

    await start(burst)

    with pytest.raises(BurstTicketRefused):
        await send(burst, abandoned, [0])


async def test_only_a_few_runs_go_at_once(workers: Workers) -> None:
    burst = workers.worker()
    runs = [await start(burst, by=f"visitor-{number}") for number in range(AT_ONCE)]
    assert len({started.run.id for started in runs}) == AT_ONCE

    with pytest.raises(BurstRefused):
        await start(burst, by="one-more")

    workers.clock.advance(minutes=6)
    await burst.purge()
    await start(burst, by="one-more")


async def test_a_start_that_fails_leaves_the_session_free(workers: Workers) -> None:
    burst = workers.worker()
    workers.limiter.allowed[Scope.BURST_IP] = 0
    with pytest.raises(RateLimited):
        await start(burst)
    workers.limiter.allowed.clear()
    workers.work.failure = Unavailable()
    with pytest.raises(Unavailable):
        await start(burst)
    workers.work.failure = None

    await start(burst)


async def test_a_ticket_is_good_for_its_session_its_run_and_its_time_only(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    good = ticket_of(started)
    run, _, secret = good.partition(".")
    other = "A" if secret[0] != "A" else "B"
    for bad in (None, "", run, secret, f"{run}.{other}{secret[1:]}", f"{'0' * 16}.{secret}", good + "x"):
        with pytest.raises(BurstTicketRefused):
            await burst.record(request(0), bad, Mode.NOOP, 0)
    with pytest.raises(BurstTicketRefused):
        await burst.record(request(0, by="eve"), good, Mode.NOOP, 0)
    with pytest.raises(BurstTicketRefused):
        await burst.finish(caller(), "0" * 16, good, FinishCommand(0, cancelled=False), lambda _: {})
    workers.clock.advance(minutes=6)
    with pytest.raises(BurstTicketRefused):
        await burst.record(request(0), good, Mode.NOOP, 0)
    assert secret not in repr(workers.store) + repr(started)


async def test_a_repeat_is_refused_and_noted_and_other_modes_are_not_offered(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))
    with pytest.raises(BurstRefused):
        await burst.record(request(500), ticket_of(started), Mode.NOOP, 3)
    with pytest.raises(InvalidValue):
        await burst.write(request(501), ticket_of(started), 4)
    with pytest.raises(InvalidValue):
        await burst.record(request(502), ticket_of(started), Mode.NOOP, SIZE)

    record = await finish(burst, started, answers(range(SIZE)))

    [mismatch] = record["mismatches"]
    assert (mismatch["request_id"], mismatch["missing"]) == (f"{500:032x}", "answered")


async def test_finishing_can_be_tried_again_after_the_database_was_away(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))
    workers.work.failure = Unavailable()
    with pytest.raises(Unavailable):
        await finish(burst, started, answers(range(SIZE)))
    with pytest.raises(InvalidValue):
        await finish(burst, started, [], sent=3)
    workers.work.failure = None

    assert (await finish(burst, started, []))["balanced"]
    with pytest.raises(BurstTicketRefused):
        await finish(burst, started, [])


async def test_workers_join_what_each_of_them_saw(workers: Workers) -> None:
    await workers.bus.start()
    one, two = workers.worker(shared=True), workers.worker(shared=True)
    started = await start(one, "write")
    await send(one, started, range(0, SIZE, 2))
    await send(two, started, range(1, SIZE, 2))
    await one.take_answers(caller(), started.run.id, ticket_of(started), answers(range(5)))

    record = await finish(two, started, answers(range(5, SIZE)))

    assert record["balanced"], record["mismatches"]
    for worker in (one, two):
        with pytest.raises(BurstTicketRefused):
            await send(worker, started, [0])
    for task in workers.telling:
        task.cancel()


async def test_purging_takes_rows_records_and_the_memory_of_expired_runs(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst, "write")
    await send(burst, started, range(SIZE))
    await finish(burst, started, answers(range(SIZE)))

    purged = await burst.purge()
    assert (purged.rows, workers.store.burst_rows) == (SIZE, {})

    workers.clock.advance(days=31)
    assert (await burst.purge()).runs == 1
    with pytest.raises(NotFound):
        await burst.read_run(started.run.id)


def test_a_budget_runs_out_and_fills_again() -> None:
    now = [0.0]
    budget = Budget(capacity=3, per_s=2, now=lambda: now[0])
    assert [budget.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert [budget.take() for _ in range(3)] == [True, True, False]


async def test_a_spent_budget_refuses_and_the_receipt_still_balances(workers: Workers) -> None:
    burst = workers.worker()
    budget: Any = burst.record
    budget.budget.capacity = budget.budget._left = 5
    budget.budget.per_s = 0
    started = await start(burst)
    refused = []
    for n in range(SIZE):
        try:
            await send(burst, started, [n])
        except BurstRefused:
            refused.append(n)

    record = await finish(burst, started, answers(range(SIZE), status=lambda n: 429 if n in refused else 200))

    assert record["balanced"]
    assert (record["ledgers"]["answered"], record["ledgers"]["refused"]) == (5, SIZE - 5)


def trace(request_id: str) -> Trace:
    spans = tuple(SpanView(str(n), "", "step", "http", "", 0, 1, ()) for n in range(10))
    return Trace(request_id, "/api/burst/noop", 0.0, 1, spans)


def network_row(number: int, path: str = "/api/burst/noop") -> NetworkRow:
    return NetworkRow(number, 0.0, "http", "GET", path, 200, float(number), 8, f"{number:032x}")


def test_the_first_traces_and_the_slowest_are_kept_and_no_more() -> None:
    kept, count = KeptTraces(), 2_000
    for number in range(count):
        kept.offer(network_row(number), trace)
    found = [number for number in range(count) if kept.get(f"{number:032x}")]
    assert found == [*range(FIRST), *range(count - MOST_SPANS // 10, count)]


async def test_traces_of_a_run_are_kept_as_the_feed_brings_them(workers: Workers) -> None:
    workers.feed.trace = lambda _, request_id: trace(request_id)  # type: ignore[method-assign]
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))
    rows = (*map(network_row, range(SIZE)), network_row(99, "/api/live"))
    for subscriber in workers.feed.subscribers:
        await subscriber(caller().session_id, FeedBatch(network=rows))
        await subscriber(caller("eve").session_id, FeedBatch(network=rows))

    await burst.take_answers(caller(), started.run.id, ticket_of(started), answers(range(SIZE)))
    record = await burst.finish(
        caller(),
        started.run.id,
        ticket_of(started),
        FinishCommand(SIZE, cancelled=False),
        lambda found: {"id": found.request_id},
    )

    assert [slow["trace"]["id"] for slow in record["slowest"]] == [
        slow["request_id"] for slow in record["slowest"]
    ]


def test_what_is_kept_of_runs_is_bounded() -> None:
    active = ActiveRuns()
    for number in range(5_000):
        active.disown(f"run-{number}")
        active.notes(f"run-{number}")
    assert (len(active._disowned), len(active._notes)) == (1_024, 256)
