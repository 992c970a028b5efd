"""The tracer provider of the process, and where its spans go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from portfolio_app.infra.tracing.frames import SdkSpans
from portfolio_app.infra.tracing.live_feed import LiveFeedProcessor
from portfolio_app.infra.tracing.recorder import RESOURCE, processors
from portfolio_app.infra.tracing.tracer import LeanProvider

_EXPORT_EVERY_MS: Final = 1_000
_EXPORT_TIMEOUT_S: Final = 5
_EXPORT_QUEUE: Final = 65_536
"""Spans: a storm of requests waits here; beyond that the exporter drops the oldest."""


@asynccontextmanager
async def tracing(otlp_endpoint: str | None) -> AsyncIterator[LiveFeedProcessor]:
    """Make spans of this process feed a live log on the running event loop, and a collector if there is one.

    The provider is global to the process and made once; a second call adds another feed to it.
    """
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(_provider())
    feed = LiveFeedProcessor()
    feed.attach(asyncio.get_running_loop())
    exporter = _exporter(otlp_endpoint) if otlp_endpoint else None
    used = [feed, exporter] if exporter else [feed]
    for processor in used:
        processors.add(processor)
    try:
        yield feed
    finally:
        feed.detach()
        for processor in used:
            processors.remove(processor)
        if exporter:
            await asyncio.to_thread(exporter.shutdown)


def _provider() -> TracerProvider:
    return LeanProvider(
        resource=RESOURCE,
        active_span_processor=SdkSpans(),  # type: ignore[arg-type]
        shutdown_on_exit=False,
    )


def _exporter(endpoint: str) -> BatchSpanProcessor:
    to_collector = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_TIMEOUT_S)
    return BatchSpanProcessor(
        to_collector, max_queue_size=_EXPORT_QUEUE, schedule_delay_millis=_EXPORT_EVERY_MS
    )
