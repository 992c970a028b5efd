"""The endpoints of the live feed: the stream, and a trace as a file."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import anyio
from opentelemetry import trace
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AppError, NotFound
from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.app.ports.trace import (
    FILE,
    LAYER,
    LINE,
    LIVE,
    PILL_PREFIX,
    SESSION,
    TARGET,
    Layer,
    Target,
    labels,
)
from portfolio_app.http.log.page_stream import Openers, PageStream, updates
from portfolio_app.http.log.stream import (
    SEPARATOR,
    Ending,
    Start,
    Stream,
    Streams,
    events,
    heartbeat,
    last_event_id,
    start_of,
)
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import caller_from_scope, visitor_of
from portfolio_app.http.transport.errors import ErrorView, explain, json_error
from portfolio_app.http.transport.headers import CUT_OFF, set_cookie, stream_key
from portfolio_app.http.transport.tracing import belongs_to

HEARTBEAT_S: Final = 15
SEND_WITHIN_S: Final = 10
"""Seconds for sending one chunk; a reader that takes longer has stopped reading."""
LAST_WORDS_S: Final = 1
"""Seconds between a stop signal and the end, for the reason to be sent."""

_tracer = trace.get_tracer("portfolio_app.http")


class FeedResponse(EventSourceResponse):
    """Sends a stream's events, and tells the session's log when it begins and ends: two rows, never more."""

    def __init__(self, streams: Streams, stream: Stream, start: Start, headers: Mapping[str, str]) -> None:
        self._streams = streams
        self._stream = stream
        self._start = start
        self._stopping = anyio.Event()
        super().__init__(
            updates(stream) if isinstance(stream, PageStream) else events(stream, start),
            headers=headers,
            ping=HEARTBEAT_S,
            sep=SEPARATOR,
            ping_message_factory=heartbeat,
            send_timeout=SEND_WITHIN_S,
            shutdown_event=self._stopping,
            shutdown_grace_period=LAST_WORDS_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until the reader leaves or the stream ends."""
        stopping = asyncio.create_task(self._end_when_stopping(), name="stream")
        try:
            self._announce_start()
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            self._stream.end(Ending.SLOW)
            await _cut_off(scope, receive)
        finally:
            stopping.cancel()
            self._streams.close(self._stream)
            self._announce("stream ended", rows=self._stream.sent, reason=str(self._stream.ending))

    async def _end_when_stopping(self) -> None:
        await self._stopping.wait()
        self._stream.end(Ending.STOPPING)

    def _announce_start(self) -> None:
        if self._start.resumed is None:
            self._announce("stream started", rows=len(self._start.rows))
        else:
            gap = {"reason": "gap"} if self._start.gap else {}
            self._announce("stream resumed", resumed=self._start.resumed, rows=len(self._start.rows), **gap)

    def _announce(self, name: str, **pills: str | int) -> None:
        session: dict[str, str | bool] = {SESSION: self._stream.session_id, LIVE: True}
        _tracer.start_span(name, attributes={**labels(Target.SSE, Layer.HTTP, **pills), **session}).end()


async def _cut_off(scope: Scope, receive: Receive) -> None:
    """A connection that is closed in the usual way stays until all that was sent has been read: here, never."""
    extension = scope.get("extensions", {}).get(CUT_OFF)
    if extension is not None:
        extension["call"]()
        await receive()


RETRY_AFTER_S: Final = 30
_TOO_MANY: Final = "Too many streams are open. Close one and try again."


async def stream(request: Request) -> Response:
    """Follow the session that the header's key was made for, else the cookie's; with neither, a new and empty one.

    With the path of a `page`, its websocket's frames instead of rows.
    """
    caller = caller_from_scope(request.scope)
    try:
        session_id = runtime.services().follow_feed.session_of(caller, stream_key(request.scope))
    except AppError as error:
        return json_error(explain(error, caller.request_id))
    if request.method == "HEAD":
        return Response(headers={"content-type": "text/event-stream", "cache-control": "no-store"})
    if not _may_open(session_id, caller.network):
        return json_error(ErrorView(429, _TOO_MANY, caller.request_id, retry_after=RETRY_AFTER_S))
    return await _follow(request, caller, session_id)


def _may_open(session_id: str, network: str) -> bool:
    site = runtime.current()
    return not site.options.limits or (
        site.sockets.may_try(network) and site.part(Streams).has_room(session_id, network)
    )


async def _follow(request: Request, caller: Caller, session_id: str) -> Response:
    site, visitor = runtime.current(), visitor_of(request.scope)
    streams = site.part(Streams)
    is_fresh = visitor.is_new and session_id == visitor.session_id
    # Entered before the session is looked up: one that is revoked in between ends the stream.
    # A key reads its session's rows and nothing else.
    page = request.query_params.get("page") if session_id == caller.session_id else None
    opened = (
        streams.open(session_id, caller.network)
        if page is None
        else streams.enter(PageStream(session_id, caller.network))
    )
    try:
        if not is_fresh:  # a session that was made up just now can't have ended
            await site.services.follow_feed(caller, session_id)
        if isinstance(opened, PageStream):
            await site.part(Openers)(caller, page or "/", opened)
        last = last_event_id(request.headers.get("last-event-id"))
        start = start_of(site.services.live_feed, session_id, last)
    except Exception as error:  # the boundary: nothing may reach the framework
        streams.close(opened)
        return json_error(explain(error, caller.request_id))
    if visitor.is_new:
        belongs_to(session_id, request.method, request.scope["path"])
    headers = {"set-cookie": set_cookie(visitor.secret)} if is_fresh else {}
    return FeedResponse(streams, opened, start, headers)


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
