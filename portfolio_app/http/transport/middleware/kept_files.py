"""Files whose name changes with their content: a browser need never ask for them again."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.http.transport.headers import with_headers

HASHED: Final = "/assets/"
"""Where the compiler puts files with a digest in their names."""
_FOREVER: Final = (b"cache-control", b"public, max-age=31536000, immutable")
_KEPT: Final = (200, 206, 304)


class KeptFiles:
    """Lets browsers keep what the compiler named by its content."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(HASHED):
            await self.app(scope, receive, send)
            return

        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _KEPT:
                message = with_headers(message, [_FOREVER])
            await send(message)

        await self.app(scope, receive, send_kept)
