"""The frame around every Reflex handler: trace and count it, name the caller, turn errors into views."""

import logging
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import reflex as rx
from opentelemetry import trace

from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.trace import source
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView, explain
from portfolio_app.http.transport.request_id import current_request_id
from portfolio_app.http.transport.runtime import current
from portfolio_app.http.transport.tracing import event_answered, request_span
from portfolio_app.http.transport.visitor import SESSION_HEADER

_log = logging.getLogger(__name__)
T = TypeVar("T")
OK: Final = 200


async def attempt(
    state: rx.State, name: str, action: Callable[[Caller], Awaitable[T]], *, live: bool = True
) -> T | ErrorView:
    """Run `action` as request `name` of the visitor behind `state`; an error comes back as its view.

    `live` puts the request into the session's live feed; reading done when a page loads stays out of it.
    """
    started = time.perf_counter()
    event, code = trace.get_current_span(), source(sys._getframe(1).f_code)
    with request_span(name, _session_id(state), live=live, code=code) as span:
        result: T | ErrorView
        try:
            result = await action(caller_of(state))
            status = OK
        except Exception as error:  # the boundary: nothing may reach the framework
            result = explain(error, current_request_id())
            status = result.status
        span.set_attribute("pill.status", status)
        seconds = time.perf_counter() - started
        site = current()
        site.answered += 1
        site.services.metrics.handled(name, status, seconds)
        if live:
            _log.info("%s %d in %.1f ms", name, status, seconds * 1000)
            event_answered(event, name, status)
        return result


def _session_id(state: rx.State) -> str:
    return state.router.headers.raw_headers.get(SESSION_HEADER, "")
