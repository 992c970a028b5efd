"""The Atom feed of case studies and articles."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from portfolio_app.http.content import crawlers as written
from portfolio_app.http.content.loader import content
from portfolio_app.http.transport import runtime

_FRESH_FOR: Final = {"cache-control": "public, max-age=300"}


async def feed(_request: Request) -> Response:
    """Case studies and articles as Atom."""
    text = written.atom(content(), runtime.options().public_url)
    return Response(text, headers=_FRESH_FOR, media_type="application/atom+xml")
