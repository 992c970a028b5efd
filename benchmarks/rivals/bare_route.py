"""Starlette routes and nothing else: what a server and the framework cost by themselves."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_NOT_STORED = {"cache-control": "no-store"}
_SCRIPTS = Path(__file__).parents[2] / "portfolio_app/http/burst"
"""The site's own."""


async def live(_request: Request) -> Response:
    """The same answer as the site's."""
    return JSONResponse({"status": "live"}, headers=_NOT_STORED)


async def noop(request: Request) -> Response:
    """The same answer as the site's."""
    return JSONResponse({"n": int(request.query_params["n"])}, headers=_NOT_STORED)


async def page(_request: Request) -> Response:
    """The page to start the worker from."""
    return HTMLResponse('<!doctype html><title>bare</title><link rel="icon" href="data:,">')


app = Starlette(
    routes=[
        Route("/api/live", live),
        Route("/api/burst/noop", noop),
        Mount("/js", StaticFiles(directory=_SCRIPTS)),
        Route("/", page),
    ]
)
