"""uvicorn's protocol for HTTP. What it answers itself names its request, as every other answer does.

uvicorn has a deadline for one thing, a connection that is idle after an answer. Here every wait has one. It also makes
requests of all that arrives, however many they are; here the next one is parsed when the one before is answered.
"""

import secrets
import select
import socket
import time
from asyncio import BaseTransport, TimerHandle, Transport
from collections.abc import Callable
from typing import Final

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from portfolio_app.http.transport.headers import CUT_OFF, PARSED
from portfolio_app.infra.descriptors import descriptors

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
HEAD_S: Final = 10.0
"""From the connection, or the first byte after an answer, to the end of the headers: a packet or two."""
BODY_S: Final = 20.0
"""From the headers to the end of the body: 64 KB at most, which a slow phone sends in ten seconds."""
UNREAD_S: Final = 30.0
"""That a client may leave an answer unread before the next bytes of it."""
REQUEST_ID: Final = "x-request-id"
_waiting: Final[dict["Http", None]] = {}
"""Connections without a whole request, those that wait longest first."""


def new_id() -> str:
    """A request id for a connection that was refused before a request: no trace has it."""
    return secrets.token_hex(16)


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


class Http(HttpToolsProtocol):
    """Refuses what is no request, one whose headers do not end, and one that does not go on."""

    flow: _Flow
    _answered: RequestResponseCycle | None = None
    """The request that is answered now, or was last; others may have been parsed behind it."""
    _wanted: RequestResponseCycle | None = None
    """The last request whose body the site has asked for."""
    _spent = 0.0
    _parses_soon = False
    _begun = False
    _fields = 0
    _message_bytes = 0
    _deadline: TimerHandle | None = None
    _unread: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin; with too many connections the one that waited longest makes room."""
        if len(self.connections) >= descriptors.most_connections():
            descriptors.made_room()
            oldest = next(iter(_waiting), None)
            (oldest.transport if oldest is not None else transport).abort()
            if oldest is not None:
                _waiting.pop(oldest)
        super().connection_made(transport)
        self._received = bytearray()
        line = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MAX_RECEIVED_BYTES)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_WRITTEN_BYTES)
        self.flow = _Flow(transport, self._go_on)
        self._expect("head", HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._done_waiting()
        self._received.clear()
        self.resume_writing()
        super().connection_lost(exc)
        if self._answered is not None and not self._answered.response_complete:
            # uvicorn says so to the request that was parsed last.
            self._answered.disconnected = True
            self._answered.message_event.set()

    def on_message_begin(self) -> None:
        """Begin a request, which may have its connection dropped."""
        super().on_message_begin()
        self._begun, self._fields = True, 0
        if self._deadline is None:
            self._expect("head", HEAD_S)
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

    def on_headers_complete(self) -> None:
        """Begin to serve; the body has its own time."""
        self._done_waiting()
        super().on_headers_complete()
        self._expect("body", BODY_S)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._done_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, for as long as uvicorn does."""
        super().on_response_complete()
        if self.timeout_keep_alive_task is not None and self._deadline is None:
            _waiting[self] = None

    def handle_websocket_upgrade(self) -> None:
        """Hand over."""
        self._done_waiting()
        self._received.clear()  # nobody may send frames before the handshake is answered
        super().handle_websocket_upgrade()

    def timeout_keep_alive_handler(self) -> None:
        """Close what sent no further request."""
        descriptors.closed["idle"] += 1
        super().timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        """Give the client some time to read."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_S, self._drop_unread)

    def resume_writing(self) -> None:
        """The client has read."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Take what was sent, and parse as much of it as is read."""
        if self._deadline is None and getattr(self.cycle, "response_complete", True):
            self._expect("head", HEAD_S)
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

    def _expect(self, what: str, seconds: float) -> None:
        if what == "head":
            _waiting[self] = None
        self._deadline = self.loop.call_later(seconds, self._overdue, what, seconds)

    def _done_waiting(self) -> None:
        _waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _overdue(self, what: str, seconds: float) -> None:
        self._deadline = None
        if self.flow.read_paused:  # it is the site that does not go on
            self._expect(what, seconds)
            return
        _waiting.pop(self, None)
        descriptors.closed[what] += 1
        if not self._begun and not self._is_answering():
            self.transport.close()
        else:
            self._refuse(408, "The request took too long.")

    def _drop_unread(self) -> None:
        descriptors.closed["unread"] += 1
        self.transport.abort()

    def _is_answering(self) -> bool:
        answered = self._answered
        return answered is not None and answered.response_started and not answered.response_complete

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def _has_head(self) -> bool:
        return getattr(self.cycle, "scope", None) is self.scope

    def _refuse(self, status: int, text: str) -> None:
        if self._is_answering():  # in the middle of another answer
            self.transport.abort()
            return
        body = f"{text}\n".encode()
        headers = (
            b"content-type: text/plain; charset=utf-8",
            b"x-content-type-options: nosniff",
            f"{REQUEST_ID}: {new_id()}".encode(),
            b"content-length: %d" % len(body),
            b"connection: close",
        )
        self.transport.write(STATUS_LINE[status] + b"\r\n".join((*headers, b"", body)))
        self.transport.close()
