"""What is kept of a burst, and for how long."""

import threading
from typing import Any

import pytest

from portfolio_app.app.burst.finish import FinishCommand
from portfolio_app.app.burst.traces import FIRST, MOST_SPANS, KeptTraces
from portfolio_app.app.errors import (
    NotFound,
)
from portfolio_app.app.ports.live_feed import FeedBatch, NetworkRow, SpanView, Trace
from tests.fakes.samples import caller
from tests.unit.app.burst.conftest import SIZE, Workers, answers, finish, send, start, ticket_of


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


async def test_traces_of_a_run_are_kept_as_the_feed_brings_them_and_drawn_beside_the_event_loop(
    workers: Workers,
) -> None:
    workers.feed.trace = lambda _, request_id: trace(request_id)  # type: ignore[method-assign]
    burst = workers.worker()
    started = await start(burst)
    await send(burst, started, range(SIZE))
    rows = (*map(network_row, range(SIZE)), network_row(99, "/api/live"))
    for subscriber in workers.feed.subscribers:
        await subscriber(caller().session_id, FeedBatch(network=rows))
        await subscriber(caller("eve").session_id, FeedBatch(network=rows))

    def draw(found: Trace) -> dict[str, Any]:
        return {"id": found.request_id, "thread": threading.get_ident()}

    run, ticket = started.run.id, ticket_of(started)
    await burst.take_answers(caller(), run, ticket, answers(range(SIZE)))
    record = await burst.finish(caller(), run, ticket, FinishCommand(SIZE, cancelled=False), draw)

    assert [slow["trace"]["id"] for slow in record["slowest"]] == [
        slow["request_id"] for slow in record["slowest"]
    ]
    assert threading.get_ident() not in {slow["trace"]["thread"] for slow in record["slowest"]}


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
