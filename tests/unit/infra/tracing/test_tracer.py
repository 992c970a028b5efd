"""Lean spans do what the SDK's do, as far as anybody here asks them to."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags, Tracer

from portfolio_app.infra.tracing.recorder import RESOURCE
from portfolio_app.infra.tracing.tracer import LeanProvider, LeanSpan


class Seen(SpanProcessor):
    def __init__(self) -> None:
        self.started: list[Span] = []
        self.ended: list[ReadableSpan] = []

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        self.started.append(span)

    def on_end(self, span: ReadableSpan) -> None:
        self.ended.append(span)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def tracer(seen: Seen) -> Iterator[Tracer]:
    provider = LeanProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_span_processor(seen)
    yield provider.get_tracer("test", "1")
    provider.shutdown()


def test_a_span_is_whole_when_it_ends_and_ends_once(tracer: Tracer, seen: Seen) -> None:
    with tracer.start_as_current_span("outer", attributes={"a": 1}) as outer:
        assert trace.get_current_span() is outer
        assert outer.is_recording()
        outer.set_attributes({"b": "two", "c": True})
    outer.end()
    (span,) = seen.ended
    assert isinstance(span, LeanSpan)
    assert seen.started == [span]
    assert (span.name, span.parent, span.resource) == ("outer", None, RESOURCE)
    assert dict(span.attributes or {}) == {"a": 1, "b": "two", "c": True}
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "test"
    assert span.start_time is not None
    assert span.end_time is not None
    assert span.start_time <= span.end_time
    assert not outer.is_recording()
    assert '"name": "outer"' in span.to_json()


def test_a_span_inside_continues_the_trace(tracer: Tracer, seen: Seen) -> None:
    with tracer.start_as_current_span("outer") as outer, tracer.start_as_current_span("inner") as inner:
        pass
    assert inner.get_span_context().trace_id == outer.get_span_context().trace_id
    assert seen.ended[0].parent == outer.get_span_context()
    assert inner.get_span_context().span_id != outer.get_span_context().span_id
    assert inner.get_span_context().trace_flags.sampled


def test_an_ended_span_and_what_is_no_plain_value_are_left_alone(tracer: Tracer, seen: Seen) -> None:
    span = tracer.start_span("span")
    span.set_attribute("list", ["a"])
    span.end()
    span.set_attribute("late", 1)
    assert dict(seen.ended[0].attributes or {}) == {}


def test_an_exception_is_recorded_like_the_sdk_does(tracer: Tracer, seen: Seen) -> None:
    with pytest.raises(ValueError, match="no"), tracer.start_as_current_span("span"):
        raise ValueError("no")
    (span,) = seen.ended
    assert [event.name for event in span.events] == ["exception"]
    assert span.status.status_code is StatusCode.ERROR


def test_a_span_of_its_own_context_manager_may_keep_exceptions_to_itself(tracer: Tracer, seen: Seen) -> None:
    quiet = tracer.start_span("span", record_exception=False, set_status_on_exception=False)
    with pytest.raises(ValueError, match="no"), quiet:
        raise ValueError("no")
    (span,) = seen.ended
    assert not span.events
    assert span.status.status_code is StatusCode.UNSET


def test_a_trace_that_is_not_recorded_stays_so(tracer: Tracer, seen: Seen) -> None:
    parent = NonRecordingSpan(SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(0)))
    with trace.use_span(parent):
        span = tracer.start_span("span")
    assert not span.is_recording()
    assert span.get_span_context().trace_id == 1
    assert seen.started == []


def test_links_are_left_to_the_sdk(tracer: Tracer, seen: Seen) -> None:
    tracer.start_span("span", links=[trace.Link(SpanContext(1, 2, is_remote=True))]).end()
    assert [link.context.trace_id for link in seen.ended[0].links] == [1]


def test_a_sampler_from_the_environment_decides() -> None:
    provider = LeanProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    assert not provider.get_tracer("test").start_span("span").is_recording()
