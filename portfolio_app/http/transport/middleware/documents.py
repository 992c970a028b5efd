"""Serves what was built: pages that have to name the site's own origin, and files that are named by their content."""

import gzip
import hashlib
import mimetypes
import posixpath
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Final, Protocol, TypeAlias
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.http.kit.head import PLACEHOLDER
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.arrivals import Answered
from portfolio_app.http.transport.caller import SCOPE_KEY, Visitor, visitor_of
from portfolio_app.http.transport.headers import accepted_encodings, with_headers
from portfolio_app.http.transport.tracing import shown_path

HASHED: Final = ("/assets/", "/pictures/")
"""Folders whose files have a digest in their names: the compiler's, and the pictures of texts."""
_IN_MEMORY: Final = "assets/"
_LARGEST: Final = 128 * 1024
"""Bytes of a copy. One that has more is sent by the framework in parts, each when the last was read: whole, it would
wait here for a client that reads nothing."""
_FILE: Final = re.compile(r"[\w-][\w.-]{0,200}")
_COPIES: Final = {"br": ".br", "gzip": ".gz"}
"""The endings of compressed copies."""
_FOREVER: Final = (b"cache-control", b"public, max-age=31536000, immutable")
_KEPT: Final = (200, 206, 304)
_READS: Final = ("GET", "HEAD")
Files: TypeAlias = dict[str, bytes | None]
"""Files by name, with the ending of a compressed copy; None for one that is read from the disk, or is not there."""


class KeptFiles:
    """Answers what the compiler named by its content from memory, and lets browsers keep it, as they may pictures.

    The framework asks the disk about each of them, on a thread for each question, and a first visit loads a dozen.
    Files of earlier builds, which no longer are where it looks, are answered from where they are kept.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._read: tuple[runtime.HttpOptions, Files] | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or not scope["path"].startswith(HASHED):
            return self.app(scope, receive, send)

        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _KEPT:
                message = with_headers(message, [_FOREVER])
            await send(message)

        asked = Headers(scope=scope)
        answer = self._answer(scope["path"][1:], asked) if scope["method"] in _READS else None
        return (answer or self.app)(scope, receive, send_kept)

    def _answer(self, name: str, asked: Headers) -> Response | None:
        options = runtime.options()
        folder, is_file = options.documents, _FILE.fullmatch(name.partition("/")[2])
        if folder is None or not is_file or "range" in asked or "service-worker" in asked:
            return None
        if not (folder / name).is_file():
            return _copy(name, asked, options.build_file)
        if self._read is None or self._read[0] is not options:
            self._read = options, {}
        return (
            _copy(name, asked, partial(_once, self._read[1], folder)) if name.startswith(_IN_MEMORY) else None
        )


def _once(files: Files, folder: Path, name: str) -> bytes | None:
    """A file of this build, read when it is first asked for."""
    if name not in files:
        file = folder / name
        files[name] = file.read_bytes() if file.is_file() and file.stat().st_size <= _LARGEST else None
    return files[name]


def _copy(name: str, asked: Headers, read: Callable[[str], bytes | None]) -> Response | None:
    """The file in the form that its reader likes best, or None if there is none."""
    for encoding in accepted_encodings(asked.get("accept-encoding", ""), tuple(_COPIES)):
        file = name + _COPIES.get(encoding, "")
        if (found := read(file)) is None:
            continue
        headers = {"vary": "Accept-Encoding", "etag": f'"{file}"'}
        headers |= {"content-encoding": encoding} if encoding else {}
        if _has(asked, headers["etag"]):
            return Response(None, _NOT_CHANGED, headers)
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kind = "text/javascript" if name.endswith(".js") else guessed
        return Response(found, headers=headers, media_type=kind)
    return None


def _has(asked: Headers, etag: str) -> bool:
    """Whether the reader has what the tag names, or says that it has whatever there is."""
    known = asked.get("if-none-match", "")
    return etag in known or known.strip() == "*"


_OK: Final = 200
_ELSEWHERE: Final = 307
_NOT_FOUND: Final = 404
_NOT_CHANGED: Final = 304
_PERMANENTLY: Final = 308
_CONDITIONS: Final = (b"if-none-match", b"if-modified-since")
"""Headers of conditions, which hold only for a document that exists (RFC 9110, 13.2.1)."""
_BYTES: Final = re.compile(rb"\s*bytes\s*=", re.IGNORECASE)
_ASKED_AGAIN: Final = (b"cache-control", b"no-cache")
_NO_STORE: Final = {"cache-control": "no-store"}
_END_OF_WORKERS: Final = """\
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const tabs = await self.clients.matchAll({ type: "window" });
  await self.registration.unregister();
  for (const tab of tabs) tab.navigate(tab.url);
})()));
"""
"""The script that any service worker of this address updates itself to: this site has none, so it is one of another
site that was here before. It ends itself, and the tabs it answered for load this site."""
FALLBACK: Final = "404.html"
"""The built file of all addresses that no build can know, where the framework serves it from."""


class Described(Protocol):
    """A page that the fallback file is filled with."""

    def fill(self, html: str, origin: str, *, there: bool) -> str:
        """The fallback file as this page, with the title of what is not found unless it is `there`."""
        ...

    async def exists(self, session_id: str) -> bool:
        """Whether there is anything for this session at its address."""
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
    """Serves pages in front of the static files, whose pages and compressed copies still hold the placeholder."""

    def __init__(
        self,
        app: ASGIApp,
        described: Callable[[str], Described | None],
        spelled: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """`described` finds the page with a parameter that a path belongs to.

        `spelled` finds the address that a path differs from by upper and lower case alone: in the browser it is the
        same page, so the server leads there.
        """
        self.app = app
        self._described = described
        self._spelled = spelled
        self._filled: tuple[runtime.HttpOptions, dict[str, Document]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, answer = time.time_ns(), None
        if scope["type"] == "http" and scope["method"] in _READS:
            session_id = visitor_of(scope).session_id if SCOPE_KEY in scope else ""
            answer = await self._answer(scope["path"], Headers(scope=scope), session_id) or self._led(scope)
        if answer is None:
            await self.app(_asked(scope), receive, _sender(scope["path"], send))
            return
        if not _is_page(answer) or SCOPE_KEY not in scope:
            await answer(scope, receive, send)
            return
        visitor = visitor_of(scope)
        answer.headers["server-timing"] = ", ".join(_told(visitor))
        await answer(scope, receive, send)
        found = visitor.session_id, visitor.request_id, started, time.time_ns(), answer.status_code
        sent = Answered(*found, shown_path(scope["path"]), len(answer.body))
        runtime.current().arrivals.add_document(sent)

    async def _answer(self, path: str, asked: Headers, session_id: str) -> Response | None:
        if asked.get("service-worker") == "script":
            return Response(_END_OF_WORKERS, headers=_NO_STORE, media_type="text/javascript")
        options = runtime.options()
        described = self._described(path) if options.documents else None
        if described is None or options.documents is None:
            document = self._built(options).get(path.rstrip("/") or "/")
            return _answer(document, asked) if document else None
        built = (options.documents / FALLBACK).read_text(encoding="utf-8")
        there = await described.exists(session_id)
        document = Document(described.fill(built, options.public_url, there=there).encode())
        return _answer(document, asked, _OK if there else _NOT_FOUND)

    def _led(self, scope: Scope) -> Response | None:
        spelling = self._spelled(scope["path"]) if runtime.options().documents else None
        query = scope.get("query_string", b"").decode("latin-1")
        return RedirectResponse(f"{spelling}{query and '?'}{query}", _PERMANENTLY) if spelling else None

    def _built(self, options: runtime.HttpOptions) -> dict[str, Document]:
        if self._filled is None or self._filled[0] is not options:
            self._filled = options, fill(options.documents, options.public_url)
        return self._filled[1]


def _asked(scope: Scope) -> Scope:
    """The request, without what the framework would not leave alone.

    That for no file has no conditions, which would be asked of the 404 page as well. A range of something else than
    bytes is none (RFC 9110, 14.2), and the whole file is the answer.
    """
    given = scope.get("headers", ())
    left_out = [header for header in given if header[0] == b"range" and not _BYTES.match(header[1])]
    conditions = [header for header in given if header[0] in _CONDITIONS]
    folder = runtime.options().documents if conditions else None
    if folder is not None and not _is_file(folder, scope["path"]):
        left_out += conditions
    return {**scope, "headers": [header for header in given if header not in left_out]} if left_out else scope


def _sender(path: str, send: Send) -> Send:
    """Sends the framework's answers: caches may keep one that says nothing for a tenth of its file's age.

    Too long for what is not there yet, such as a file of the next build, and for the index of words.
    """

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and (
            message["status"] == _NOT_FOUND or path.endswith(".json")
        ):
            message = with_headers(message, [_ASKED_AGAIN])
        if message["type"] == "http.response.start" and message["status"] == _ELSEWHERE:
            where = dict(message["headers"])[b"location"]
            message = with_headers(message, [(b"location", _here(where))])
        await send(message)

    return sent


def _here(where: bytes) -> bytes:
    """The folder that the framework leads to, without the host, which may be any that the client named.

    One slash comes first: behind two, browsers take a name for a host.
    """
    given = urlsplit(where)
    path = posixpath.normpath(given.path).strip(b"/")
    return (b"/%s/" % path if path else b"/") + (b"?" + given.query if given.query else b"")


def _is_file(folder: Path, path: str) -> bool:
    with suppress(OSError):  # a name that is too long is none
        return ".." not in path and (folder / path.lstrip("/")).is_file()
    return False


def _told(visitor: Visitor) -> Iterator[str]:
    """The `Server-Timing` that a page reads before it paints: its request, and how many network rows it begins with."""
    yield f'trace;desc="{visitor.request_id}"'
    recent = None if visitor.is_new else runtime.services().live_feed.recent(visitor.session_id)
    if recent and recent.rows:
        yield f'rows;desc="{len(recent.network)}"'


def _is_page(answer: Response) -> bool:
    return answer.status_code == _NOT_CHANGED or answer.media_type == "text/html"


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


def _answer(document: Document, asked: Headers, status: int = _OK) -> Response:
    headers = {"etag": document.etag, "cache-control": "no-cache", "vary": "Accept-Encoding"}
    if status == _OK and _has(asked, document.etag):
        return Response(None, _NOT_CHANGED, headers)
    body = document.html
    if "gzip" in asked.get("accept-encoding", ""):
        body, headers["content-encoding"] = document.gzipped, "gzip"
    return Response(body, status, headers, media_type="text/html")
