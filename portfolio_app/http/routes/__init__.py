"""What is answered without Reflex."""

from typing import TypeGuard

from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from portfolio_app.http.documents import Documents
from portfolio_app.http.routes.answers import unknown_endpoint, wrong_method
from portfolio_app.http.routes.burst import burst_routes
from portfolio_app.http.routes.health import Live, ready
from portfolio_app.http.routes.metrics import metrics
from portfolio_app.http.routes.published import feed, robots, sitemap
from portfolio_app.http.routes.runs import download_page, download_record, list_runs
from portfolio_app.http.routes.session import exchange
from portfolio_app.http.routes.stream import stream
from portfolio_app.http.routes.traces import download
from portfolio_app.http.routes.unsent import unsent_routes


def routes() -> list[BaseRoute]:
    """The routes, before any other app's."""
    return [
        *burst_routes(),  # first, for there are thousands of them
        Route("/session/exchange", exchange, methods=["POST"]),
        *unsent_routes(),
        Route("/api/live", Live(), methods=["GET"]),
        Route("/api/ready", ready),
        Route("/metrics", metrics),
        Route("/feed.xml", feed),
        Route("/sitemap.xml", sitemap),
        Route("/robots.txt", robots),
        Route("/api/stream", stream),
        Route("/api/traces/{request_id}", download),
        Route("/api/runs", list_runs),
        Route("/api/runs/{run}.html", download_page),
        Route("/api/runs/{run}", download_record),
        Route("/api/{rest:path}", unknown_endpoint, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


def mount(app: ASGIApp) -> ASGIApp:
    """`app` behind the routes; for `rx.App(api_transformer=[mount, wrap])`."""
    return Fixed(Router(routes=[*routes(), Mount("", Documents(app))]))


def endpoints() -> ASGIApp:
    """The routes, and nothing behind them."""
    return Fixed(Router(routes=routes()))


class Fixed:
    """Finds a route without parameters by its path, instead of trying one after the other."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self._routes = {route.path: route for route in reversed(router.routes) if _is_fixed(route)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get(scope["path"]) if scope["type"] == "http" else None
        if route is None:
            await self.router(scope, receive, send)
        elif scope["method"] in (route.methods or ()):
            scope["path_params"] = {}
            await route.app(scope, receive, send)
        else:
            await wrong_method(route.methods or ())(scope, receive, send)


def _is_fixed(route: BaseRoute) -> TypeGuard[Route]:
    return isinstance(route, Route) and not route.param_convertors
