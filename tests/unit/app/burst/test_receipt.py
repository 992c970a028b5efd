"""What the receipt of a burst says, above all of what went wrong."""

import pytest

from portfolio_app.app.burst.start import GRACE, LIFETIME
from portfolio_app.app.burst.worded import worded
from portfolio_app.app.burst.words import UNLISTED
from portfolio_app.app.errors import (
    BurstRefused,
    BurstTicketRefused,
    Unavailable,
)
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.domain.burst.ledger import Answer, Cause
from portfolio_app.domain.burst.plan import Mode
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
