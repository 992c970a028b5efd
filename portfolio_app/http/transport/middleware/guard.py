"""Refuses what names no host, what other sites ask in a visitor's name, and bodies that are too large."""

import re
from collections.abc import Awaitable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.errors import BodyTooLarge
from portfolio_app.http.transport.headers import header, refuse

_HOST: Final = re.compile(rb"[A-Za-z0-9._~!$&'()*+;=:%\[\]-]{1,260}")


class OneHost:
    """Answers 400 to a request of HTTP/1.1 without a Host, and to any with two, or with one that names no host.

    What stands in front of the site and the site itself could otherwise take them for different ones.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "lifespan" or _names_one_host(scope):
            return self.app(scope, receive, send)
        return refuse(scope, send, 400, "A request names one host.")


def _names_one_host(scope: Scope) -> bool:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    fewest = 1 if scope.get("http_version") == "1.1" else 0
    return fewest <= len(hosts) <= 1 and all(_HOST.fullmatch(host) for host in hosts)


_LENGTH: Final = re.compile(r"[0-9]{1,18}")
"""Bytes: Python refuses to read a number of some thousand digits."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class OriginGuard:
    """Refuses websockets that another origin opens, and effects that are not asked for by this one.

    A websocket without an Origin is let through for the session layer to treat as a stranger's.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "lifespan" or _is_welcome(scope):
            return self.app(scope, receive, send)
        site = runtime.current()
        origin = header(scope, b"origin") or ""
        site.refused_origins.add(scope["type"], origin, site.options.origins)
        return refuse(scope, send, 403, "Not from this origin: see PUBLIC_URL.")


def _is_welcome(scope: Scope) -> bool:
    if scope["type"] == "http" and scope["method"] in _SAFE:
        return True
    origin = header(scope, b"origin")
    if origin is not None:
        return runtime.options().origins.allows(origin, header(scope, b"host"))
    return scope["type"] == "websocket" or header(scope, b"sec-fetch-site") == "same-origin"


MAX_BODY: Final = 64 * 1024


class BodyLimit:
    """Answers 413 to a body over `MAX_BODY` bytes, announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            return self.app(scope, receive, send)
        length = header(scope, b"content-length") or "0"
        if not _LENGTH.fullmatch(length) or int(length) > MAX_BODY:
            return refuse(scope, send, 413, str(BodyTooLarge()))
        return self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0
        answered = False

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise BodyTooLarge
            return message

        async def send_noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self.app(scope, receive_counted, send_noted)
        except BodyTooLarge:
            if not answered:
                await refuse(scope, send, 413, str(BodyTooLarge()))
