"""The application that answers requests: routes of all features behind the middleware, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp

from portfolio_app.http import site
from portfolio_app.http.build.head import document_of
from portfolio_app.http.content import crawlers as written
from portfolio_app.http.kit.page import Page
from portfolio_app.http.transport import middleware, routing, runtime
from portfolio_app.http.transport.errors import unknown_endpoint
from portfolio_app.http.transport.middleware.documents import Documents
from portfolio_app.http.transport.middleware.request_ids import Bounded
from portfolio_app.http.transport.middleware.visitors import is_operator
from portfolio_app.http.transport.middleware.websockets import EVENT_PATH
from portfolio_app.http.transport.monitoring import Live, answer, connection, metrics, offer_readings, ready
from portfolio_app.http.transport.resync import Resync
from portfolio_app.http.transport.routing import Front, RouteNames
from portfolio_app.http.unsent import unsent_routes

_FRESH_FOR = {"cache-control": "public, max-age=300"}


def routes() -> list[BaseRoute]:
    """The routes that are answered without Reflex, before any page."""
    return [
        *(route for feature in site.features() for route in feature.routes),
        *unsent_routes(site.forms()),
        Route("/api/live", Live(), methods=["GET"]),
        Route("/api/ready", ready),
        Route("/api/connection", connection, methods=["GET"]),
        Route("/metrics", metrics),
        Route("/sitemap.xml", sitemap),
        Route("/robots.txt", robots),
        Route("/api/{rest:path}", unknown_endpoint, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


def may_connect(origin: str, environ: Mapping[str, str]) -> bool:
    """The rule for origins as engine.io asks for it."""
    return runtime.options().origins.allows(origin, environ.get("HTTP_HOST"))


def route_names() -> RouteNames:
    """The names that metrics and logs have for a path: its own endpoints first, then its pages."""
    own = [route.path for route in routes() if isinstance(route, Route)]
    return RouteNames([EVENT_PATH, *own, *(page.route for page in site.all_pages())])


def page_names() -> RouteNames:
    """The names of the pages alone."""
    return RouteNames(page.route for page in site.all_pages())


def mount(app: ASGIApp) -> ASGIApp:
    """`app` behind the routes; for `rx.App(api_transformer=mount)`."""

    @cache
    def described() -> list[Page]:
        return [page for page in site.all_pages() if page.scriptless]

    names = cache(page_names)
    documents = Documents(
        app, lambda path: document_of(described(), path), lambda path: names().spelled(path)
    )
    return Bounded(routing.mounted(routes(), documents))


def wrap(app: ASGIApp) -> ASGIApp:
    """`app` behind the middleware."""
    workers = {path: policy for feature in site.features() for path, policy in feature.workers.items()}
    unlogged = frozenset(path for feature in site.features() for path in feature.unlogged)
    framed = frozenset(path for feature in site.features() for path in feature.framed)
    return middleware.wrap(app, route_names, page_names, workers=workers, unlogged=unlogged, framed=framed)


def front(app: ASGIApp, *, direct: bool = True, sockets: ASGIApp | None = None) -> ASGIApp:
    """The whole of `app` behind the middleware: what Reflex answers by itself, too.

    `direct` serves the site's own endpoints in front of it, where no page is of another origin. Websockets go to
    `sockets`, if there is one, and past all else that Reflex has in front of it.
    """
    return wrap(Front(app, routing.endpoints(routes()) if direct else None, sockets))


@asynccontextmanager
async def running(running_site: runtime.Runtime) -> AsyncIterator[None]:
    """Every feature started in turn, and ended in the opposite order; the site has its push already."""
    resync = running_site.add(Resync())
    resync.end_sessions(running_site.sockets, running_site.services.reread)
    running_site.services.bus.subscribe(resync.on_event)
    offer_readings(running_site)
    async with AsyncExitStack() as started:
        for feature in site.features():
            if feature.running is not None:
                await started.enter_async_context(feature.running(running_site))
        tasks = [
            asyncio.create_task(resync.run(), name="resync"),
            asyncio.create_task(resync.watch_sessions(), name="sessions"),
            asyncio.create_task(running_site.sockets.crowd.watch(), name="unread"),
            asyncio.create_task(running_site.sockets.watch(), name="sockets"),
        ]
        yield
        for task in tasks:
            task.cancel()


def worker_metrics() -> ASGIApp:
    """The application on a worker's own port: its metrics, for the operator, and nothing else."""

    async def metrics_of_this_worker(request: Request) -> Response:
        return answer(is_operator=is_operator(request.scope, runtime.options().metrics_token))

    return Router([Route("/metrics", metrics_of_this_worker)])


async def sitemap(_request: Request) -> Response:
    """The listed pages, for search engines."""
    listed = [
        (page.route, page.article.changed if page.article else None)
        for page in site.all_pages()
        if page.listed
    ]
    text = written.sitemap(listed, runtime.options().public_url)
    return Response(text, headers=_FRESH_FOR, media_type="application/xml")


async def robots(_request: Request) -> Response:
    """The robots.txt that allows pages and disallows endpoints."""
    return PlainTextResponse(written.robots(runtime.options().public_url), headers=_FRESH_FOR)
