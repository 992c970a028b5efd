"""Finds the key of a stream in its header, and takes one out of the address before anybody can write that down."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from portfolio_app.app.errors import StreamKeyInAddress
from portfolio_app.http.transport.headers import header

STREAM_PATH: Final = "/api/stream"
KEY_PARAMETER: Final = "key"
STREAM_KEY: Final = "portfolio.stream_key"
IN_ADDRESS: Final = "portfolio.stream_key_in_address"
_SCHEME: Final = "bearer"


class StreamKeys:
    """Outermost. Changes the scope in place: the server's own access log reads the same one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == STREAM_PATH:
            _take_key(scope)
        await self.app(scope, receive, send)


def stream_key(scope: Scope) -> str | None:
    """The key that came with the request, if any; `StreamKeyInAddress` for one that every proxy has read by now."""
    if scope.get(IN_ADDRESS):
        raise StreamKeyInAddress
    key = scope.get(STREAM_KEY)
    return key if isinstance(key, str) else None


def _take_key(scope: Scope) -> None:
    # Another scheme is a proxy's in front of the site, and no key.
    scheme, _, key = (header(scope, b"authorization") or "").partition(" ")
    if scheme.lower() == _SCHEME:
        scope[STREAM_KEY] = key.strip()
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [pair for pair in query if pair[0] != KEY_PARAMETER]
    scope[IN_ADDRESS] = len(kept) < len(query)
    scope["query_string"] = urlencode(kept).encode("ascii")
