"""Counts, times and logs HTTP requests, has their network pay for them, and counts views of pages."""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.app.caller import NETWORK
from portfolio_app.app.page_views import CountPageViews
from portfolio_app.app.processor_time import Account, current, metered, paid_by
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.frames.filter import OPENED
from portfolio_app.http.transport.headers import CUT_OFF, PARSED, STARTS
from portfolio_app.http.transport.middleware.request_ids import REQUEST_ID
from portfolio_app.http.transport.middleware.visitors import client_network
from portfolio_app.http.transport.routing import ASSETS, OTHER, RouteNames

_log = logging.getLogger(__name__)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NEVER_ANSWERED: Final = 499
_REQUEST: Final = "request"
_REFUSED: Final = 400
_FOR_MACHINES: Final = frozenset({ASSETS, "/api/live", "/api/ready", "/metrics"})
"""Routes that are asked for all the time, by nobody in particular."""


_NO_PAGES: Final = frozenset({ASSETS, OTHER})
_SHOWN: Final = frozenset({200, 304})
_BOTS: Final = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|preview|monitor|headless|lighthouse|inspect|scan|\+https?:", re.IGNORECASE
)
"""Names that programs use as readers of pages, or the address that they give about themselves. CUBOT makes phones."""
_LONGEST_AGENT: Final = 500
_AHEAD: Final = ("sec-purpose", "purpose", "x-moz")
"""Headers that say prefetch, or prerender, or preview: nobody may ever see the page."""


class Measured:
    """Counts, times and logs requests, outermost, so that refused ones count too; websockets where they are admitted.

    Requests to `unlogged` routes are counted and timed, and leave no line in the log.
    """

    def __init__(self, app: ASGIApp, names: Callable[[], RouteNames], unlogged: frozenset[str]) -> None:
        self.app = app
        self._names = names
        self._unlogged = _FOR_MACHINES | unlogged

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "lifespan":
            NETWORK.set(client_network(scope, runtime.options().trusted_proxy_hops))
        if scope["type"] == "websocket":
            return self._handshake(scope, receive, send)
        return (self._request if scope["type"] == "http" else self.app)(scope, receive, send)

    def _handshake(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        started, route = time.perf_counter(), self._routes.of(scope["path"])

        def send_counted(message: Message) -> Awaitable[None]:
            if message["type"] in STARTS:
                self._count(scope, route, message["status"], started)
            return send(message)

        return self.app(scope, receive, send_counted)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, route = time.perf_counter(), self._routes.of(scope["path"])
        answered = False

        def count(status: int) -> None:
            self._count(scope, route, status, started)

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

    def _count(self, scope: Scope, route: str, status: int, started: float) -> None:
        seconds, site = time.perf_counter() - started, runtime.current()
        asked = scope.get("method", "GET")
        method = asked if asked in _METHODS else "OTHER"
        site.services.metrics.requested(method, route, status, seconds)
        site.answered += route not in _FOR_MACHINES
        if route not in self._unlogged:
            named = {"request_id": scope.get(REQUEST_ID)}
            _log.info("%s %s %d in %.1f ms", method, route, status, seconds * 1000, extra=named)

    @cached_property
    def _routes(self) -> RouteNames:
        return self._names()


class Viewed:
    """Counts the pages that browsers open, if the owner has that counted: by page, and nothing else.

    A page is a document that is asked for; a tab that goes on to another page of the site asks for none, and says so by
    an event.
    """

    def __init__(self, app: ASGIApp, pages: Callable[[], RouteNames]) -> None:
        """`pages` is asked once: no other names are ever counted."""
        self.app = app
        self._pages = pages

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        views = runtime.services().count_page_views if scope["type"] in ("http", "websocket") else None
        if views is None or not views.counting or scope.get("method", "GET") != "GET":
            return self.app(scope, receive, send)
        if scope["type"] == "websocket":
            if _is_browser(Headers(scope=scope)):
                scope[OPENED] = self._walk(views)
            return self.app(scope, receive, send)
        page = self._routes.of(scope["path"])
        if page in _NO_PAGES or not _is_view(Headers(scope=scope)):
            return self.app(scope, receive, send)

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _SHOWN:
                views.add(page)
            await send(message)

        return self.app(scope, receive, send_counted)

    def _walk(self, views: CountPageViews) -> Callable[[str, bool], None]:
        """Counts the pages of one tab but those it has loaded; another query is no other page."""
        last = ""

        def opened(path: str, loaded: bool) -> None:
            nonlocal last
            page = self._routes.of(path)
            if not loaded and path != last and page not in _NO_PAGES:
                views.add(page)
            last = path

        return opened

    @cached_property
    def _routes(self) -> RouteNames:
        return self._pages()


def _is_view(asked: Headers) -> bool:
    """Whether a browser asks for a page of its own, not for a frame or ahead of time, and no program that says so."""
    if asked.get("sec-fetch-dest", "document") != "document" or any(asked.get(name) for name in _AHEAD):
        return False
    return _is_browser(asked)


def _is_browser(asked: Headers) -> bool:
    agent = asked.get("user-agent", "")[:_LONGEST_AGENT]
    return agent.startswith("Mozilla/") and _BOTS.search(agent) is None


class Budgeted:
    """Lets a request wait while its network is over budget; it is not answered if its client has left by then.

    `counted` are routes whose feature has a budget of its own for what it lets through; what it refuses is paid for as
    anything else. Probes have a budget of their own, too: a proxy that is taken for a network with all its visitors is
    not to find the site dead because of them.
    """

    def __init__(self, app: ASGIApp, counted: frozenset[str]) -> None:
        self.app = app
        self._counted = counted

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "lifespan" or not runtime.options().limits:
            return self.app(scope, receive, send)
        if scope["type"] == "websocket":
            return self._handshake(scope, receive, send)
        answer = self._counted_request if scope["path"] in self._counted else self._request
        return answer(scope, receive, send)

    async def _handshake(self, scope: Scope, receive: Receive, send: Send) -> None:
        account = _account_of(scope)

        def charge(seconds: float) -> None:
            if current() is account:  # a websocket that is open has an account of its own
                account.spend(seconds)

        try:
            with paid_by(account):
                await metered(self._answer(scope, receive, send), charge)
        finally:
            account.settle()

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        account, parsed = _account_of(scope), _parsed(scope)
        account.spend(parsed())
        try:
            if account.lane() is None or await _has_turn(account, scope):
                with paid_by(account):
                    await metered(self._answer(scope, receive, send), account.spend)
        finally:
            account.done(_REQUEST)
            account.spend(parsed())
            account.settle()

    async def _counted_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        account, spent, refused = _account_of(scope), 0.0, False

        def charge(seconds: float) -> None:
            nonlocal spent
            spent += seconds

        async def send_noted(message: Message) -> None:
            nonlocal refused
            refused = refused or message.get("status", 0) >= _REFUSED
            await send(message)

        try:
            if not account.is_over() or await _has_turn(account, scope):
                await metered(self._answer(scope, receive, send_noted), charge)
        finally:
            account.done(_REQUEST)
            charge(_parsed(scope)())
            account.spend(spent if refused else 0.0)
            account.settle()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def _account_of(scope: Scope) -> Account:
    site = runtime.current()
    accounts = site.sockets.accounts
    open_account = accounts.probe if scope["path"] in _FOR_MACHINES else accounts.request
    return open_account(client_network(scope, site.options.trusted_proxy_hops))


def _parsed(scope: Scope) -> Callable[[], float]:
    taken: Callable[[], float] = scope.get("extensions", {}).get(PARSED, {}).get("call", float)
    return taken


async def _has_turn(account: Account, scope: Scope) -> bool:
    """Wait for it; whether the client is still there by then."""
    await account.begin(_REQUEST)
    if _has_left(scope):
        runtime.current().sockets.accounts.dropped += 1
        return False
    return True


def _has_left(scope: Scope) -> bool:
    asked: Callable[[], bool] = scope.get("extensions", {}).get(CUT_OFF, {}).get("has_left", lambda: False)
    return asked()
