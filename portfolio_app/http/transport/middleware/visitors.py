"""Finds out who is calling, from the cookie alone, and keeps the cookie from everybody behind."""

import re
import secrets
from collections.abc import Awaitable
from enum import Enum
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.app.caller import UNKNOWN_NETWORK, Caller, network_of
from portfolio_app.app.errors import AppError, SessionEnded
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import (
    ENDED_HEADER,
    NETWORK_HEADER,
    OWN_PREFIX,
    SCOPE_KEY,
    SESSION_HEADER,
    TRUSTED_HEADER,
    Visitor,
)
from portfolio_app.http.transport.headers import (
    RawHeaders,
    accept_headers,
    all_values,
    header,
    read_cookie,
    refuse,
    resealed_cookie,
    set_cookie,
    with_headers,
)
from portfolio_app.http.transport.middleware.request_ids import REQUEST_ID
from portfolio_app.http.transport.tracing import belongs_to

_BEARER: Final = "Bearer "
_WITH_PORT: Final = re.compile(
    r"\[(?P<ipv6>[^\]]{1,64})\](?::\d{1,5})?|(?P<ipv4>[\d.]{7,15}):\d{1,5}", re.ASCII
)
_FORWARDED: Final = frozenset(
    (b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip")
)
"""Headers by which proxies say that they pass something on; none of them sends all."""


def client_network(scope: Scope, trusted_proxy_hops: int) -> str:
    """The network of the address that the outermost trusted proxy saw.

    Each of our proxies appends the address it was called from, so ours are counted from the right; what a
    client wrote itself stands further left. A chain that is too short did not pass our proxies: the peer
    counts.
    """
    if trusted_proxy_hops:
        chain = _chain(scope)
        if len(chain) >= trusted_proxy_hops:
            network = network_of(_without_port(chain[-trusted_proxy_hops]))
            if network != UNKNOWN_NETWORK:
                return network
    return network_of(_peer(scope))


def _chain(scope: Scope) -> list[str]:
    return [part.strip() for part in all_values(scope, b"x-forwarded-for").split(",") if part.strip()]


def _without_port(address: str) -> str:
    """An address as a proxy wrote it down, without the port of the client that some, such as Azure's, add."""
    found = _WITH_PORT.fullmatch(address)
    return (found["ipv6"] or found["ipv4"]) if found else address


def _peer(scope: Scope) -> str:
    return str(scope["client"][0]) if scope.get("client") else ""


def is_operator(scope: Scope, token: str) -> bool:
    """Whether the request has the operator's `token`, or comes from this machine, as its socket has it.

    A proxy on this machine calls from it as well, for the whole world; what it passes on says so.
    """
    given = header(scope, b"authorization") or ""
    if token and secrets.compare_digest(given.encode(), f"{_BEARER}{token}".encode()):
        return True
    # An empty header counts, too: a client may send it before the one that the proxy adds.
    return _is_loopback(_peer(scope)) and not any(name in _FORWARDED for name, _ in scope["headers"])


def _is_loopback(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


class Standing(Enum):
    """The standing of a session id in the database."""

    GOOD = "good"
    ENDED = "ended"
    BEING_REPLACED = "being replaced"
    """Ended so recently that another response may still be carrying the new cookie to this browser."""
    UNKNOWN = "unknown"
    """The database does not answer."""


async def standing_of(session_id: str, network: str, request_id: str) -> Standing:
    """Ask the database, through the same use case that handlers ask."""
    try:
        await runtime.services().identify(Caller(session_id, network, request_id))
    except SessionEnded:
        just_now = runtime.current().sockets.was_replaced_just_now(session_id)
        return Standing.BEING_REPLACED if just_now else Standing.ENDED
    except AppError:
        return Standing.UNKNOWN
    return Standing.GOOD


_HIDDEN: Final = frozenset({b"cookie", b"authorization", b"proxy-authorization", b"x-forwarded-for"})
_OWN_PREFIX, _SESSION_HEADER = OWN_PREFIX.encode(), SESSION_HEADER.encode()
_TRUSTED_HEADER, _NETWORK_HEADER = TRUSTED_HEADER.encode(), NETWORK_HEADER.encode()
_ENDED: Final = (ENDED_HEADER.encode(), b"1")
_STATIC: Final = "/assets/"
_API: Final = "/api/"


class Visitors:
    """Leaves a `Visitor` in the scope, and sets the cookie of a new one where that is safe."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "websocket":
            return self._handshake(scope, receive, send)
        if scope["type"] == "http" and not scope["path"].startswith(_STATIC):
            return self._request(scope, receive, send)
        return self.app(scope, receive, send)

    async def _handshake(self, scope: Scope, receive: Receive, send: Send) -> None:
        sockets, options = runtime.current().sockets, runtime.options()
        network = client_network(scope, options.trusted_proxy_hops)
        if options.limits and not sockets.may_try(network):
            await sockets.late.wait(network)
            await refuse(scope, send, 429, "Too many connections.")
            return
        visitor = _present(scope)
        if header(scope, b"origin") is None:
            # Not a browser, or one that hides where it is: whoever's cookie this is, it opens nothing here.
            visitor = Visitor(visitor.network, visitor.request_id, SessionSecret.generate(), trusted=False)
        elif not visitor.is_new:
            standing = await standing_of(visitor.session_id, visitor.network, visitor.request_id)
            if standing in (Standing.UNKNOWN, Standing.BEING_REPLACED):
                await refuse(scope, send, 503, "Try again in a moment.")
                return
            if standing is Standing.ENDED:
                visitor = _renewed(visitor)
        if cookie := _cookie_due(visitor):
            accept_headers(scope).append((b"set-cookie", cookie.encode()))
        await self.app(_behind(scope, visitor), receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = _present(scope)
        if not visitor.is_new and scope["path"].startswith(_API):
            belongs_to(visitor.session_id, scope["method"], scope["path"])
        if not _opens_a_page(scope):
            await self.app(_behind(scope, visitor), receive, send)
            return
        if not visitor.is_new:
            standing = await standing_of(visitor.session_id, visitor.network, visitor.request_id)
            visitor = _renewed(visitor) if standing is Standing.ENDED else visitor
        await self.app(_behind(scope, visitor), receive, _page_sender(send, visitor))


def _page_sender(send: Send, visitor: Visitor) -> Send:
    async def send_page(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            message = with_headers(message, _page_headers(visitor))
        await send(message)

    return send_page


def _page_headers(visitor: Visitor) -> RawHeaders:
    """The headers of a page for caches: none may keep one with a cookie; the others are asked for again."""
    vary = (b"vary", b"Accept-Encoding, Cookie")
    if not (cookie := _cookie_due(visitor)):
        return [(b"cache-control", b"private, no-cache"), vary]
    return [(b"cache-control", b"private, no-store"), vary, (b"set-cookie", cookie.encode())]


def _cookie_due(visitor: Visitor) -> str:
    return set_cookie(visitor.secret) if visitor.is_new else visitor.cookie


def _is_page(message: Message) -> bool:
    kind = next((value for name, value in message.get("headers", []) if name.lower() == b"content-type"), b"")
    return message["status"] == 304 or bytes(kind).startswith(b"text/html")


def _opens_a_page(scope: Scope) -> bool:
    if scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(_API):
        return False
    destination = header(scope, b"sec-fetch-dest")
    if destination is not None:
        return destination == "document"
    return "text/html" in (header(scope, b"accept") or "")


def _present(scope: Scope) -> Visitor:
    """The visitor as the cookie has it, not yet checked against the database."""
    cookie = header(scope, b"cookie")
    secret = read_cookie(cookie)
    options = runtime.options()
    return Visitor(
        client_network(scope, options.trusted_proxy_hops),
        scope[REQUEST_ID],
        secret or SessionSecret.generate(),
        is_new=secret is None,
        is_operator=is_operator(scope, options.metrics_token),
        proxies=len(_chain(scope)),
        cookie=resealed_cookie(cookie) if secret else "",
    )


def _renewed(visitor: Visitor) -> Visitor:
    return Visitor(visitor.network, visitor.request_id, SessionSecret.generate(), is_new=True, ended=True)


def _behind(scope: Scope, visitor: Visitor) -> Scope:
    """The scope for everybody behind: no credential, the facts in headers that no client can send."""
    headers = [
        pair for pair in scope["headers"] if pair[0] not in _HIDDEN and not pair[0].startswith(_OWN_PREFIX)
    ]
    headers += (
        (_SESSION_HEADER, visitor.session_id.encode()),
        (_TRUSTED_HEADER, b"1" if visitor.trusted else b"0"),
        (_NETWORK_HEADER, visitor.network.encode()),
        *([_ENDED] if visitor.ended else []),
    )
    port = scope["client"][1] if scope.get("client") else 0
    public = {"client": (visitor.network, port), "scheme": _public_scheme(scope)}
    return {**scope, **public, "headers": headers, SCOPE_KEY: visitor}


def _public_scheme(scope: Scope) -> str:
    """The scheme of the visitor's browser, which redirects have to name: a proxy may end the TLS."""
    if runtime.options().secure_cookies:
        return "wss" if scope["type"] == "websocket" else "https"
    return str(scope.get("scheme", "http"))
