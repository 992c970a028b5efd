"""How long the requests of a burst took, and why some failed."""

import asyncio
from decimal import Decimal

import numpy as np
import pytest

from portfolio_app.app.burst.finish import FinishCommand
from portfolio_app.app.burst.notes import STALL_MS
from portfolio_app.app.burst.worded import worded
from portfolio_app.app.errors import (
    BurstRefused,
    BurstTicketRefused,
)
from portfolio_app.domain.burst.ledger import Cause
from portfolio_app.domain.burst.plan import Mode, Pace
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.burst.conftest import SIZE, Workers, answers, finish, request, send, start, ticket_of


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
    assert shown["explained"] == (
        "Mean of a request: 73.97 ms = 0.09 server + 73.03 waiting to be sent + 0.85 network."
    )
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
