"""Routes that are answered without Reflex."""

from collections.abc import Sequence
from typing import TypeGuard

from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from portfolio_app.http.transport.answers import wrong_method


def mounted(routes: Sequence[BaseRoute], app: ASGIApp) -> ASGIApp:
    """`app` behind the routes."""
    return Fixed(Router(routes=[*routes, Mount("", app)]))


def endpoints(routes: Sequence[BaseRoute]) -> ASGIApp:
    """The routes, and nothing behind them."""
    return Fixed(Router(routes=list(routes)))


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
