"""The way in: what Reflex has no part in does not pass through its layers."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

_OWN: Final = "/api/"


class Front:
    """Hands requests for our own endpoints to them, behind the same middleware, and the rest to `site`.

    Reflex puts CORS headers, contexts and two routers around everything, which takes as long as all that is
    done here. Our endpoints are for pages of this origin alone, so that they need no CORS headers.
    """

    def __init__(self, site: ASGIApp, own: ASGIApp) -> None:
        """`own` are the endpoints behind their middleware."""
        self.site = site
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_OWN):
            await self._own(scope, receive, send)
        else:
            await self.site(scope, receive, send)
