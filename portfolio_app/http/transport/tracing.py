"""Spans of requests, and of what Reflex does for an event."""

import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import Histogram, NoOpHistogram, NoOpMeter, NoOpMeterProvider
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind
from reflex_base import otel
from reflex_otel import ReflexInstrumentor

from portfolio_app.app.ports.trace import (
    ARRIVED,
    BYTES,
    KEPT,
    KIND,
    LAYER,
    LIVE,
    METHOD,
    PATH,
    PILL_PREFIX,
    SESSION,
    STATUS,
    TARGET,
    Layer,
    Target,
    labels,
)

Source = dict[str, str | int]

_tracer = trace.get_tracer("portfolio_app.http")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SHORT: Final = 100
_PLAIN: Final = re.compile(r"[0-9A-Za-z_.-]{1,40}")


@contextmanager
def request_span(
    name: str,
    session_id: str,
    *,
    live: bool,
    kept: bool = False,
    code: Source | None = None,
    target: str = Target.REQUEST,
) -> Iterator[Span]:
    """Time what a handler does; the id of its trace is the request id.

    `live` puts the whole trace into the session's live feed, `kept` only lets the session open it. Where nothing is
    recorded, the span around it stands for it.
    """
    around = trace.get_current_span()
    if around.get_span_context().is_valid and not around.get_span_context().trace_flags.sampled:
        yield around
        return
    marks: Source = {SESSION: session_id, LIVE: live, **({KEPT: True} if kept else {})}
    attributes = {**labels(target, Layer.HTTP), **(code or {}), **marks}
    span = _identified(_tracer.start_span(name, kind=SpanKind.INTERNAL, attributes=attributes))
    with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        yield span


@contextmanager
def unrecorded() -> Iterator[None]:
    """Run the block without recording spans; log lines keep the id of the current trace."""
    own = trace.get_current_span().get_span_context()
    silent = NonRecordingSpan(SpanContext(own.trace_id, own.span_id, is_remote=False))
    with trace.use_span(silent, record_exception=False, set_status_on_exception=False):
        yield


def event_answered(outermost: Span, name: str, status: int) -> None:
    """Say on the outermost span of an event what the network table shows of it."""
    outermost.set_attributes({LAYER: Layer.HTTP, KIND: "event", METHOD: "WS", PATH: name, STATUS: status})


def frame_origin() -> dict[str, str]:
    """Trace and arrival of an event's frame, in the fields that Reflex reads them from."""
    trace_id, span_id = random.getrandbits(128) or 1, random.getrandbits(64) or 1
    return {
        "traceparent": f"00-{trace_id:032x}-{span_id:016x}-01",
        "tracestate": f"{ARRIVED}={time.time_ns()}",
    }


def start_http_span(method: str, path: str) -> Span:
    """The outermost span of an HTTP request. A trace that a client names is not continued."""
    known = method if method in _METHODS else "OTHER"
    attributes = {LAYER: Layer.HTTP, "http.request.method": known}
    name = f"{known} {_area(path)}"
    return _identified(_tracer.start_span(name, Context(), kind=SpanKind.SERVER, attributes=attributes))


def belongs_to(session_id: str, method: str, path: str) -> None:
    """Put the current HTTP request into the live feed of the session that made it."""
    span = trace.get_current_span()
    if span.is_recording():
        shown = {METHOD: method if method in _METHODS else "OTHER", PATH: shown_path(path)}
        pills = {PILL_PREFIX + "method": shown[METHOD], PILL_PREFIX + "path": shown[PATH]}
        span.set_attributes(
            {SESSION: session_id, LIVE: True, TARGET: Target.REQUEST, KIND: "http", **shown, **pills}
        )


def end_http_span(span: Span, status: int, sent: int) -> None:
    """Say how the request was answered."""
    span.set_attributes(
        {
            "http.response.status_code": status,
            STATUS: status,
            BYTES: sent,
            PILL_PREFIX + "status": status,
            PILL_PREFIX + "bytes": sent,
        }
    )
    span.end()


def answer_labels(method: str, path: str, status: int, sent: int) -> Source:
    """Attributes of an HTTP answer that is recorded when its session is known to be somebody's; `path` as shown."""
    pills: Source = {"status": status, **({"bytes": sent} if sent else {})}
    row: Source = {KIND: "http", METHOD: method, PATH: path, STATUS: status, BYTES: sent}
    return labels(Target.REQUEST, Layer.HTTP, **pills) | row


def shown_path(path: str) -> str:
    """A path that may be shown: whatever a visitor may have typed into it is left out."""
    return (_shown_short if len(path) <= _SHORT else _shown)(path)


def _shown(path: str) -> str:
    parts = path.split("/")[:8]
    return "/".join(part if not part or _PLAIN.fullmatch(part) else "…" for part in parts)


_shown_short = lru_cache(maxsize=1024)(_shown)


def _area(path: str) -> str:
    """The area that a path belongs to: names of spans must not multiply."""
    first, _, rest = path.lstrip("/").partition("/")
    if first == "api":
        return "/api/" + (shown_path(rest.partition("/")[0]))
    return "/" + (first if first in ("assets", "chat", "session") else "")


def _identified(span: Span) -> Span:
    """The span, or one that is not recorded but names a trace, for a process that does not trace."""
    if span.get_span_context().is_valid:
        return span
    trace_id, span_id = random.getrandbits(128) or 1, random.getrandbits(64) or 1
    return NonRecordingSpan(SpanContext(trace_id, span_id, is_remote=False))


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
