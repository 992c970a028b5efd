"""From a transport's facts to the `Caller` that use cases know."""

import reflex as rx
from starlette.types import Scope

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import SessionEnded
from portfolio_app.http.transport.request_id import current_request_id
from portfolio_app.http.transport.visitor import (
    ENDED_HEADER,
    IP_HEADER,
    SESSION_HEADER,
    TRUSTED_HEADER,
    visitor_of,
)


def caller_of(state: rx.State) -> Caller:
    """The visitor whose event a handler runs, under the request id of the current span.

    Raises `SessionEnded` for an event that came with no connection behind it.
    """
    headers = state.router.headers.raw_headers
    session_id = headers.get(SESSION_HEADER)
    if not session_id:
        raise SessionEnded
    return Caller(
        session_id=session_id,
        ip=headers.get(IP_HEADER, ""),
        request_id=current_request_id(),
        trusted=headers.get(TRUSTED_HEADER) == "1",
    )


def lost_a_session(state: rx.State) -> bool:
    """Whether the visitor's browser came back with the cookie of a session that has ended."""
    return ENDED_HEADER in state.router.headers.raw_headers


def caller_from_scope(scope: Scope) -> Caller:
    """The visitor of a Starlette request."""
    visitor = visitor_of(scope)
    return Caller(visitor.session_id, visitor.ip, visitor.request_id, visitor.trusted)
