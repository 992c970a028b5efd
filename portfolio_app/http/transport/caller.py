"""The caller of a request: from the facts of the transport to the `Caller` that use cases know.

Reflex keeps the handshake of a tab: here is what it gets of one, and what is read of it later.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

import reflex as rx
from opentelemetry import trace
from reflex.state import BaseState
from starlette.types import Scope

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import SessionEnded
from portfolio_app.domain.account.session import SessionSecret


def current_request_id() -> str:
    """The id of the current trace, or a new one: 32 hex digits either way."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else secrets.token_hex(16)


USER_AGENT: Final[ContextVar[str]] = ContextVar("user_agent", default="")
"""The user agent of a browser that sent a plain form; a session that begins with the answer is called by it."""
SCOPE_KEY: Final = "portfolio.visitor"
SESSION_HEADER: Final = "x-portfolio-session"
TRUSTED_HEADER: Final = "x-portfolio-trusted"
NETWORK_HEADER: Final = "x-portfolio-network"
ENDED_HEADER: Final = "x-portfolio-ended"
OWN_PREFIX: Final = "x-portfolio-"
"""Headers that only the middleware may set; a client's own are dropped."""
_FOR_REFLEX: Final = frozenset({b"host", b"origin", b"upgrade", b"connection"})
_VERSION: Final = re.compile(r"[0-9a-z.]{1,20}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(slots=True)
class Visitor:
    """`is_new` says that the browser does not hold `secret` yet, `ended` that it came with an ended session's,
    `is_operator` that the request may read what is the operator's. `proxies` counts the addresses in X-Forwarded-For,
    `cookie` is the Set-Cookie that its browser is due, if any.
    """

    network: str
    request_id: str
    secret: SessionSecret
    is_new: bool = False
    trusted: bool = True
    ended: bool = False
    is_operator: bool = False
    proxies: int = 0
    cookie: str = ""
    session_id: str = field(init=False)
    """The public id of the session."""

    def __post_init__(self) -> None:
        self.session_id = self.secret.session_id


def visitor_of(scope: Scope) -> Visitor:
    """The visitor that the middleware left in `scope`."""
    visitor = scope[SCOPE_KEY]
    assert isinstance(visitor, Visitor)  # noqa: S101 (narrows a dict that is untyped by its standard)
    return visitor


def bound_query(query_string: bytes, session_id: str) -> bytes | None:
    """The handshake's query with the token replaced, or None if it is not a proper handshake.

    Reflex finds a tab's state by token. The one it sees is derived from session and token, so the same token
    from another session leads to another, empty state. Nothing else of the query is kept: engine.io would
    take a `sid` for an upgrade of somebody's connection.
    """
    try:
        query = parse_qs(query_string.decode("ascii"), strict_parsing=True, max_num_fields=8)
    except ValueError:
        return None
    token = query.get("token", [""])[0]
    if query.get("EIO") != ["4"] or query.get("transport") != ["websocket"] or not _TOKEN.fullmatch(token):
        return None
    return f"EIO=4&transport=websocket&token={bound_token(session_id, token)}".encode()


def bound_token(session_id: str, token: str) -> str:
    """The token that Reflex knows this session's tab by, in the shape of a UUID."""
    digest = hashlib.sha256(f"tab:{session_id}:{token}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def scope_for_reflex(scope: Scope, query: bytes) -> Scope:
    """The small scope that Reflex gets: it keeps the headers of every tab in its state."""
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name in _FOR_REFLEX or name.startswith(OWN_PREFIX.encode())
    ]
    spoken = [name for name in scope.get("subprotocols", []) if _VERSION.fullmatch(name)][:1]
    headers += [(b"sec-websocket-protocol", name.encode()) for name in spoken]
    return {**scope, "headers": headers, "query_string": query, "subprotocols": spoken}


# The framework's facts about a tab are read past its proxies, which note changes of a var: nobody changes these, and
# each look through two of them costs more than all that is done with what it finds.


def headers_of(state: BaseState) -> Mapping[str, str]:
    """The headers of the tab's handshake, as the middleware left them."""
    found: Mapping[str, str] = state.get_value("rx_router_headers").raw_headers
    return found


def sid_of(state: BaseState) -> str:
    """The id of the tab's connection."""
    found: str = state.get_value("rx_router_session").session_id
    return found


def path_of(state: BaseState) -> str:
    """The path of the page that the tab shows."""
    found: str = state.get_value("rx_router_url").path
    return found


def caller_of(state: rx.State) -> Caller:
    """The visitor whose event a handler runs, under the request id of the current span.

    Raises `SessionEnded` for an event that came with no connection behind it.
    """
    headers = headers_of(state)
    session_id = headers.get(SESSION_HEADER)
    if not session_id:
        raise SessionEnded
    return Caller(
        session_id=session_id,
        network=headers.get(NETWORK_HEADER, ""),
        request_id=current_request_id(),
        trusted=headers.get(TRUSTED_HEADER) == "1",
    )


def lost_a_session(state: rx.State) -> bool:
    """Whether the visitor's browser came back with the cookie of a session that has ended."""
    return ENDED_HEADER in headers_of(state)


def caller_from_scope(scope: Scope) -> Caller:
    """The visitor of a Starlette request."""
    visitor = visitor_of(scope)
    return Caller(visitor.session_id, visitor.network, visitor.request_id, visitor.trusted)
