"""Starlette routes and nothing else: what a server and the framework cost by themselves."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

_NOT_STORED = {"cache-control": "no-store"}
_WORKER = Path(__file__).parents[2] / "assets" / "js" / "burst_worker.js"


async def live(_request: Request) -> Response:
    """The same answer as the site's."""
    return JSONResponse({"status": "live"}, headers=_NOT_STORED)


async def noop(request: Request) -> Response:
    """The same answer as the site's."""
    return JSONResponse({"n": int(request.query_params["n"])}, headers=_NOT_STORED)


async def page(_request: Request) -> Response:
    """Something to start the worker from."""
    return HTMLResponse('<!doctype html><title>bare</title><link rel="icon" href="data:,">')


async def worker(_request: Request) -> Response:
    """The site's own script."""
    return FileResponse(_WORKER)


app = Starlette(
    routes=[
        Route("/api/live", live),
        Route("/api/burst/noop", noop),
        Route("/js/burst_worker.js", worker),
        Route("/", page),
    ]
)
