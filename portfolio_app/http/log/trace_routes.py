"""One trace of the caller's own session as OTLP JSON, the format that trace viewers read."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.app.ports.trace import FILE, LAYER, LINE, PILL_PREFIX, TARGET
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.answers import json_error
from portfolio_app.http.transport.caller import caller_from_scope
from portfolio_app.http.transport.errors import explain

_INTERNAL: Final = 1
_US_PER_MS: Final = 1_000
_NS_PER_US: Final = 1_000


async def download(request: Request) -> Response:
    """The trace as a file; 404 for one that is not kept any more, or not the caller's."""
    caller = caller_from_scope(request.scope)
    request_id = request.path_params["request_id"]
    trace = runtime.services().live_feed.trace(caller.session_id, request_id)
    if trace is None:
        error = NotFound("There is no such trace among the last ones of your session.")
        return json_error(explain(error, caller.request_id))
    headers = {
        "content-disposition": f'attachment; filename="trace-{trace.request_id}.json"',
        "cache-control": "no-store",
    }
    return JSONResponse(otlp(trace), headers=headers)


def otlp(trace: Trace) -> dict[str, Any]:
    """An `ExportTraceServiceRequest` in the JSON encoding of OTLP."""
    scope = {"scope": {"name": "portfolio_app"}, "spans": [_span(trace, span) for span in trace.spans]}
    resource = {"attributes": _attributes({"service.name": "portfolio_app"})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def _span(trace: Trace, span: SpanView) -> dict[str, Any]:
    start_us = round(trace.started_at * _US_PER_MS) + span.start_us
    named: dict[str, str | int] = {LAYER: span.layer, TARGET: span.target, FILE: span.file, LINE: span.line}
    pills = {PILL_PREFIX + name: value for name, value in span.pills}
    return {
        "traceId": trace.request_id,
        "spanId": span.id,
        "parentSpanId": span.parent,
        "name": span.name,
        "kind": _INTERNAL,
        "startTimeUnixNano": str(start_us * _NS_PER_US),
        "endTimeUnixNano": str((start_us + span.duration_us) * _NS_PER_US),
        "attributes": _attributes({name: value for name, value in named.items() if value} | pills),
        "status": {},
    }


def _attributes(named: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in named.items()]


def _value(value: str | int) -> dict[str, str]:
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
