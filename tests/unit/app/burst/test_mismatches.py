"""Requests that are in one ledger of a burst and missing in another."""

import pytest

from portfolio_app.app.burst.record import MISMATCHES_SHOWN
from portfolio_app.app.burst.start import StartCommand
from portfolio_app.app.errors import (
    BurstTicketRefused,
)
from tests.fakes.samples import caller
from tests.unit.app.burst.conftest import SIZE, Workers, answers, finish, send, start, ticket_of


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


async def test_a_thousand_ids_that_do_not_match_are_all_listed_and_more_are_counted(workers: Workers) -> None:
    burst = workers.worker()
    listed = {}
    for size in (MISMATCHES_SHOWN, MISMATCHES_SHOWN + 1):
        started = await burst.start(caller(), StartCommand(size, 4, "noop"))
        await send(burst, started, range(size))
        listed[size] = await finish(burst, started, answers(range(size), pushed=lambda _: False), size)

    assert [record["mismatch_count"] for record in listed.values()] == list(listed)
    assert [len(record["mismatches"]) for record in listed.values()] == [MISMATCHES_SHOWN] * 2
    ids = [found["request_id"] for found in listed[MISMATCHES_SHOWN]["mismatches"]]
    assert ids == [f"{n:032x}" for n in range(MISMATCHES_SHOWN)]


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
    workers.stop()


async def test_a_row_whose_request_another_worker_has_not_told_of_yet_is_waited_for(workers: Workers) -> None:
    await workers.bus.start()
    one, two = workers.worker(shared=True), workers.worker(shared=True)
    started = await start(one, "write")
    await send(two, started, [0])  # and given up before its answer came

    record = await finish(one, started, answers([0], request_id=lambda _: None, status=lambda _: 0), sent=1)

    assert record["balanced"], record["mismatches"]
    assert (record["ledgers"]["received"], record["ledgers"]["stored"]) == (1, 1)
    workers.stop()


async def test_a_row_that_nobody_sent_is_named(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst, "write")
    await send(burst, started, range(SIZE - 1))
    workers.store.burst_rows[started.run.id, SIZE - 1] = "stray"

    record = await finish(burst, started, answers(range(SIZE - 1)), sent=SIZE - 1)

    [mismatch] = record["mismatches"]
    assert (mismatch["request_id"], mismatch["missing"]) == ("stray", "received")
