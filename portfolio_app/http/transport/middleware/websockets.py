"""The middleware of websockets, between the server and Reflex: admission, and a filter in both directions."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.app.processor_time import Account, metered, paid_by
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.arrivals import ARRIVED_AT, SWITCHING, Answered
from portfolio_app.http.transport.caller import Visitor, bound_query, scope_for_reflex, visitor_of
from portfolio_app.http.transport.frames import full
from portfolio_app.http.transport.frames.events import EventRule, allowed_events
from portfolio_app.http.transport.frames.filter import FRAME_BURST, FRAMES_PER_S, OPENED, FrameFilter, Refused
from portfolio_app.http.transport.frames.unread import MOST_PENDING, MOST_PENDING_OVER, Unread
from portfolio_app.http.transport.headers import CUT_OFF, WRITE_FRAME, RawHeaders, accept_headers, refuse
from portfolio_app.http.transport.tracing import frame_origin

EVENT_PATH: Final = "/_event"
HEALTH_PATH: Final = "/_health"
CLOSE_WITHIN_S: Final = 5.0
CONNECT_WITHIN_S: Final = 20.0
"""Seconds from the handshake to the page's first packet, which it sends as soon as it is drawn."""
MOST_KEPT: Final = 4_000
"""Characters of a message that engine.io may hold until the next one, which may be as long as the tab is open."""
_NOTHING: Final[Message] = {"type": "websocket.receive", "text": "6"}
"""engine.io's packet without a meaning."""
_READING: Final = "reading"
_LEFT: Final = {"type": "websocket.disconnect", "code": 1006}


class Websockets:
    """Admits handshakes, hands Reflex a scope without secrets, and filters what comes in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._events: Mapping[str, EventRule] | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "websocket":
            return self._handshake(scope, receive, send)
        if scope["type"] == "http" and _is_closed(scope["path"]):
            # Plain HTTP to engine.io would go around the filter; Reflex's health check asks Redis each time.
            return refuse(scope, send, 404, "There is nothing here.")
        return self.app(scope, receive, send)

    def _handshake(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        visitor, sockets = visitor_of(scope), runtime.current().sockets
        query = bound_query(scope["query_string"], visitor.session_id)
        if query is None or scope["path"].rstrip("/") != EVENT_PATH:
            sockets.refused["handshake"] += 1
            return refuse(scope, send, 400, "Not a handshake of this site.")
        if (sentence := _refusal(visitor)) is not None and sockets.declined.has_room():
            return sockets.declined.tell(scope, receive, send, sentence)
        if sentence is not None:
            return refuse(scope, send, 429, "Too many connections.")
        small = scope_for_reflex(scope, query)
        scope["headers"] = []  # this scope stays for as long as the tab is open
        return self._serve(small, receive, send, visitor)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, visitor: Visitor) -> None:
        sockets = runtime.current().sockets
        socket = Socket(receive, send, accept_headers(scope))
        socket.on_accept = partial(_accepted, scope, visitor)
        socket.spoken = next(iter(scope["subprotocols"]), None)
        shared = sockets.add(visitor.session_id, visitor.network, socket)
        own = TokenBucket(FRAMES_PER_S, FRAME_BURST)
        allowances = (own, shared) if runtime.options().limits else ()
        socket.frames = FrameFilter(self._known_events(), sockets.refused, allowances, origin=frame_origin)
        socket.frames.opened = scope.get(OPENED, socket.frames.opened)
        extensions = scope.get("extensions", {})
        cut = extensions.get(CUT_OFF, {})
        socket.cut_off = cut.get("call")
        socket.has_left = cut.get("has_left", lambda: False)
        write = extensions.get(WRITE_FRAME, {}).get("call")
        limited = runtime.options().limits
        socket.account = sockets.accounts.open(visitor.session_id, visitor.network, limited=limited)
        try:
            with sockets.crowd.enter(socket.drop, write) as socket.unread, paid_by(socket.account):
                cut.get("on_left", _ignore)(socket.left)
                served = cast("Coroutine[Any, Any, None]", self.app(scope, socket.receive, socket.send))
                await metered(served, socket.account.spend)
        finally:
            socket.account.end()
            sockets.remove(visitor.session_id, visitor.network, socket)

    def _known_events(self) -> Mapping[str, EventRule]:
        if self._events is None:
            self._events = allowed_events()
        return self._events


class Socket:
    """One websocket, filtered on its way in, counted on its way out, and closable from outside."""

    __slots__ = (
        "_accept_headers",
        "_closed",
        "_is_kept",
        "_left",
        "_opened_at",
        "_receive",
        "_send",
        "account",
        "cut_off",
        "frames",
        "has_left",
        "on_accept",
        "spoken",
        "unread",
    )

    def __init__(self, receive: Receive, send: Send, accept_headers: RawHeaders) -> None:
        self.frames: FrameFilter
        self.unread: Unread
        self.account: Account
        self.cut_off: Callable[[], None] | None
        """Ends the connection with what its client has not read, where the server can."""
        self.has_left: Callable[[], bool]
        """Whether the other end is closed, also while nothing is read from it."""
        self.on_accept: Callable[[], None]
        self.spoken: str | None = None
        """The subprotocol of both sides: the version of the framework."""
        self._receive = receive
        self._send = send
        self._accept_headers = accept_headers
        self._closed = False
        self._left = False
        self._is_kept = False
        """Whether engine.io still holds a long message: it does until it reads the next one."""
        self._opened_at = time.monotonic()

    async def receive(self) -> Message:
        """The next message that may pass; after a refused frame, the end of the connection.

        A client that has much to read yet is not listened to: what it sends stays on its side of the line. One whose
        network is over budget is heard when it is its turn.
        """
        while True:
            self.account.done(_READING)
            if self._is_kept:
                self._is_kept = False
                return _NOTHING
            await self.unread.calm(MOST_PENDING_OVER if self.account.is_over() else MOST_PENDING)
            if self._left and self.account.pending:
                return _LEFT
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if not await self.account.begin(_READING):
                return _LEFT
            try:
                text = None if self._closed else self.frames.admit(message.get("text"))
            except Refused as refused:
                await self.close(refused.code)
                return {"type": "websocket.disconnect", "code": refused.code}
            if text is not None:
                return await self._heard(text)

    async def _heard(self, text: str) -> Message:
        self._is_kept = len(text) > MOST_KEPT
        if self.frames.paced:
            await runtime.current().sockets.pace.turn()
        return {"type": "websocket.receive", "text": text}

    async def send(self, message: Message) -> None:
        """Pass on; nothing is sent after a close."""
        if self._closed:
            return
        if message["type"] == "websocket.send":
            await self._send(message)
            self.unread.taken()
            return
        if message["type"] == "websocket.accept":
            headers = [*message.get("headers", []), *self._accept_headers]
            message = {**message, "headers": headers, "subprotocol": self.spoken}
            self.on_accept()
        elif message["type"] == "websocket.close":
            self._closed = True
            self.unread.end()
        await self._send(message)

    async def close(self, code: int) -> None:
        """Close the transport. A client that does not read can delay it, but is not heard any more."""
        if self._closed:
            return
        self._closed = True
        self.unread.end()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._send({"type": "websocket.close", "code": code}), CLOSE_WITHIN_S)

    def left(self) -> None:
        """Drop what waits, for a client that is gone. What it said last is read if nothing is pending."""
        self._left = True
        self.unread.end()
        if self.account.pending or self.account.is_over():
            self.account.end()

    def check(self, now: float) -> None:
        """End a connection whose client is gone, or has not connected in time."""
        if now - self._opened_at > CONNECT_WITHIN_S and not self.frames.has_connected:
            runtime.current().sockets.refused["not_connected"] += 1
            self.drop()
        elif self.account.pending and self.has_left():
            self.left()
            self.drop()

    def drop(self) -> None:
        """End the connection at once: a client that does not read would not read a close either."""
        self._closed = True
        if self.cut_off is not None:
            self.cut_off()


def _refusal(visitor: Visitor) -> str | None:
    sockets, options = runtime.current().sockets, runtime.options()
    if not options.limits:
        return None
    if not sockets.has_room(visitor.session_id, visitor.network):
        return full.VISITOR
    return full.SITE if sockets.is_full(options.most_sockets) else None


def _accepted(scope: Scope, visitor: Visitor) -> None:
    token = scope["query_string"].rpartition(b"token=")[2].decode()
    started, now = scope.get(ARRIVED_AT, 0), time.time_ns()
    answered = Answered(visitor.session_id, visitor.request_id, started or now, now, SWITCHING, EVENT_PATH)
    runtime.current().arrivals.add_handshake(token, answered)


def _ignore(_left: Callable[[], None]) -> None:
    """A server that can't say when a client has left: the end of its messages does."""


def _is_closed(path: str) -> bool:
    return path == EVENT_PATH or path.startswith((f"{EVENT_PATH}/", HEALTH_PATH))
