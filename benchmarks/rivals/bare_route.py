"""One Starlette route and nothing else: what a server and the framework cost by themselves."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def live(_request: Request) -> Response:
    """The same answer as the site's."""
    return JSONResponse({"status": "live"}, headers={"cache-control": "no-store"})


app = Starlette(routes=[Route("/api/live", live)])
