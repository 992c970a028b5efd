"""What is answered without Reflex."""

from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp

from portfolio_app.http.documents import Documents
from portfolio_app.http.routes.answers import unknown_endpoint
from portfolio_app.http.routes.burst import burst_routes
from portfolio_app.http.routes.health import live, ready
from portfolio_app.http.routes.metrics import metrics
from portfolio_app.http.routes.published import feed, robots, sitemap
from portfolio_app.http.routes.runs import download_page, download_record, list_runs
from portfolio_app.http.routes.session import exchange
from portfolio_app.http.routes.stream import stream
from portfolio_app.http.routes.traces import download


def routes() -> list[BaseRoute]:
    """The routes, before any other app's."""
    return [
        *burst_routes(),  # first, for there are thousands of them
        Route("/session/exchange", exchange, methods=["POST"]),
        Route("/api/live", live),
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
    return Router(routes=[*routes(), Mount("", Documents(app))])
