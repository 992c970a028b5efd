"""Runs whose sender is gone: who may give one up, and when the server does it by itself."""

import asyncio

import pytest

from portfolio_app.app.errors import BurstTicketRefused, RunUnderWay, Unavailable
from portfolio_app.app.events import RunNoted
from tests.fakes.samples import caller
from tests.unit.app.burst.conftest import SIZE, Workers, answers, finish, send, start, ticket_of
from tests.waiting import until


async def test_a_run_that_nobody_is_behind_makes_way(workers: Workers) -> None:
    burst = workers.worker()
    abandoned = await start(burst, "write")
    workers.clock.advance(seconds=5)
    await send(burst, abandoned, [0])
    workers.clock.advance(seconds=5)
    with pytest.raises(RunUnderWay) as refused:
        await start(burst)
    assert refused.value.retry_after == 3
    workers.clock.advance(seconds=3)

    await start(burst)

    with pytest.raises(BurstTicketRefused):
        await send(burst, abandoned, [1])
    assert workers.store.burst_rows == {}


async def test_a_run_that_its_sender_gives_up_leaves_nothing(workers: Workers) -> None:
    await workers.bus.start()
    one, two = workers.worker(shared=True), workers.worker(shared=True)
    left = await start(one, "write")
    await send(one, left, range(10))
    await one.take_answers(caller(), left.run.id, ticket_of(left), answers(range(5)))

    await two.give_up(caller(), left.run.id, ticket_of(left))

    assert (workers.store.runs, workers.store.burst_rows, await one.recent_runs()) == ({}, {}, [])
    for worker in (one, two):
        with pytest.raises(BurstTicketRefused):
            await send(worker, left, [11])
        with pytest.raises(BurstTicketRefused):
            await worker.give_up(caller(), left.run.id, ticket_of(left))
    again = await start(two, "write")
    await send(one, again, range(SIZE))
    assert (await finish(one, again, answers(range(SIZE))))["balanced"]
    workers.stop()


async def test_only_its_sender_gives_a_run_up_and_not_while_it_is_finished(workers: Workers) -> None:
    await workers.bus.start()
    burst = workers.worker(shared=True)
    mine, others = await start(burst), await start(burst, by="eve")
    for run, ticket in (
        (mine.run.id, ticket_of(others)),
        (others.run.id, ticket_of(others)),
        (others.run.id, ticket_of(mine)),
        (mine.run.id, f"{mine.run.id}.{others.secret}"),
    ):
        with pytest.raises(BurstTicketRefused):
            await burst.give_up(caller(), run, ticket)
    await send(burst, mine, range(SIZE))
    finishing = asyncio.create_task(finish(burst, mine, []))
    await asyncio.sleep(0)
    with pytest.raises(BurstTicketRefused):
        await burst.give_up(caller(), mine.run.id, ticket_of(mine))
    await workers.bus.publish(RunNoted(mine.run.id, "another", (), tuple(answers(range(SIZE)))))

    assert (await finishing)["balanced"]
    assert list(workers.store.runs) == [others.run.id]


async def test_a_run_that_could_not_be_given_up_can_be_again(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    workers.work.failure = Unavailable()
    with pytest.raises(Unavailable):
        await burst.give_up(caller(), started.run.id, ticket_of(started))
    workers.work.failure = None

    await send(burst, started, [0])
    await burst.give_up(caller(), started.run.id, ticket_of(started))
    await start(burst)


async def test_a_run_that_another_worker_hears_of_is_not_abandoned(workers: Workers) -> None:
    await workers.bus.start()
    one, two = workers.worker(shared=True), workers.worker(shared=True)
    started = await start(one)
    workers.clock.advance(seconds=7)
    await send(two, started, [0])
    await until(lambda: any(isinstance(event, RunNoted) for event in workers.bus.events))
    workers.clock.advance(seconds=7)

    with pytest.raises(RunUnderWay):
        await start(one)
    workers.stop()


async def test_a_run_from_before_a_restart_makes_way_when_nobody_is_behind_it(workers: Workers) -> None:
    await start(workers.worker())
    restarted = workers.worker()
    with pytest.raises(RunUnderWay):
        await start(restarted)
    workers.clock.advance(seconds=9)

    await start(restarted)
