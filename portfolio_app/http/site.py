"""The composition of the http layer: which features there are, and what all of them together amount to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from portfolio_app.http import account, attacks, burst, chat, demos, home, log, moderation, showcase, writing
from portfolio_app.http.build import fallback
from portfolio_app.http.content import crawlers as written
from portfolio_app.http.kit.page import Feature, NavEntry, Page, Section
from portfolio_app.http.kit.unsent import Unsent
from portfolio_app.http.transport import middleware, routing, runtime
from portfolio_app.http.transport.answers import unknown_endpoint
from portfolio_app.http.transport.health import Live, ready
from portfolio_app.http.transport.metrics import metrics
from portfolio_app.http.transport.middleware.documents import Documents
from portfolio_app.http.transport.middleware.front import Front
from portfolio_app.http.transport.readings import offer_readings
from portfolio_app.http.transport.resync import Resync
from portfolio_app.http.transport.route_names import RouteNames
from portfolio_app.http.unsent import unsent_routes

FEATURES: Sequence[Feature] = (
    burst.FEATURE,  # first, for thousands of requests look for its routes
    log.FEATURE,
    chat.FEATURE,
    account.FEATURE,
    moderation.FEATURE,
    showcase.FEATURE,
    attacks.FEATURE,
    writing.FEATURE,
    *demos.features(),
    home.FEATURE,  # last to start: its pulse reads what others keep
)
SECTIONS = ("stats", "burst", "live", "capabilities", "attacks", "highlights", "patterns")
"""The sections of the front page, in their order."""
_FRESH_FOR = {"cache-control": "public, max-age=300"}


def all_pages() -> tuple[Page, ...]:
    """The front page, then those of every feature; the ones made of the owner's content among them."""
    pages = home.home_page(_sections()), *(page for feature in FEATURES for page in feature.pages())
    demos.refuse_taken(page.route for page in pages)
    return pages


def nav_entries() -> list[NavEntry]:
    """The links in the header: the owner's words first, then what can be tried, then what is for few."""
    found = [entry for feature in FEATURES for entry in feature.nav]
    return sorted(found, key=lambda entry: entry.order)


def forms() -> list[Unsent]:
    """What answers each form of the site before its scripts are there."""
    return [form for feature in FEATURES for form in feature.forms]


def routes() -> list[BaseRoute]:
    """What is answered without Reflex, before any page."""
    return [
        *(route for feature in FEATURES for route in feature.routes),
        *unsent_routes(forms()),
        Route("/api/live", Live(), methods=["GET"]),
        Route("/api/ready", ready),
        Route("/metrics", metrics),
        Route("/sitemap.xml", sitemap),
        Route("/robots.txt", robots),
        Route("/api/{rest:path}", unknown_endpoint, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


def route_names() -> RouteNames:
    """The names that metrics and logs have for a path: its own endpoints first, then its pages."""
    own = [route.path for route in routes() if isinstance(route, Route)]
    return RouteNames([*own, *(page.route for page in all_pages())])


def mount(app: ASGIApp) -> ASGIApp:
    """`app` behind the routes; for `rx.App(api_transformer=[mount, wrap])`."""

    @cache
    def described() -> list[Page]:
        return [page for page in all_pages() if page.scriptless]

    return routing.mounted(routes(), Documents(app, lambda path: fallback.document_of(described(), path)))


def wrap(app: ASGIApp) -> ASGIApp:
    """`app` behind the middleware."""
    return middleware.wrap(app, route_names)


def front(app: ASGIApp) -> ASGIApp:
    """`app` with the site's own endpoints in front of it."""
    return Front(app, wrap(routing.endpoints(routes())))


@asynccontextmanager
async def running(site: runtime.Runtime) -> AsyncIterator[None]:
    """Every feature started in turn, and ended in the opposite order; `site` has its push already."""
    resync = site.add(Resync())
    resync.end_sessions(site.sockets, site.services.reread)
    site.services.bus.subscribe(resync.on_event)
    offer_readings(site)
    async with AsyncExitStack() as started:
        for feature in FEATURES:
            if feature.running is not None:
                await started.enter_async_context(feature.running(site))
        tasks = [
            asyncio.create_task(resync.run(), name="resync"),
            asyncio.create_task(site.sockets.crowd.watch(), name="unread"),
        ]
        yield
        for task in tasks:
            task.cancel()


async def sitemap(_request: Request) -> Response:
    """The listed pages, for search engines."""
    listed = [
        (page.route, page.article.changed if page.article else None) for page in all_pages() if page.listed
    ]
    text = written.sitemap(listed, runtime.options().public_url)
    return Response(text, headers=_FRESH_FOR, media_type="application/xml")


async def robots(_request: Request) -> Response:
    """The robots.txt that allows pages and disallows endpoints."""
    return PlainTextResponse(written.robots(runtime.options().public_url), headers=_FRESH_FOR)


def _sections() -> list[Section]:
    known = {section.name: section for feature in FEATURES for section in feature.sections}
    return [known[name] for name in SECTIONS if name in known]
