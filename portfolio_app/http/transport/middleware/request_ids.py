"""Gives every request an id, which is the id of its trace, and tells the client."""

import time
from collections.abc import Awaitable
from typing import Final

from opentelemetry import context, trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.http.transport.arrivals import ARRIVED_AT
from portfolio_app.http.transport.caller import current_request_id
from portfolio_app.http.transport.errors import explain
from portfolio_app.http.transport.headers import accept_headers, refuse, with_headers
from portfolio_app.http.transport.tracing import end_http_span, start_http_span

REQUEST_ID: Final = "portfolio.request_id"
_HEADER: Final = b"x-request-id"
_FAILED: Final = 500
_ENDLESS: Final = (b"content-type", b"text/event-stream")


class RequestIds:
    """Puts the id into the scope and into the answer, whatever the answer is: an error that nobody caught is one, too.

    A websocket gets an id, but no span: it would last as long as its tab is open. Its events are traced.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = Bounded(app)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http":
            return self._request(scope, receive, send)
        if scope["type"] == "websocket":
            scope[ARRIVED_AT] = time.time_ns()
            scope[REQUEST_ID] = request_id = current_request_id()
            accept_headers(scope).append((_HEADER, request_id.encode()))
        return self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        span = start_http_span(scope["method"], scope["path"])
        status, sent, ended = _FAILED, 0, False

        async def send_stamped(message: Message) -> None:
            nonlocal status, sent, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                message = with_headers(message, [(_HEADER, scope[REQUEST_ID].encode())])
                if _is_endless(message):
                    ended = True
                    end_http_span(span, status, 0)
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        token = context.attach(trace.set_span_in_context(span))
        try:
            scope[REQUEST_ID] = current_request_id()
            await self.app(scope, receive, send_stamped)
        finally:
            if not ended:
                end_http_span(span, status, sent)
            context.detach(token)


class Bounded:
    """Answers an error that nobody caught, in words that name the request: the framework's own would not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return (self._request if scope["type"] == "http" else self.app)(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:  # the boundary: nothing may reach the framework
            if begun:
                raise
            view = explain(error, scope[REQUEST_ID])
            await refuse(scope, send, view.status, view.text)


def _is_endless(message: Message) -> bool:
    """Whether the answer is a stream of events, which is timed until it begins."""
    name, kind = _ENDLESS
    return any(key.lower() == name and value.startswith(kind) for key, value in message.get("headers", ()))
