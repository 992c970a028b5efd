"""The load burst: its controls, what it shows while it runs, its receipt, and recorded runs."""

from starlette.routing import Route

from portfolio_app.http.burst.page import SECTION
from portfolio_app.http.burst.routes import burst_routes, download_page, download_record, list_runs
from portfolio_app.http.burst.runs import PAGE
from portfolio_app.http.kit.page import Feature

FEATURE = Feature(
    "burst",
    pages=lambda: (PAGE,),
    routes=(
        *burst_routes(),
        Route("/api/runs", list_runs),
        Route("/api/runs/{run}.html", download_page),
        Route("/api/runs/{run}", download_record),
    ),
    sections=(SECTION,),
    workers={"/js/burst_worker.js": "default-src 'none'; connect-src 'self'"},
    unlogged=frozenset({"/api/burst/noop", "/api/burst/read", "/api/burst/write"}),
)

__all__ = ["FEATURE"]
