"""A tracer of the SDK's own kind whose spans cost a quarter.

Each HTTP request and each event begins one or two spans. The SDK asks its sampler, checks every value, bounds
every collection and copies the span at its end; ours carry few attributes, all of plain types.
"""

import random
import time
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk import trace as sdk
from opentelemetry.sdk.trace.sampling import DEFAULT_ON
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, TraceFlags
from opentelemetry.util.types import AnyValue, Attributes

_PLAIN: Final = (str, int, float)
_FLAGS: Final = TraceFlags(TraceFlags.SAMPLED | TraceFlags.RANDOM_TRACE_ID)
_UNSET: Final = Status()


class LeanProvider(sdk.TracerProvider):
    """Hands out lean tracers, unless the environment names a sampler or switches the SDK off."""

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> trace.Tracer:
        """A tracer for one instrumentation scope."""
        found = super().get_tracer(
            instrumenting_module_name, instrumenting_library_version, schema_url, attributes
        )
        return LeanTracer(found) if isinstance(found, sdk.Tracer) and self.sampler is DEFAULT_ON else found


class LeanTracer(trace.Tracer):
    """Starts a lean span where the SDK's tracer would start one of its own."""

    def __init__(self, tracer: sdk.Tracer) -> None:
        self._tracer = tracer

    def start_span(  # noqa: PLR0917 (as the API has it)
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = (),
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> trace.Span:
        """See `trace.Tracer`."""
        if links:
            return self._tracer.start_span(
                name, context, kind, attributes, links, start_time, record_exception, set_status_on_exception
            )
        found = trace.get_current_span(context).get_span_context()
        parent = found if found.is_valid else None
        if parent is None:
            own = SpanContext(random.getrandbits(128) or 1, _span_id(), False, _FLAGS)
        else:
            own = SpanContext(parent.trace_id, _span_id(), False, parent.trace_flags, parent.trace_state)
            if not parent.trace_flags.sampled:
                return NonRecordingSpan(own)
        span = LeanSpan(self._tracer, name, own, parent=parent, kind=kind)
        span.on_exception(record=record_exception, set_status=set_status_on_exception)
        if attributes:
            span.set_attributes(attributes)
        span.start(start_time, context)
        return span

    start_as_current_span = sdk.Tracer.start_as_current_span


class LeanSpan(sdk.Span):
    """A span that is handed on itself when it ends, instead of a copy."""

    # All of them share one: only events and a status take it, and hardly any span has either.
    _lock = Lock()
    _limits = sdk.SpanLimits()
    _instrumentation_info = None
    _status = _UNSET
    _start_time = _end_time = None
    _links = ()
    _events: Sequence[sdk.Event] = ()

    def __init__(
        self,
        tracer: sdk.Tracer,
        name: str,
        context: SpanContext,
        *,
        parent: SpanContext | None,
        kind: SpanKind,
    ) -> None:
        self._name, self._context, self._parent, self._kind = name, context, parent, kind
        self._resource, self._span_processor = tracer.resource, tracer.span_processor
        self._instrumentation_scope = tracer._instrumentation_scope
        self._attributes: dict[str, AnyValue] = {}

    def on_exception(self, *, record: bool, set_status: bool) -> None:
        """Classify an exception that leaves a `with` on the span itself."""
        self._record_exception, self._set_status_on_exception = record, set_status

    def set_attributes(self, attributes: Mapping[str, AnyValue]) -> None:
        """Keep what is of a plain type, as every attribute of ours is."""
        for key, value in attributes.items():
            self.set_attribute(key, value)

    def set_attribute(self, key: str, value: AnyValue) -> None:
        """Keep it, unless the span has ended."""
        if self._end_time is None and isinstance(value, _PLAIN):
            self._attributes[key] = value

    def start(self, start_time: int | None = None, parent_context: Context | None = None) -> None:
        """Tell the processor."""
        self._start_time = start_time or time.time_ns()
        self._span_processor.on_start(self, parent_context)

    def end(self, end_time: int | None = None) -> None:
        """Hand the span to the processor, once."""
        if self._end_time is None:
            self._end_time = end_time or time.time_ns()
            self._span_processor.on_end(self)

    def _add_event(self, event: sdk.EventBase) -> None:
        if isinstance(event, sdk.Event):
            self._events = (*self._events, event)


def _span_id() -> int:
    return random.getrandbits(64) or 1
