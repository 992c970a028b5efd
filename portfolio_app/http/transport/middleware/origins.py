"""Keeps other sites from acting in a visitor's name."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.headers import header, refuse

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class OriginGuard:
    """Refuses websockets that another origin opens, and effects that are not asked for by this one.

    A websocket without an Origin is let through for the session layer to treat as a stranger's.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_welcome(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, send, 403, "Not from this origin.")


def _is_welcome(scope: Scope) -> bool:
    if scope["type"] == "http" and scope["method"] in _SAFE:
        return True
    origin = header(scope, b"origin")
    if origin is not None:
        return origin in runtime.options().allowed_origins
    return scope["type"] == "websocket" or header(scope, b"sec-fetch-site") == "same-origin"
