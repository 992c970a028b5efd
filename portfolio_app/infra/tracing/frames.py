"""Span processors: the entry of the SDK's own spans, and the outermost step of an event."""

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import SpanContext

from portfolio_app.app.ports.trace import (
    ARRIVED,
    BYTES,
    KEPT,
    KIND,
    LAYER,
    LIVE,
    METHOD,
    PATH,
    SESSION,
    STATUS,
)
from portfolio_app.infra.tracing.recorder import processors

_TAKEN_OVER = (LAYER, KIND, METHOD, PATH, STATUS, BYTES, SESSION, LIVE, KEPT)


class SdkSpans(SpanProcessor):
    """Hands the spans that the SDK has begun to every processor of the process.

    Reflex begins an event's span when it has found handler and task. The frame's filter noted when the frame
    came, and chose trace and parent of that span: what is left to do is to record the parent, from the frame's
    arrival until the event's last update is on its way.
    """

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Hand on."""
        processors.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        """Hand on, and record the step around an event's own."""
        processors.on_end(span)
        if (around := _around(span)) is not None:
            processors.on_end(around)

    def shutdown(self) -> None:
        """The processors end with the feed they belong to."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Hand on."""
        return processors.force_flush(timeout_millis)


def _around(span: ReadableSpan) -> ReadableSpan | None:
    parent = span.parent
    arrived = parent.trace_state.get(ARRIVED) if parent is not None and parent.is_remote else None
    if parent is None or arrived is None or not arrived.isdecimal():
        return None
    found = span.attributes or {}
    own = SpanContext(parent.trace_id, parent.span_id, is_remote=False, trace_flags=parent.trace_flags)
    return ReadableSpan(
        f"WS {found.get(PATH, span.name)}",
        own,
        resource=span.resource,
        attributes={name: found[name] for name in _TAKEN_OVER if name in found},
        start_time=int(arrived),
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
