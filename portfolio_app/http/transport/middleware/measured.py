"""Counts, times and logs HTTP requests."""

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.app.caller import NETWORK
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.middleware.request_ids import REQUEST_ID
from portfolio_app.http.transport.middleware.visitors import client_network
from portfolio_app.http.transport.routing import RouteNames

_log = logging.getLogger(__name__)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NEVER_ANSWERED: Final = 499
_FOR_MACHINES: Final = frozenset({"/assets/{file}", "/api/live", "/api/ready", "/metrics"})
"""Routes that are asked for all the time, by nobody in particular."""


class Measured:
    """Outermost, so that what the rest refuses counts too. Websockets are counted where they are admitted.

    Requests to `unlogged` routes are counted and timed, and leave no line in the log.
    """

    def __init__(self, app: ASGIApp, names: Callable[[], RouteNames], unlogged: frozenset[str]) -> None:
        self.app = app
        self._names = names
        self._unlogged = _FOR_MACHINES | unlogged

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            NETWORK.set(client_network(scope, runtime.options().trusted_proxy_hops))
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        site = runtime.current()
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = self._routes.of(scope["path"])
        started = time.perf_counter()
        answered = False

        def count(status: int) -> None:
            seconds = time.perf_counter() - started
            site.services.metrics.requested(method, route, status, seconds)
            site.answered += route not in _FOR_MACHINES
            if route not in self._unlogged:
                named = {"request_id": scope.get(REQUEST_ID)}
                _log.info("%s %s %d in %.1f ms", method, route, status, seconds * 1000, extra=named)

        async def send_counted(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                count(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            if not answered:
                count(_NEVER_ANSWERED)

    @cached_property
    def _routes(self) -> RouteNames:
        return self._names()
