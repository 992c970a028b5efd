"""The live feed of one session as Server-Sent Events, for `curl -N`."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AppError
from portfolio_app.http.log.stream_response import FeedResponse
from portfolio_app.http.log.stream_start import last_event_id, start_of
from portfolio_app.http.log.streams import Streams
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.answers import json_error
from portfolio_app.http.transport.caller import caller_from_scope
from portfolio_app.http.transport.cookies import set_cookie
from portfolio_app.http.transport.errors import ErrorView, explain
from portfolio_app.http.transport.stream_keys import stream_key
from portfolio_app.http.transport.tracing import belongs_to
from portfolio_app.http.transport.visitor import visitor_of

RETRY_AFTER_S: Final = 30
_TOO_MANY: Final = "Too many streams are open. Close one and try again."


async def stream(request: Request) -> Response:
    """Follow the session that `?key=` was made for, else the cookie's; with neither, a new and empty one."""
    caller = caller_from_scope(request.scope)
    try:
        session_id = runtime.services().follow_feed.session_of(caller, stream_key(request.scope))
    except AppError as error:
        return json_error(explain(error, caller.request_id))
    if request.method == "HEAD":
        return Response(headers={"content-type": "text/event-stream", "cache-control": "no-store"})
    if not _may_open(session_id, caller.ip):
        return json_error(ErrorView(429, _TOO_MANY, caller.request_id, retry_after=RETRY_AFTER_S))
    return await _follow(request, caller, session_id)


def _may_open(session_id: str, ip: str) -> bool:
    site = runtime.current()
    return not site.options.limits or (
        site.sockets.may_try(ip) and site.part(Streams).has_room(session_id, ip)
    )


async def _follow(request: Request, caller: Caller, session_id: str) -> Response:
    site, visitor = runtime.current(), visitor_of(request.scope)
    streams = site.part(Streams)
    is_fresh = visitor.is_new and session_id == visitor.session_id
    # Entered before the session is looked up: one that is revoked in between ends the stream.
    opened = streams.open(session_id, caller.ip)
    try:
        if not is_fresh:  # a session that was made up just now can't have ended
            await site.services.follow_feed(caller, session_id)
        last = last_event_id(request.headers.get("last-event-id"))
        start = start_of(site.services.live_feed, session_id, last)
    except Exception as error:  # the boundary: nothing may reach the framework
        streams.close(opened)
        return json_error(explain(error, caller.request_id))
    if visitor.is_new:
        belongs_to(session_id, request.method, request.url.path)
    headers = {"set-cookie": set_cookie(visitor.secret)} if is_fresh else {}
    return FeedResponse(streams, opened, start, headers)
