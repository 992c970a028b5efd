"""The backend's work for one visitor: live log, network table, waterfall, and the stream for terminals."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import Route

from portfolio_app.app.ports.metrics import Reading
from portfolio_app.http.kit.page import Feature
from portfolio_app.http.log import compare
from portfolio_app.http.log.live import (
    live_log,
    live_log_tail,
    live_network,
    live_terminal,
    live_trace,
    network_sources,
    open_trace,
)
from portfolio_app.http.log.page_stream import Openers, PageStream, bring_rows
from portfolio_app.http.log.routes import download, stream
from portfolio_app.http.log.state import LogState
from portfolio_app.http.log.stream import Streams
from portfolio_app.http.log.trace import waterfall
from portfolio_app.http.log.trace_views import MarkView, SpanRowView, TraceView, nested, trace_view
from portfolio_app.http.log.views import LogFeed, LogPublisher, LogRowView, log_row_view, spoken
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Resync
from portfolio_app.http.transport.runtime import Runtime


@asynccontextmanager
async def _running(site: Runtime) -> AsyncIterator[None]:
    streams, metrics = site.add(Streams()), site.services.metrics
    site.add(Openers([bring_rows]))
    site.services.live_feed.subscribe(LogPublisher(site.part(Push)).on_batch)
    site.services.live_feed.subscribe(streams.on_batch)
    site.services.bus.subscribe(streams.on_event)
    site.part(Resync).end_sessions(streams, site.services.reread)
    metrics.read(Reading.REFUSED, lambda: streams.refused)
    metrics.read(Reading.OPEN_STREAMS, lambda: len(streams))
    metrics.read(Reading.STREAMS_ENDED, lambda: dict(streams.ended))
    yield


FEATURE = Feature(
    "log",
    pages=lambda: (compare.PAGE,),
    routes=(Route("/api/stream", stream), Route("/api/traces/{request_id}", download)),
    running=_running,
)

__all__ = [
    "FEATURE",
    "LogFeed",
    "LogRowView",
    "LogState",
    "MarkView",
    "Openers",
    "PageStream",
    "SpanRowView",
    "TraceView",
    "live_log",
    "live_log_tail",
    "live_network",
    "live_terminal",
    "live_trace",
    "log_row_view",
    "nested",
    "network_sources",
    "open_trace",
    "spoken",
    "trace_view",
    "waterfall",
]
