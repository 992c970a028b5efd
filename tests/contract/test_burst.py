"""A burst on real databases and a real Redis: what the first lose is named, what workers lose they ask for."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.burst.exchange import Exchange
from portfolio_app.app.burst.start import Started
from portfolio_app.app.events import NotesWanted, RunNoted
from portfolio_app.app.ports.runs import Run
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.infra.bus.cursor import Look
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.bus.shared import TRACES
from portfolio_app.infra.db.database import Database
from tests.contract.listener import Listener
from tests.fakes.clock import FakeClock
from tests.fakes.live_feed import FakeLiveFeed
from tests.servers import RedisServer
from tests.unit.app.burst.conftest import SIZE, Workers, answers, finish, send, start
from tests.waiting import until


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DELETE FROM burst_rows WHERE n = 13", [(f"{13:032x}", "stored")]),
        (
            "UPDATE burst_rows SET request_id = 'x' WHERE n = 13",
            [(f"{13:032x}", "stored"), ("x", "received")],
        ),
    ],
    ids=["dropped", "changed"],
)
async def test_a_row_that_is_not_as_it_was_written_is_named_by_its_id(
    database: Database, clock: FakeClock, change: str, named: list[tuple[str, str]]
) -> None:
    burst = Workers(clock).worker(database.unit_of_work)
    started = await start(burst, "write")
    await send(burst, started, range(SIZE))
    with database.engine.begin() as connection:
        assert connection.execute(text(change)).rowcount == 1

    record = await finish(burst, started, answers(range(SIZE)))

    found = [(mismatch["request_id"], mismatch["missing"]) for mismatch in record["mismatches"]]
    assert sorted(found) == sorted(named)
    assert (record["balanced"], record["ledgers"]["received"]) == (False, SIZE)


class Pair:
    """Two workers on the same rows, each with a bus of its own to one Redis; each answers half of a run."""

    def __init__(self, redis_url: str) -> None:
        self.workers = Workers()
        self.near, self.far = RedisBus(redis_url), RedisBus(redis_url)

    async def first_half(self) -> tuple[Burst, Started]:
        """The run that the near worker started, and answered half of."""
        near = self.workers.worker(shared=True, bus=self.near)
        await self.near.start()
        started = await start(near)
        await send(near, started, range(SIZE // 2))
        return near, started

    async def second_half(self, far: Burst, started: Started) -> dict[str, Any]:
        """What the far worker finds, which answered the rest."""
        await send(far, started, range(SIZE // 2, SIZE))
        return await finish(far, started, answers(range(SIZE)))

    async def stop(self) -> None:
        self.workers.stop()
        await self.near.stop()
        await self.far.stop()


def told(bus: RedisBus) -> Callable[[], bool]:
    """Whether everything that was published on the bus is in Redis."""
    return lambda: not bus.waiting and not bus._traces.waits


async def test_a_worker_that_begins_to_read_in_the_middle_of_a_run_has_all_of_it(redis_url: str) -> None:
    pair = Pair(redis_url)
    near_heard = Listener(pair.near)
    _, started = await pair.first_half()
    await until(lambda: any(isinstance(event, RunNoted) for event in near_heard.heard))
    await until(told(pair.near))

    far = pair.workers.worker(shared=True, bus=pair.far)
    await pair.far.start()
    record = await pair.second_half(far, started)

    assert (record["balanced"], record["ledgers"]["received"]) == (True, SIZE)
    await pair.stop()


async def test_a_worker_that_reads_too_slowly_asks_for_the_notes_that_were_trimmed(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = Pair(redis_url)
    may_read, read = asyncio.Event(), pair.far._redis.xread
    may_read.set()

    async def read_slowly(*arguments: Any, **options: Any) -> Any:
        await may_read.wait()
        return await read(*arguments, **options)

    monkeypatch.setattr(pair.far._redis, "xread", read_slowly)
    far_heard, near_heard = Listener(pair.far), Listener(pair.near)
    far = pair.workers.worker(shared=True, bus=pair.far)
    await pair.far.start()
    may_read.clear()
    await asyncio.sleep(1.1)  # as long as a read that has begun may take
    _, started = await pair.first_half()
    await until(lambda: any(isinstance(event, RunNoted) for event in near_heard.heard))
    await until(told(pair.near))
    async with Redis.from_url(redis_url) as client:
        await client.xtrim(TRACES, maxlen=0, approximate=False)
    may_read.set()
    await far_heard.wait_for_missed_traces()

    record = await pair.second_half(far, started)

    assert (record["balanced"], record["ledgers"]["received"]) == (True, SIZE)
    await pair.stop()


@pytest.mark.redis
async def test_a_worker_that_started_without_redis_asks_for_what_it_could_not_read(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = Pair(own_redis.url)
    may_look, look = asyncio.Event(), pair.far._traces.look

    async def look_late() -> Look:
        await may_look.wait()
        return await look()

    await asyncio.to_thread(own_redis.stop)
    far = pair.workers.worker(shared=True, bus=pair.far)
    far_heard, near_heard = Listener(pair.far), Listener(pair.near)
    await pair.far.start()
    await asyncio.to_thread(own_redis.start)
    monkeypatch.setattr(pair.far._traces, "look", look_late)
    _, started = await pair.first_half()
    # The far one asked when it started; the answer comes too early for it, too.
    await until(lambda: any(isinstance(event, NotesWanted) for event in near_heard.heard))
    await until(lambda: any(isinstance(event, RunNoted) for event in near_heard.heard))
    await until(told(pair.near))
    may_look.set()
    await far_heard.wait_for_missed_traces()

    record = await pair.second_half(far, started)

    assert (record["balanced"], record["ledgers"]["received"]) == (True, SIZE)
    await pair.stop()


async def test_ten_thousand_notes_at_once_arrive_and_are_told_once_more_in_pieces(redis_url: str) -> None:
    most = 10_000
    pair, clock = Pair(redis_url), FakeClock()
    near, far = (ActiveRuns(shared=True) for _ in range(2))
    plan = Plan.parse(5_000, 1, "noop")
    run = Run("r" * 16, "s" * 32, "hash", plan, clock(), clock() + timedelta(minutes=5))
    near_exchange = Exchange(near, pair.near, FakeLiveFeed(), clock)
    far_exchange = Exchange(far, pair.far, FakeLiveFeed(), clock)
    pair.near.subscribe(near_exchange.on_event)
    pair.far.subscribe(far_exchange.on_event)
    await pair.near.start()
    near.open(run, clock())
    for number in range(most):
        near.receive(run, f"{number:032x}", number % 5_000, clock())
    pair.workers.telling.append(asyncio.create_task(near_exchange.tell()))
    await until(lambda: not near.notes(run.id).untold)
    await until(told(pair.near))

    heard = Listener(pair.far)
    await pair.far.start()
    pair.workers.telling.append(asyncio.create_task(far_exchange.tell()))
    await until(lambda: len(far.notes(run.id).received) == most)

    noted = [event for event in heard.heard if isinstance(event, RunNoted)]
    assert max(len(event.received) for event in noted) <= most // 10
    assert far.of_session(run.session_id) == run.id
    await pair.stop()
