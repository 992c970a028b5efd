"""Takes the key of a stream out of the address before anybody can write the address down."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

STREAM_PATH: Final = "/api/stream"
KEY_PARAMETER: Final = "key"
STREAM_KEY: Final = "portfolio.stream_key"


class StreamKeys:
    """Outermost. Changes the scope in place: the server's own access log reads the same one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == STREAM_PATH:
            _take_key(scope)
        await self.app(scope, receive, send)


def stream_key(scope: Scope) -> str | None:
    """The key that came with the request, if any."""
    key = scope.get(STREAM_KEY)
    return key if isinstance(key, str) else None


def _take_key(scope: Scope) -> None:
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    given = [value for name, value in query if name == KEY_PARAMETER]
    if given:
        scope[STREAM_KEY] = given[0]
    scope["query_string"] = urlencode([pair for pair in query if pair[0] != KEY_PARAMETER]).encode("ascii")
