"""Who may run a burst, how many, and what a ticket is good for."""

import asyncio

import pytest

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.finish import FinishCommand
from portfolio_app.app.burst.look_up import LookUp
from portfolio_app.app.burst.start import AT_ONCE, Started
from portfolio_app.app.burst.tickets import Tickets
from portfolio_app.app.errors import (
    BurstRefused,
    BurstTicketRefused,
    RateLimited,
    RunUnderWay,
    Unavailable,
)
from portfolio_app.app.ports.limiter import Rate, Rates
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.domain.burst.plan import Mode
from tests.fakes.samples import caller
from tests.unit.app.burst.conftest import Workers, finish, request, start, ticket_of


async def test_a_session_has_one_run_and_the_next_after_it(workers: Workers) -> None:
    burst = workers.worker()
    first = await start(burst)

    with pytest.raises(RunUnderWay) as refused:
        await start(burst)
    await finish(burst, first, [], sent=0)

    assert refused.value.run == first.run.id
    assert (await start(burst)).run.id != first.run.id


async def test_only_a_few_runs_go_at_once(workers: Workers) -> None:
    burst = workers.worker()
    runs = [await start(burst, by=f"visitor-{n}", network=f"203.0.113.{n}") for n in range(AT_ONCE)]
    assert len({started.run.id for started in runs}) == AT_ONCE

    with pytest.raises(BurstRefused):
        await start(burst, by="one-more", network="203.0.113.8")

    workers.clock.advance(seconds=7)
    for number, started in enumerate(runs[1:], 1):
        await burst.record(request(0, by=f"visitor-{number}"), ticket_of(started), Mode.NOOP, 0)
    workers.clock.advance(seconds=2)
    await start(burst, by="one-more", network="203.0.113.8")
    assert runs[0].run.id not in workers.store.runs
    with pytest.raises(BurstRefused):
        await start(burst, by="yet-one-more", network="203.0.113.9")

    workers.clock.advance(minutes=8)
    await burst.purge()
    await start(burst, by="yet-one-more", network="203.0.113.9")


async def test_an_address_has_two_runs_at_once_whose_ever_they_are(workers: Workers) -> None:
    burst = workers.worker()
    first = [await start(burst, by=name) for name in ("ann", "bea")]
    with pytest.raises(BurstRefused):
        await start(burst, by="eve")
    await start(burst, by="far", network="203.0.113.8")
    await burst.give_up(caller("bea"), first[1].run.id, ticket_of(first[1]))
    await start(burst, by="eve")

    workers.clock.advance(seconds=9)
    await start(burst, by="dan")
    assert "203.0.113" not in repr(workers.store)


async def test_of_a_sessions_starts_at_once_one_runs_and_the_others_name_it(workers: Workers) -> None:
    burst = workers.worker()
    results = await asyncio.gather(*(start(burst) for _ in range(9)), return_exceptions=True)
    [run] = [result.run.id for result in results if isinstance(result, Started)]
    assert [other.run for other in results if isinstance(other, RunUnderWay)] == [run] * 8


async def test_a_start_that_comes_to_nothing_is_named_to_nobody(workers: Workers) -> None:
    burst = workers.worker()
    workers.limiter.allowed[Rates.BURST_NETWORK] = 0
    results = await asyncio.gather(*(start(burst) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [RateLimited] * 3


@pytest.mark.parametrize("end", ["finish", "give_up"])
async def test_a_run_that_another_worker_just_ended_is_in_nobodys_way(workers: Workers, end: str) -> None:
    await workers.bus.start()
    one, two = workers.worker(shared=True), workers.worker(shared=True)
    started = await start(one)
    await workers.bus.stop()  # what is published from now on has not arrived yet
    with pytest.raises(RunUnderWay):
        await start(two)
    if end == "finish":
        await finish(one, started, [], sent=0)
    else:
        await one.give_up(caller(), started.run.id, ticket_of(started))

    assert (await start(two)).run.id != started.run.id
    workers.stop()


async def test_made_up_tickets_are_asked_of_the_database_a_few_at_a_time(workers: Workers) -> None:
    now = [0.0]
    look_up = LookUp(workers.work, TokenBucket(1, 3, lambda: now[0]))
    tickets = Tickets(ActiveRuns(), look_up, workers.clock)
    started = await start(workers.worker())
    for number in range(5):
        with pytest.raises(BurstTicketRefused):
            await tickets.run_of(caller(), f"{number:016x}.{started.secret}")
    with pytest.raises(BurstTicketRefused):
        await tickets.run_of(caller(), ticket_of(started))

    now[0] = 1.0
    answers = await asyncio.gather(*(tickets.run_of(caller(), ticket_of(started)) for _ in range(9)))
    assert {run.id for run in answers} == {started.run.id}


@pytest.mark.parametrize("rate", [Rates.BURST_NETWORK, Rates.BURST_HOUR])
async def test_a_start_that_fails_leaves_the_session_free(workers: Workers, rate: Rate) -> None:
    burst = workers.worker()
    workers.limiter.allowed[rate] = 0
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
    workers.clock.advance(minutes=8)
    with pytest.raises(BurstTicketRefused):
        await burst.finish(caller(), run, good, FinishCommand(0, cancelled=False), lambda _: {})
    assert secret not in repr(workers.store) + repr(started)


def test_what_is_kept_of_runs_is_bounded() -> None:
    active = ActiveRuns()
    for number in range(5_000):
        active.disown(f"run-{number}")
        active.notes(f"run-{number}")
    assert (len(active._disowned), len(active._notes)) == (1_024, 256)
