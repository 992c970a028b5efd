"""What a session's feed holds, and what it never does."""

import asyncio
import gc
import time
import tracemalloc
from itertools import pairwise

import pytest
from opentelemetry import trace
from opentelemetry.context import Context

from portfolio_app.app.events import TracesMissed
from portfolio_app.app.ports.live_feed import FeedBatch, Trace
from portfolio_app.app.ports.trace import LIVE, SESSION, Layer, Target, labels
from portfolio_app.http.log.views import log_row_view, network_row_view
from portfolio_app.http.transport.tracing import answer_labels
from portfolio_app.infra.tracing.live_feed import LiveFeedProcessor
from portfolio_app.infra.tracing.recorder import Label, TimedStep
from tests.unit.infra.tracing.conftest import Ask
from tests.waiting import until

STATEMENT = Label(labels(Target.DB, Layer.INFRA, rows=1))


async def flushed(feed: LiveFeedProcessor) -> None:
    await until(lambda: not (feed._unsent or feed._sending))


def found(feed: LiveFeedProcessor, session_id: str, request_id: str) -> Trace:
    trace_found = feed.trace(session_id, request_id)
    assert trace_found is not None
    return trace_found


async def test_each_session_sees_its_own_rows_numbered_without_gaps(
    feed: LiveFeedProcessor, ask: Ask
) -> None:
    for session_id in ("ann", "bob", "ann"):
        with ask(session_id), TimedStep("SELECT 1", STATEMENT):
            pass
    await flushed(feed)
    assert [row.seq for row in feed.recent("ann").rows] == [1, 2, 3, 4]
    assert [row.seq for row in feed.recent("ann").network] == [1, 2]
    assert [row.seq for row in feed.recent("bob").rows] == [1, 2]
    assert feed.recent("eve") == FeedBatch()


async def test_what_an_idle_session_has_is_looked_at_after_a_while_without_any_request(
    feed: LiveFeedProcessor, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("live_feed.RELEASE_EVERY_S", 0), ("sessions.IDLE_S", 0), ("sessions.MAX_IDLE", 0)):
        monkeypatch.setattr(f"portfolio_app.infra.tracing.{name}", value)
    with ask("ann"):
        pass
    await flushed(feed)
    await until(lambda: feed.kept() == 0)
    assert feed.after("ann", 0) is None, "there was a row"
    assert feed.after("ann", 1) == ()


async def test_a_kept_trace_can_be_opened_and_gives_no_rows(feed: LiveFeedProcessor, ask: Ask) -> None:
    with ask("ann", live=False, kept=True) as request_id, TimedStep("SELECT 1", STATEMENT):
        pass
    await flushed(feed)
    assert [span.name for span in found(feed, "ann", request_id).spans] == ["GET /api/live", "SELECT 1"]
    assert feed.recent("ann") == FeedBatch()
    assert feed.trace("bob", request_id) is None


async def test_a_kept_trace_gives_rows_from_when_something_live_happens_in_it(
    feed: LiveFeedProcessor, ask: Ask
) -> None:
    with ask("ann", live=False, kept=True):
        live = trace.get_tracer("test").start_span("act", attributes={SESSION: "ann", LIVE: True})
        with TimedStep("SELECT 1", STATEMENT):
            pass
        live.end()
    await flushed(feed)
    assert [row.message for row in feed.recent("ann").rows] == ["SELECT 1", "GET /api/live"]


async def test_an_answer_that_is_recorded_late_is_a_row_of_both_panels(feed: LiveFeedProcessor) -> None:
    request_id, marks = "0" * 31 + "1", {SESSION: "ann", LIVE: True}
    feed.record_late("GET /", (request_id,), 1, 2, answer_labels("GET", "/", 200, 14_000) | marks)
    feed.record_late("painted here", (request_id,), 3, 4, labels(Target.PUSH, Layer.HTTP))
    await until(lambda: feed.recent("ann").rows)
    await flushed(feed)
    recent = feed.recent("ann")
    assert [(row.message, row.target) for row in recent.rows] == [
        ("GET /", "demo.request"),
        ("painted here", "demo.push"),
    ]
    [row] = recent.network
    assert (row.method, row.path, row.status, row.bytes, row.request_id) == (
        "GET",
        "/",
        200,
        14_000,
        request_id,
    )


async def test_lost_rows_of_another_worker_are_marked_in_every_log(feed: LiveFeedProcessor, ask: Ask) -> None:
    delivered: list[str] = []

    async def subscriber(session_id: str, batch: FeedBatch) -> None:
        delivered.extend(session_id for row in batch.rows if "missing" in row.message)

    feed.subscribe(subscriber)
    for session_id in ("ann", "bob"):
        with ask(session_id):
            pass
    await flushed(feed)
    await feed.on_event(TracesMissed())
    for session_id in ("ann", "bob"):
        *_, mark = feed.recent(session_id).rows
        assert (mark.seq, mark.message) == (2, "rows of another worker may be missing")
        assert log_row_view(mark).target == "demo.sse"
    assert delivered == ["ann", "bob"]
    assert feed.recent("eve") == FeedBatch()


async def test_a_request_that_is_not_live_leaves_nothing(feed: LiveFeedProcessor, ask: Ask) -> None:
    with ask("ann", live=False) as request_id, TimedStep("SELECT 1", STATEMENT):
        pass
    await flushed(feed)
    assert feed.recent("ann") == FeedBatch()
    assert feed.trace("ann", request_id) is None


async def test_steps_before_the_session_is_known_wait_for_it(feed: LiveFeedProcessor) -> None:
    with trace.get_tracer("test").start_as_current_span(
        "GET", Context(), attributes=labels(None, Layer.HTTP)
    ) as span:
        with TimedStep("SELECT 1", STATEMENT):
            pass
        span.set_attributes({SESSION: "ann", LIVE: True})
    await flushed(feed)
    assert [row.message for row in feed.recent("ann").rows] == ["SELECT 1"]


async def test_a_trace_is_its_own_sessions_only(feed: LiveFeedProcessor, ask: Ask) -> None:
    with ask("ann") as request_id:
        pass
    with ask("bob"):
        pass
    await flushed(feed)
    assert found(feed, "ann", request_id).request_id == request_id
    assert feed.trace("bob", request_id) is None
    for other in (
        "no number",
        f" {request_id}",
        f"0x{request_id}",
        f"0{request_id}",
        request_id.replace("", "_")[1:-1],
    ):
        assert feed.trace("ann", other) is None


async def test_the_last_200_traces_are_kept(feed: LiveFeedProcessor, ask: Ask) -> None:
    asked = []
    for _ in range(205):
        with ask("ann") as request_id:
            asked.append(request_id)
    await flushed(feed)
    assert [bool(feed.trace("ann", request_id)) for request_id in asked] == [False] * 5 + [True] * 200


async def test_steps_lie_inside_the_step_that_took_them(feed: LiveFeedProcessor, ask: Ask) -> None:
    with ask("ann") as request_id, TimedStep("outer", STATEMENT):
        for _ in range(3):
            with TimedStep("inner", STATEMENT):
                await asyncio.sleep(0.0003)  # the work that the step is timed for
    await flushed(feed)
    spans = {span.id: span for span in found(feed, "ann", request_id).spans}
    assert [span.name for span in spans.values()] == ["GET /api/live", "outer", "inner", "inner", "inner"]
    for span in spans.values():
        if span.parent:
            parent = spans[span.parent]
            assert parent.start_us <= span.start_us
            assert span.start_us + span.duration_us <= parent.start_us + parent.duration_us
    inner = sum(span.duration_us for span in spans.values() if span.name == "inner")
    assert 900 <= inner <= next(span.duration_us for span in spans.values() if span.name == "outer")


async def test_a_reader_goes_on_where_it_stopped_or_learns_that_it_cannot(
    feed: LiveFeedProcessor, ask: Ask
) -> None:
    for _ in range(600):
        with ask("ann"):
            pass
    await flushed(feed)
    assert [row.seq for row in feed.after("ann", 597) or ()] == [598, 599, 600]
    assert feed.after("ann", 600) == ()
    assert len(feed.after("ann", 100) or ()) == 500
    assert feed.after("ann", 99) is None
    assert feed.after("ann", 601) is None
    assert feed.after("eve", 3) is None


async def test_errors_and_refusals_are_errors(feed: LiveFeedProcessor, ask: Ask) -> None:
    for status in (200, 404):
        with ask("ann", status=status):
            pass
    await flushed(feed)
    assert [row.level for row in feed.recent("ann").rows] == ["info", "error"]


async def test_only_what_is_on_the_list_is_kept(feed: LiveFeedProcessor, ask: Ask) -> None:
    canary = "canary@example.org"
    with ask("ann") as request_id:
        with trace.get_tracer("other").start_as_current_span(f"somebody else's {canary}"):
            pass
        try:
            hidden = {"db.parameters": canary, "pill.body": canary, "pill.rows": 7}
            with TimedStep("step", Label({**STATEMENT.attributes, **hidden})):
                raise ValueError(canary)
        except ValueError:
            pass
    await flushed(feed)
    kept = repr((feed.recent("ann"), feed.trace("ann", request_id)))
    assert canary not in kept
    assert ("rows", "7") in feed.recent("ann").rows[0].pills
    assert ("error", "ValueError") in feed.recent("ann").rows[0].pills


async def storm(feed: LiveFeedProcessor, ask: Ask, requests: int) -> None:
    for number in range(requests):
        with ask("ann"), TimedStep("SELECT messages.id FROM messages WHERE messages.id = ?", STATEMENT):
            pass
        if number % 25 == 0:
            await asyncio.sleep(0)
    await flushed(feed)


async def test_5000_requests_are_counted_exactly_and_each_push_holds_only_what_is_new(
    feed: LiveFeedProcessor, batches: list[tuple[str, FeedBatch]], ask: Ask
) -> None:
    started = time.monotonic()
    await storm(feed, ask, 5_000)
    seconds = time.monotonic() - started
    delivered = [batch for _, batch in batches]
    assert [row.seq for batch in delivered for row in batch.network] == list(range(1, 5_001))
    assert [row.seq for batch in delivered for row in batch.rows] == list(range(1, 10_001))
    assert len(delivered) <= 20 * seconds + 1


async def test_an_event_costs_as_many_bytes_late_in_a_storm_as_early(
    feed: LiveFeedProcessor, batches: list[tuple[str, FeedBatch]], ask: Ask
) -> None:
    await storm(feed, ask, 5_000)
    rows = [row for _, batch in batches for row in batch.rows]
    network = [row for _, batch in batches for row in batch.network]
    sizes = [len(repr(log_row_view(row))) for row in rows]
    assert max(sizes[8_000:]) <= max(sizes[200:1_000]) + 2  # its number has more digits
    sizes = [len(repr(network_row_view(row))) for row in network]
    assert max(sizes[4_000:]) <= max(sizes[100:500]) + 4


def held() -> int:
    """Bytes that the feed's own code has allocated and something still holds."""
    gc.collect()
    ours = [tracemalloc.Filter(True, f"*/{package}/*") for package in ("portfolio_app", "opentelemetry")]
    found = tracemalloc.take_snapshot().filter_traces(ours).statistics("filename")
    return sum(statistic.size for statistic in found)


async def test_a_storm_leaves_no_memory_behind(feed: LiveFeedProcessor, ask: Ask) -> None:
    gc.collect()  # empties the interpreter's free lists too: what comes from them would not be counted
    tracemalloc.start()
    try:
        sizes = []
        for _ in range(4):
            await storm(feed, ask, 2_500)
            sizes.append(held())
    finally:
        tracemalloc.stop()
    # What settles late does so once; what leaks grows in every storm.
    assert min(after / before for before, after in pairwise(sizes)) <= 1.01
