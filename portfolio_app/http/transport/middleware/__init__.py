"""The middleware: small ASGI classes, outermost first in `wrap`."""

from collections.abc import Callable, Mapping

from starlette.types import ASGIApp

from portfolio_app.http.transport.headers import StreamKeys
from portfolio_app.http.transport.middleware.documents import KeptFiles
from portfolio_app.http.transport.middleware.guard import BodyLimit, OneHost, OriginGuard
from portfolio_app.http.transport.middleware.measured import Budgeted, Measured, Viewed
from portfolio_app.http.transport.middleware.policy import SecurityHeaders
from portfolio_app.http.transport.middleware.request_ids import RequestIds
from portfolio_app.http.transport.middleware.visitors import Visitors
from portfolio_app.http.transport.middleware.websockets import Websockets
from portfolio_app.http.transport.routing import RouteNames


def wrap(
    app: ASGIApp,
    names: Callable[[], RouteNames],
    pages: Callable[[], RouteNames],
    *,
    workers: Mapping[str, str],
    unlogged: frozenset[str],
    framed: frozenset[str],
) -> ASGIApp:
    """`app` behind all of it. `names` of every route and `pages` are asked once, with the first request."""
    guarded = OneHost(OriginGuard(BodyLimit(Visitors(Viewed(Websockets(KeptFiles(app)), pages)))))
    inner = RequestIds(Budgeted(guarded, unlogged))
    return StreamKeys(Measured(SecurityHeaders(inner, workers, framed), names, unlogged))
