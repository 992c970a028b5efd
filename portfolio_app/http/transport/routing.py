"""Routes that are answered without Reflex, and the names that metrics and logs have for a path."""

import re
from collections.abc import Awaitable, Iterable, Sequence
from functools import cached_property
from typing import Final, TypeGuard
from urllib.parse import quote

from starlette.routing import BaseRoute, Mount, Route, Router, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from portfolio_app.http.transport.errors import wrong_method

OTHER: Final = "other"
ASSETS: Final = "/assets/{file}"
_PREFIXES: Final = {"/assets/": ASSETS}
_PARAMETER: Final = re.compile(r"\[+(\.{3})?(\w+)\]+")

_ANY_CASE: Final = re.IGNORECASE | re.ASCII


class RouteNames:
    """Looks up which of `templates` (Starlette's or Reflex's notation) a path belongs to."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._exact: dict[str, str] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for template in templates:
            path = _PARAMETER.sub(_braces, template)
            pattern, shown, parameters = compile_path(path)
            if parameters:
                self._patterns.append((pattern, shown))
            else:
                self._exact[path] = path

    def of(self, path: str) -> str:
        """The template, or `OTHER` for a path that belongs to none."""
        for prefix, name in _PREFIXES.items():
            if path.startswith(prefix):
                return name
        path = path.rstrip("/") or "/"
        if path in self._exact:
            return self._exact[path]
        return next((shown for pattern, shown in self._patterns if pattern.match(path)), OTHER)

    def spelled(self, path: str) -> str | None:
        """The address that a path differs from by upper and lower case alone, encoded; None for any other path."""
        asked = path.rstrip("/")
        for pattern, shown in self._spellings:
            if found := pattern.fullmatch(asked):
                values = {name: quote(value, safe="") for name, value in found.groupdict().items()}
                known = shown.format(**values)
                return known if known != quote(asked) else None
        return None

    @cached_property
    def _spellings(self) -> list[tuple[re.Pattern[str], str]]:
        exact = [(re.compile(re.escape(path)), path) for path in self._exact]
        return [(re.compile(known.pattern, _ANY_CASE), shown) for known, shown in (*exact, *self._patterns)]


def _braces(match: re.Match[str]) -> str:
    rest, name = match.groups()
    return f"{{{name}:path}}" if rest else f"{{{name}}}"


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


_OWN: Final = "/api/"


class Front:
    """Hands requests for our own endpoints to them, and the rest to `site`.

    Reflex puts CORS headers, contexts and two routers around everything, which takes as long as all that is
    done here. Our endpoints are for pages of this origin alone, so that they need no CORS headers. `sockets` takes the
    websockets: what calls what serves one is kept for as long as its tab is open.
    """

    def __init__(self, site: ASGIApp, own: ASGIApp | None, sockets: ASGIApp | None = None) -> None:
        self.site = site
        self._own = own
        self._sockets = sockets or site

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "websocket":
            return self._sockets(scope, receive, send)
        if self._own is not None and scope["type"] == "http" and scope["path"].startswith(_OWN):
            return self._own(scope, receive, send)
        return self.site(scope, receive, send)
