"""Steps as the rows and traces of the live feed."""

from collections.abc import Sequence
from typing import Final

from opentelemetry.trace import format_span_id, format_trace_id

from portfolio_app.app.ports.live_feed import LogRow, NetworkRow, SpanView, Trace
from portfolio_app.app.ports.step import Step

_NS_PER_MS: Final = 1_000_000
_NS_PER_US: Final = 1_000


def log_row(seq: int, step: Step) -> LogRow:
    """The row of a step that has a target."""
    return LogRow(
        seq=seq,
        at=step.start_ns / _NS_PER_MS,
        ms=(step.end_ns - step.start_ns) / _NS_PER_MS,
        target=step.target,
        layer=step.layer,
        message=step.name,
        request_id=format_trace_id(step.trace_id),
        pills=step.pills,
        level="error" if step.failed else "info",
    )


def network_row(seq: int, step: Step) -> NetworkRow:
    """The row of an outermost step; `ValueError` for any other."""
    request = step.request
    if request is None:
        raise ValueError("only an outermost step is a row of the network table")
    return NetworkRow(
        seq=seq,
        at=step.start_ns / _NS_PER_MS,
        kind=request.kind,
        method=request.method,
        path=request.path,
        status=request.status,
        ms=(step.end_ns - step.start_ns) / _NS_PER_MS,
        bytes=request.bytes,
        request_id=format_trace_id(step.trace_id),
    )


def trace_of(steps: Sequence[Step]) -> Trace:
    """The trace of these steps, by start; there must be at least one."""
    started = min(step.start_ns for step in steps)
    ended = max(step.end_ns for step in steps)
    known = {step.span_id for step in steps}
    # Of two steps that began at once, the one that lasted is the outer one.
    ordered = sorted(steps, key=lambda step: (step.start_ns, -step.end_ns))
    named = next((step for step in ordered if step.request), ordered[0])
    return Trace(
        request_id=format_trace_id(named.trace_id),
        name=named.request.path if named.request else named.name,
        started_at=started / _NS_PER_MS,
        duration_us=(ended - started) // _NS_PER_US,
        spans=tuple(_span_view(step, started, known) for step in ordered),
    )


def _span_view(step: Step, trace_start: int, known: set[int]) -> SpanView:
    # Both ends are rounded down, so that what lay inside another step still does.
    start_us = (step.start_ns - trace_start) // _NS_PER_US
    end_us = (step.end_ns - trace_start) // _NS_PER_US
    return SpanView(
        id=format_span_id(step.span_id),
        parent=format_span_id(step.parent_id) if step.parent_id in known else "",
        name=step.name,
        layer=step.layer,
        target=step.target,
        start_us=start_us,
        duration_us=end_us - start_us,
        pills=step.pills,
        file=step.file,
        line=step.line,
    )
