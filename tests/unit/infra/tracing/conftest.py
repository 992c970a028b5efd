"""The tracing of a process, and a visitor's requests made with it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, contextmanager

import pytest
import pytest_asyncio
from opentelemetry import trace
from opentelemetry.context import Context

from portfolio_app.app.ports.live_feed import FeedBatch
from portfolio_app.app.ports.trace import (
    KEPT,
    KIND,
    LIVE,
    METHOD,
    PATH,
    SESSION,
    STATUS,
    Layer,
    Target,
    labels,
)
from portfolio_app.infra.tracing.live_feed import LiveFeedProcessor
from portfolio_app.infra.tracing.provider import tracing

Ask = Callable[..., AbstractContextManager[str]]


@pytest_asyncio.fixture
async def feed() -> AsyncIterator[LiveFeedProcessor]:
    async with tracing(None) as running:
        yield running


@pytest.fixture
def batches(feed: LiveFeedProcessor) -> list[tuple[str, FeedBatch]]:
    """What was delivered so far, to whom."""
    delivered: list[tuple[str, FeedBatch]] = []

    async def remember(session_id: str, batch: FeedBatch) -> None:
        delivered.append((session_id, batch))

    feed.subscribe(remember)
    return delivered


@pytest.fixture
def ask() -> Ask:
    """A request of a session, as the http layer traces it; yields the request id."""
    tracer = trace.get_tracer("test")

    @contextmanager
    def request(session_id: str, *, live: bool = True, kept: bool = False, status: int = 200):
        shown = {KIND: "http", METHOD: "GET", PATH: "/api/live", STATUS: status, "pill.status": status}
        named = labels(Target.REQUEST, Layer.HTTP) | {SESSION: session_id, LIVE: live, KEPT: kept}
        with tracer.start_as_current_span("GET /api/live", Context(), attributes=named | shown) as span:
            yield f"{span.get_span_context().trace_id:032x}"

    return request
