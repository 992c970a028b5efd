"""What the receipt of a burst says, above all of what went wrong."""

import asyncio
from decimal import Decimal

import numpy as np
import pytest

from portfolio_app.app.burst.finish import FinishCommand
from portfolio_app.app.burst.notes import STALL_MS
from portfolio_app.app.burst.record import MISMATCHES_SHOWN
from portfolio_app.app.burst.start import GRACE, LIFETIME, StartCommand
from portfolio_app.app.burst.worded import worded
from portfolio_app.app.burst.words import UNLISTED
from portfolio_app.app.errors import (
    BurstRefused,
    BurstTicketRefused,
    Unavailable,
)
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.domain.burst.ledger import Answer, Cause
from portfolio_app.domain.burst.plan import Mode, Pace
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.burst.conftest import SIZE, Workers, answers, finish, request, send, start, ticket_of
from tests.waiting import until


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
        "cancelled": 0,
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


async def test_a_rate_is_of_what_the_edge_received_in_the_time_that_took(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(10))
    workers.clock.advance(seconds=2)
    await send(burst, started, [10])

    record = await finish(
        burst, started, answers(range(SIZE), started_us=lambda _: 0, duration_us=lambda _: 1)
    )

    assert 4.5 < record["rps"] < 5.5, "11 in 2 s, whatever the sender says"
    assert record["ledgers"]["answered"] == SIZE
    assert (await burst.recent_runs())[0]["rps"] == record["rps"]


@pytest.mark.parametrize("received", [0, 1])
async def test_answers_that_are_made_up_have_no_rate(workers: Workers, received: int) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(received))

    record = await finish(burst, started, answers(range(SIZE), duration_us=lambda _: 1))

    assert record["rps"] == 0
    assert len(await burst.recent_runs()) == received, "of a run that never arrived there is no public record"
    assert await burst.read_run(started.run.id) == record


async def test_other_workers_tell_how_long_requests_came(workers: Workers) -> None:
    await workers.bus.start()
    burst, other = workers.worker(shared=True), workers.worker(shared=True)
    started = await start(burst)
    await send(burst, started, [0])
    workers.clock.advance(seconds=2)
    await until(lambda: len(workers.bus.events) > 0)
    await send(other, started, range(1, SIZE))

    seen = answers(range(SIZE), started_us=lambda _: 0, duration_us=lambda _: 1)
    record = await finish(burst, started, seen)

    assert 0 < record["rps"] <= SIZE / 2
    workers.stop()


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


async def test_what_the_sender_broke_off_is_cancelled_and_did_not_fail(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(12))
    cut = {
        "status": lambda n: 200 if n < 10 else 0,
        "cause": lambda n: Cause.NONE if n < 10 else Cause.CANCELLED,
        "duration_us": lambda n: 900 + 10**6 * (n >= 10),
    }

    record = await finish(burst, started, answers(range(12), **cut), sent=12)

    shown = worded(record)
    assert (record["balanced"], record["ledgers"]["failed"], record["ledgers"]["cancelled"]) == (True, 0, 2)
    assert shown["verdict"].startswith(
        "Balanced: 12 sent = 10 answered + 0 refused + 0 failed + 2 cancelled, "
    )
    assert shown["statuses"] == [{"k": "200", "v": "10"}, {"k": "cancelled", "v": "2"}]
    assert (shown["first_failure"], len(record["slowest"])) == ("", 10)
    assert {slow["status"] for slow in record["slowest"]} == {200}
    assert "2 cancelled" in shown["outcomes"]
    assert "no answer" not in shown["outcomes"]


@pytest.mark.parametrize(
    ("seen", "sent"),
    [(answers(range(SIZE), pushed=lambda _: False), SIZE), (answers(range(SIZE - 5)), SIZE)],
    ids=["saw no push", "reported no answer"],
)
async def test_what_its_sender_did_not_see_is_in_no_list(
    workers: Workers, seen: list[Answer], sent: int
) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))

    record = await finish(burst, started, seen, sent)

    assert await burst.recent_runs() == []
    assert await burst.read_run(started.run.id) == record, "its sender reads it"
    assert worded(record)["verdict"].endswith(UNLISTED)


async def test_the_parts_of_a_mean_add_up_as_they_are_shown(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))
    measured = {
        "duration_us": lambda n: 73_900 + 7 * n,
        "queued_us": lambda n: 73_003 + 3 * n,
        "server_us": lambda n: 81 + n,
        "length": lambda _: 7,
    }

    record = await finish(burst, started, answers(range(SIZE), **measured))

    shown = worded(record)
    parts = {name: Decimal(shown[name]) for name in ("whole", "server", "queue", "network")}
    assert parts["whole"] == parts["server"] + parts["queue"] + parts["network"]
    assert float(parts["whole"]) == pytest.approx(record["latency_ms"]["mean"], abs=0.01)
    assert shown["explained"] == "73.97 ms = 0.09 server + 73.03 waiting to be sent + 0.85 network"
    assert shown["bytes"] == "140 bytes"


async def test_an_open_loop_is_shown_from_send_and_from_intended_start(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(18))
    await burst.take_answers(
        caller(), started.run.id, ticket_of(started), answers(range(18), late_us=lambda n: 10_000 * n)
    )
    ticket, pace = ticket_of(started), Pace(200, 2)
    with pytest.raises(InvalidValue):
        await burst.finish(caller(), started.run.id, ticket, FinishCommand(19, False, pace), lambda _: {})

    record = await burst.finish(
        caller(), started.run.id, ticket, FinishCommand(18, False, pace), lambda _: {}
    )

    shown, due = worded(record), np.array([900 + n + 10_000 * n for n in range(18)]) / 1_000
    assert record["intended_ms"]["p999"] == pytest.approx(np.percentile(due, 99.9))
    assert record["intended_ms"]["p50"] == pytest.approx(np.percentile(due, 50))
    assert record["balanced"]
    assert "200 a second" in shown["title"]
    assert (
        "p90 and p99 are 0.915 and 0.917 ms from send, 154 and 169 ms from intended start." in shown["pace"]
    )
    assert shown["pace"].endswith("Not sent, because due for more than 2 s: 2.")
    assert "Open loop: 200 requests a second were due" in shown["pace"]


@pytest.mark.parametrize(
    ("late_from", "said"),
    [
        (20, "No knee up to 200 a second: the server kept up with that rate."),
        (
            9,
            "Knee: 125 a second. From 150 on the server fell behind. It keeps up while 95 %",
        ),
        (1, "Knee: 25.0 a second. From 50.0 on the server fell behind"),
    ],
)
async def test_a_ramp_says_where_the_server_fell_behind(workers: Workers, late_from: int, said: str) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(20))
    # The first step's one request sets what counts as in time: it is late by less, and all others by more.
    late = answers(range(20), late_us=lambda n: 0 if n < late_from else 900_000 * (n + 1) ** 2)
    await burst.take_answers(caller(), started.run.id, ticket_of(started), late)
    end = FinishCommand(20, False, Pace(200, rising=True))
    record = await burst.finish(caller(), started.run.id, ticket_of(started), end, lambda _: {})
    shown = worded(record)
    assert shown["pace"].startswith(f"Ramp: up to 200 requests a second were due, in 8 steps. {said}")
    assert "up to 200 a second" in shown["title"]
    assert len(record["ramp"]["steps"]) == 8


async def test_a_failure_is_counted_by_its_cause(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))
    causes = {17: Cause.TIMEOUT, 18: Cause.NETWORK, 19: Cause.NETWORK}
    seen = answers(
        range(SIZE),
        status=lambda n: 503 if n == 3 else 0 if n in causes else 200,
        cause=lambda n: causes.get(n, Cause.NONE),
    )

    record = await finish(burst, started, seen)

    assert record["causes"] == {"503": 1, "network": 2, "timeout": 1}
    assert worded(record)["causes"] == [
        {"k": "status 503", "v": "1"}, {"k": "network", "v": "2"}, {"k": "timeout", "v": "1"}
    ]  # fmt: skip


async def test_a_stall_holds_the_callers_own_run_up_once_and_nobody_elses(workers: Workers) -> None:
    burst = workers.worker()
    own, other = await start(burst), await start(burst, by="bob", network="203.0.113.8")
    with pytest.raises(BurstTicketRefused):
        await burst.stall(caller("bob"), own.run.id, ticket_of(own))
    with pytest.raises(BurstTicketRefused):
        await burst.stall(caller("bob"), own.run.id, ticket_of(other))
    await burst.stall(caller(), own.run.id, ticket_of(own))
    loop = asyncio.get_running_loop()
    begun = loop.time()

    held = asyncio.create_task(send(burst, own, [0]))
    await burst.record(request(900, "bob"), ticket_of(other), Mode.NOOP, 0)
    assert not held.done()
    await held
    assert loop.time() - begun >= STALL_MS / 1_000 - 0.05
    with pytest.raises(BurstRefused):
        await burst.stall(caller(), own.run.id, ticket_of(own))
    await send(burst, own, range(1, SIZE))
    record = await finish(burst, own, answers(range(SIZE)))

    assert record["stalled_ms"] == STALL_MS
    assert "The server stood still for 300 ms, once, for this run alone" in worded(record)["pace"]
    assert "and nobody sent them" in worded(record)["pace"]


async def test_answers_sent_twice_count_once(workers: Workers) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))
    await burst.take_answers(caller(), started.run.id, ticket_of(started), answers(range(SIZE)))

    record = await finish(burst, started, answers(range(SIZE), status=lambda _: 500))

    assert record["ledgers"]["answered"] == SIZE


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


async def test_a_sender_on_a_slow_line_reports_after_the_load_and_what_came_late_is_in_the_books(
    workers: Workers,
) -> None:
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE - 1))
    workers.clock.advance(seconds=LIFETIME.total_seconds())
    with pytest.raises(BurstTicketRefused):
        await send(burst, started, [SIZE - 1])
    assert (await burst.purge()).runs == 0
    seen = answers(range(SIZE), status=lambda n: 200 if n < SIZE - 1 else 403)
    await burst.take_answers(caller(), started.run.id, ticket_of(started), seen)
    workers.clock.advance(seconds=GRACE.total_seconds() - 1)

    record = await finish(burst, started, [])

    assert record["balanced"], record["mismatches"]
    assert (record["ledgers"]["received"], record["ledgers"]["failed"]) == (SIZE, 1)


async def test_a_spent_budget_refuses_and_the_receipt_still_balances(workers: Workers) -> None:
    burst = workers.worker()
    object.__setattr__(burst.record, "budget", TokenBucket(0, 5))
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
