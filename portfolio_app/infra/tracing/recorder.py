"""Steps of the inner layers, recorded as finished spans.

A span of the SDK costs ten times as much to start and end as one that is made when its step has ended, and
a chat post takes a dozen steps. So only the outermost spans, which others may still write to, are begun by
the SDK; steps inside them come from here and reach the same processors.
"""

import random
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from opentelemetry import context as context_api
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from portfolio_app.infra.tracing.steps import FinishedSpan, shown_by

Attributes = Mapping[str, str | int]

RESOURCE: Final = Resource.create({"service.name": "portfolio_app"})
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
_SCOPE: Final = InstrumentationScope("portfolio_app")


class Processors(SpanProcessor):
    """Every processor of the process: the SDK's provider and this module feed the same ones."""

    def __init__(self) -> None:
        self._all: tuple[SpanProcessor, ...] = ()

    def add(self, processor: SpanProcessor) -> None:
        """Let it see spans from now on."""
        self._all = (*self._all, processor)

    def remove(self, processor: SpanProcessor) -> None:
        """Let it see no more."""
        self._all = tuple(kept for kept in self._all if kept is not processor)

    def on_start(self, span: trace.Span, parent_context: context_api.Context | None = None) -> None:
        """Hand on."""
        for processor in self._all:
            processor.on_start(span, parent_context)  # type: ignore[arg-type]

    def on_end(self, span: ReadableSpan) -> None:
        """Hand on."""
        for processor in self._all:
            processor.on_end(span)

    def shutdown(self) -> None:
        """Hand on."""
        for processor in self._all:
            processor.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Hand on."""
        return all(processor.force_flush(timeout_millis) for processor in self._all)


processors: Final = Processors()


def sampled_parent(context: context_api.Context | None = None) -> SpanContext | None:
    """The current span, if its steps are recorded."""
    found = trace.get_current_span(context).get_span_context()
    return found if found.trace_flags.sampled else None


class Label:
    """The attributes of one kind of step, read once for all the steps that carry them."""

    __slots__ = ("attributes", "shown")

    def __init__(self, attributes: Attributes) -> None:
        self.attributes = attributes
        self.shown = shown_by(attributes)


def record(name: str, parent: SpanContext, start_ns: int, end_ns: int, label: Label) -> SpanContext:
    """Record a finished step within `parent`; it may become the parent of its own steps."""
    own = _child_of(parent)
    _finish(name, own, parent, (start_ns, end_ns), label)
    return own


def record_late(name: str, trace_id: int, start_ns: int, end_ns: int, label: Label) -> None:
    """Record a finished step of a trace whose other steps may have ended: it lies inside none of them."""
    own = SpanContext(trace_id, random.getrandbits(64) or 1, is_remote=False, trace_flags=_SAMPLED)
    _finish(name, own, None, (start_ns, end_ns), label)


class TimedStep:
    """A step of the current trace, to be entered around the code it times; nothing outside of a trace.

    Steps taken inside become its children. An exception is marked by its type only.
    """

    __slots__ = ("_label", "_name", "_own", "_parent", "_start", "_token")

    def __init__(self, name: str, label: Label) -> None:
        self._name = name
        self._label = label
        self._parent: SpanContext | None = None

    def __enter__(self) -> Self:
        self._parent = parent = sampled_parent()
        if parent is not None:
            self._own = _child_of(parent)
            self._token = context_api.attach(trace.set_span_in_context(NonRecordingSpan(self._own)))
            self._start = time.time_ns()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if self._parent is None:
            return
        end = time.time_ns()
        context_api.detach(self._token)
        label = (
            self._label if kind is None else Label({**self._label.attributes, "pill.error": kind.__name__})
        )
        _finish(self._name, self._own, self._parent, (self._start, end), label)


def _child_of(parent: SpanContext) -> SpanContext:
    return SpanContext(
        parent.trace_id, random.getrandbits(64) or 1, is_remote=False, trace_flags=parent.trace_flags
    )


def _finish(
    name: str, own: SpanContext, parent: SpanContext | None, times_ns: tuple[int, int], label: Label
) -> None:
    start_ns, end_ns = times_ns
    span = FinishedSpan(
        name,
        own,
        parent,
        RESOURCE,
        label.attributes,
        start_time=start_ns,
        end_time=max(start_ns, end_ns),
        instrumentation_scope=_SCOPE,
    )
    span.shown = label.shown
    processors.on_end(span)
