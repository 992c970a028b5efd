"""Serves the built pages that have to name the site's own origin, or what their address stands for."""

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.app.errors import AppError, NotFound
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.kit.head import PLACEHOLDER
from portfolio_app.http.transport import runtime
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


FALLBACK: Final = "404.html"
"""The built file of all addresses that no build can know, where the framework serves it from."""


class Described(Protocol):
    """A page that the fallback file is filled with."""

    def fill(self, html: str, origin: str) -> str:
        """The fallback file as this page."""
        ...


@dataclass(frozen=True)
class Document:
    """One page as it is sent."""

    html: bytes

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.html, mtime=0)

    @cached_property
    def etag(self) -> str:
        return f'W/"{hashlib.sha256(self.html).hexdigest()[:16]}"'


class Documents:
    """In front of the static files, whose pages and compressed copies still hold the placeholder."""

    def __init__(
        self,
        app: ASGIApp,
        described: Callable[[str], Described | None],
        find: Callable[[str], Awaitable[object]],
    ) -> None:
        """`described` finds the page with a parameter that a path belongs to, `find` what such a page is about."""
        self.app = app
        self._find = find
        self._described = described
        self._filled: tuple[runtime.HttpOptions, dict[str, Document]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        document = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            document = self._of(scope["path"])
            if await self._is_missing(scope["path"]):
                send = _as_missing(send)
        if document is None:
            await self.app(scope, receive, send)
            return
        await _answer(document, Headers(scope=scope))(scope, receive, send)

    async def _is_missing(self, path: str) -> bool:
        try:
            await self._find(path)
        except (NotFound, InvalidValue):
            return True
        except AppError:  # the page says so itself
            return False
        return False

    def _of(self, path: str) -> Document | None:
        options = runtime.options()
        if self._filled is None or self._filled[0] is not options:
            self._filled = options, fill(options.documents, options.public_url)
        described = self._described(path) if options.documents else None
        if described is None or options.documents is None:
            return self._filled[1].get(path.rstrip("/") or "/")
        built = (options.documents / FALLBACK).read_text(encoding="utf-8")
        return Document(described.fill(built, options.public_url).encode())


def fill(folder: Path | None, origin: str) -> dict[str, Document]:
    """Every page under `folder` that holds the placeholder, by request path; all of a few milliseconds."""
    filled: dict[str, Document] = {}
    for file in folder.rglob("*.html") if folder else ():
        html = file.read_text(encoding="utf-8")
        if PLACEHOLDER in html:
            document = Document(html.replace(PLACEHOLDER, origin).encode())
            inner = "/" + file.relative_to(folder or file).as_posix()
            page = inner.removesuffix("/index.html") if inner.endswith("/index.html") else inner[:-5]
            filled[inner] = filled[page or "/"] = document
    return filled


def _as_missing(send: Send) -> Send:
    """The same page, but not as an answer to keep or to find again."""

    async def send_missing(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            message = {**message, "status": 404}
        await send(message)

    return send_missing


def _answer(document: Document, asked: Headers) -> Response:
    headers = {"etag": document.etag, "cache-control": "no-cache", "vary": "Accept-Encoding"}
    if document.etag in asked.get("if-none-match", ""):
        return Response(None, 304, headers)
    body = document.html
    if "gzip" in asked.get("accept-encoding", ""):
        body, headers["content-encoding"] = document.gzipped, "gzip"
    return Response(body, headers=headers, media_type="text/html")
