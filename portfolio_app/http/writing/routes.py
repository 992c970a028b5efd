"""What machines read of the content."""

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from portfolio_app.http.content import feed as written
from portfolio_app.http.content.loader import content
from portfolio_app.http.transport import runtime

_FRESH_FOR: Final = {"cache-control": "public, max-age=300"}


async def feed(_request: Request) -> Response:
    """Case studies and articles as Atom."""
    text = written.atom(content(), runtime.options().public_url)
    return Response(text, headers=_FRESH_FOR, media_type="application/atom+xml")


async def sitemap(_request: Request) -> Response:
    """The listed pages."""
    # Pages import the middleware's neighbours; see route_names.
    from portfolio_app.http.site import all_pages

    listed = [
        (page.route, page.article.changed if page.article else None) for page in all_pages() if page.listed
    ]
    text = written.sitemap(listed, runtime.options().public_url)
    return Response(text, headers=_FRESH_FOR, media_type="application/xml")


async def robots(_request: Request) -> Response:
    """What crawlers may ask for."""
    return PlainTextResponse(written.robots(runtime.options().public_url), headers=_FRESH_FOR)
