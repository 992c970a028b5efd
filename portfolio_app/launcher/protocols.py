"""uvicorn's protocol for HTTP, which parses the next request when the one before is answered.

uvicorn makes requests of all that arrives, however many they are.
"""

import select
import socket
import time
from asyncio import BaseTransport, Transport
from collections.abc import Callable
from typing import Final

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from portfolio_app.http.transport.headers import CUT_OFF, PARSED
from portfolio_app.launcher.deadlines import Timed

MAX_HEAD_BYTES: Final = 32 * 1024
"""Of a request line with its headers: the parser has no bound of its own."""
MAX_FIELDS: Final = 100
"""Headers of a request: a browser sends some twenty, proxies add a few, and each is looked at many times."""
MAX_MESSAGE_BYTES: Final = 512 * 1024
"""Of a request as it arrives. The site reads 64 KB of a body, which may come in chunks of one byte."""
MAX_RECEIVED_BYTES: Final = 64 * 1024
"""The receive buffer of a socket in the kernel; what exceeds it stays with the client."""
MAX_WRITTEN_BYTES: Final = 128 * 1024
"""The send buffer of a socket, which the kernel doubles. By default it grows to megabytes, and dozens of requests of a
client that reads nothing would be answered before a write blocks."""
SLICE: Final = 1024
"""Bytes that are parsed at once: forty requests, if they are as small as can be."""
TURN: Final = 16 * SLICE
"""Bytes that are parsed before everybody else has a turn: 2,700 chunks of a body, if they are as small as can be."""


def has_left(transport: BaseTransport) -> bool:
    """Ask the system: while nothing is read from a connection, the end of its other side is not reported."""
    line = transport.get_extra_info("socket")
    if transport.is_closing() or line is None or not hasattr(select, "POLLRDHUP"):
        return transport.is_closing()
    asked = select.poll()
    asked.register(line.fileno(), select.POLLRDHUP)
    return bool(asked.poll(0))


class _Flow(FlowControl):
    """uvicorn's, which asks `on_resume` before more is read: some may have arrived that is not parsed yet."""

    def __init__(self, transport: Transport, on_resume: Callable[[], object]) -> None:
        super().__init__(transport)
        self._on_resume = on_resume

    def resume_reading(self) -> None:
        """A body was taken, or a request answered."""
        self._on_resume()

    def read(self) -> None:
        """Read on."""
        super().resume_reading()


class TooMany(Exception):
    """A request has more headers than `MAX_FIELDS`."""


class Http(Timed):
    """HTTP/1.1 of one connection: malformed requests, too many headers and headers without an end are refused."""

    flow: _Flow
    _wanted: RequestResponseCycle | None = None
    """The last request whose body the site has asked for."""
    _spent = 0.0
    _parses_soon = False
    _fields = 0
    _message_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin."""
        super().connection_made(transport)
        self._received = bytearray()
        line = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MAX_RECEIVED_BYTES)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_WRITTEN_BYTES)
        self.flow = _Flow(transport, self._go_on)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._received.clear()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin a request, which may have its connection dropped."""
        super().on_message_begin()
        self._fields = 0
        self.scope["extensions"] = {
            CUT_OFF: {"call": self.transport.abort, "has_left": lambda: has_left(self.transport)},
            PARSED: {"call": self._take_spent},
        }

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that comes after the body is none, and counts from when the site wants the body."""
        self._fields += 1
        if not self._has_head():
            super().on_header(name, value)
        elif self.cycle is not self._wanted:
            return  # what was parsed with the head: a refusal would let the next request come before its turn
        if self._fields > MAX_FIELDS:
            raise TooMany

    def handle_websocket_upgrade(self) -> None:
        """Hand over."""
        self._received.clear()  # nobody may send frames before the handshake is answered
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Take what was sent, and parse as much of it as is read."""
        self._expect_another()
        self._received += data
        if not self._parses_soon:
            self._parse()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser does not understand."""
        if self._fields > MAX_FIELDS:
            self._refuse(431, "There are too many headers.")
        else:
            self._refuse(400, msg)

    def _go_on(self) -> None:
        """Parse on: the site wants the body of the request it answers, or has answered."""
        if self._answered is not None and not self._answered.response_complete:
            self._wanted = self._answered
        self._parse_soon()

    def _parse_soon(self) -> None:
        if not self._parses_soon:
            self._parses_soon = True
            self.loop.call_soon(self._parse)

    def _parse(self) -> None:
        """Parse until a request has to wait for the one before it, or its body for the site; then read no more."""
        self._parses_soon, left = False, TURN
        while self._received and left > 0 and not self._is_behind() and not self.transport.is_closing():
            slice_ = bytes(self._received[:SLICE])
            del self._received[:SLICE]
            left -= SLICE
            self._feed(slice_)
        if self._received and left <= 0:
            self._parse_soon()
        if self._is_behind() or self._received:
            self.flow.pause_reading()
        elif not self.transport.is_closing():
            self.flow.read()

    def _is_behind(self) -> bool:
        # What is left of a body after the answer, as of one that was too large, is never read and holds up nothing.
        cycle = self.cycle
        if self.pipeline or getattr(cycle, "response_complete", True):
            return bool(self.pipeline)
        return len(cycle.body) > HIGH_WATER_LIMIT or (cycle.more_body and cycle is not self._wanted)

    def _take_spent(self) -> float:
        """Seconds of processor time that parsing took since this was asked last."""
        spent, self._spent = self._spent, 0.0
        return spent

    def _feed(self, slice_: bytes) -> None:
        begun, started = self.scope, time.thread_time()
        super().data_received(slice_)
        self._spent += time.thread_time() - started
        self._message_bytes = len(slice_) + (self._message_bytes if self.scope is begun else 0)
        if self.transport.is_closing():
            return
        if self._message_bytes > MAX_MESSAGE_BYTES:
            self.transport.abort()
        elif self._message_bytes > MAX_HEAD_BYTES and not self._has_head():
            self._refuse(431, "The headers are too long.")

    def _has_head(self) -> bool:
        return getattr(self.cycle, "scope", None) is self.scope
