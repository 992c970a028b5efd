"""A span for every Reflex event, from when its handler is chosen until its last update is on its way."""

from collections.abc import Mapping
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import Histogram, NoOpHistogram, NoOpMeter, NoOpMeterProvider
from opentelemetry.sdk.trace import ReadableSpan
from reflex_base import otel
from reflex_otel import ReflexInstrumentor

from portfolio_app.app.ports.trace import BYTES

_NO_HTTP: Final = ".*"
"""Every URL, for the exclusions of the HTTP instrumentation: `RequestIds` makes those spans."""


def trace_events() -> None:
    """Let Reflex make its spans, with the tracer provider of the process; once is enough."""
    ReflexInstrumentor().instrument(excluded_urls=_NO_HTTP, meter_provider=_Meters())


class _Meters(NoOpMeterProvider):
    """Measures one thing for the spans: how many bytes an event sent to its tab."""

    def get_meter(self, name: str, *args: object, **kwargs: object) -> "_Meter":  # noqa: ARG002 (see the API)
        return _Meter(name)


class _Meter(NoOpMeter):
    def create_histogram(self, name: str, *args: object, **kwargs: object) -> Histogram:  # noqa: ARG002
        return _SentBytes(name) if name == otel.METRIC_WEBSOCKET_MESSAGE_SIZE else NoOpHistogram(name)


class _SentBytes(NoOpHistogram):
    def record(
        self, amount: float, attributes: Mapping[str, object] | None = None, context: Context | None = None
    ) -> None:
        span = trace.get_current_span(context)
        if (attributes or {}).get(otel.ATTR_NETWORK_IO_DIRECTION) == "transmit" and isinstance(
            span, ReadableSpan
        ):
            sent = (span.attributes or {}).get(BYTES, 0)
            span.set_attribute(BYTES, int(amount) + (sent if isinstance(sent, int) else 0))
