"""Gives every request an id, which is the id of its trace, and tells the client."""

from typing import Final

from opentelemetry import context, trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            scope[REQUEST_ID] = request_id = current_request_id()
            accept_headers(scope).append((_HEADER, request_id.encode()))
            await self.app(scope, receive, send)
        else:
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        span = start_http_span(scope["method"], scope["path"])
        status, sent, begun, ended = _FAILED, 0, False, False

        async def send_stamped(message: Message) -> None:
            nonlocal status, sent, begun, ended
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
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
        except Exception as error:  # the boundary: the server's own answer would name no request
            if begun:
                raise
            view = explain(error, scope[REQUEST_ID])
            await refuse(scope, send_stamped, view.status, view.text)
        finally:
            if not ended:
                end_http_span(span, status, sent)
            context.detach(token)


def _is_endless(message: Message) -> bool:
    """Whether the answer is a stream of events, which is timed until it begins."""
    name, kind = _ENDLESS
    return any(key.lower() == name and value.startswith(kind) for key, value in message.get("headers", ()))
