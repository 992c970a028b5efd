"""uvicorn's protocol for HTTP, which parses the next request when the one before is answered.

uvicorn makes requests of all that arrives, however many they are.
"""

import socket
import time
from asyncio import Transport
from collections.abc import Callable
from functools import partial
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from portfolio_app.app.processor_time import Account
from portfolio_app.http.transport.headers import CUT_OFF, PARSED
from portfolio_app.infra.descriptors import descriptors
from portfolio_app.launcher.deadlines import Timed
from portfolio_app.launcher.flow import Flow, has_left
from portfolio_app.launcher.framing import UnknownCoding, answering, check_coding
from portfolio_app.launcher.turns import Turn, drop_later, payer_of

MAX_HEAD_BYTES: Final = 32 * 1024
"""Bytes of a request line with its headers: the parser has no bound of its own."""
MAX_TARGET_BYTES: Final = 2 * 1024
"""Bytes of the address in a request line, with its query, as every browser, proxy and search engine takes. A session,
a room and a word are looked for; an address of 28 KB, all of it slashes or parameters, took a sixth of a second."""
MAX_FIELDS: Final = 100
"""Headers of a request: a browser sends some twenty, proxies add a few, and each is looked at many times."""
MAX_MESSAGE_BYTES: Final = 512 * 1024
"""Bytes of a request as it arrives. The site reads 64 KB of a body, which may come in chunks of one byte."""
MAX_RECEIVED_BYTES: Final = 64 * 1024
"""The receive buffer of a socket in the kernel; what exceeds it stays with the client."""
MAX_WRITTEN_BYTES: Final = 128 * 1024
"""The send buffer of a socket, which the kernel doubles. By default it grows to megabytes, and dozens of requests of a
client that reads nothing would be answered before a write blocks."""
INVALID: Final = "Invalid HTTP request received."
SLICE: Final = 1024
"""Bytes that are parsed at once: forty requests, if they are as small as can be."""
MOST_WAITING: Final = 200
"""Turns of a network that its connections wait for: each holds up to `MAX_RECEIVED_BYTES` that were not parsed."""
TURN: Final = 4 * SLICE
"""Bytes that are parsed before everybody else has a turn: 680 chunks of a body, if they are as small as can be."""


class TooMany(Exception):
    """A request has more headers than `MAX_FIELDS`, or a longer address than `MAX_TARGET_BYTES`."""


class NoProxy(Exception):
    """A request asks for a tunnel: what follows it would be no HTTP."""


class Http(Timed):
    """HTTP/1.1 of one connection: malformed requests, too many headers and headers without an end are refused.

    What a network sends that has used much is parsed when it is its turn.
    """

    flow: Flow
    url = b""
    _payer: Account | None = None
    _turn: Turn | None = None
    """The turn to wait for before anything is parsed."""
    _wanted: RequestResponseCycle | None = None
    """The last request whose body the site has asked for."""
    _spent = 0.0
    _parses_soon = False
    _then: Callable[[], None] | None = None
    """The end of HTTP here once all earlier requests are answered: a refusal, or the handshake of a websocket."""
    _fields = 0
    _is_coded = False
    """Whether the body of the request has a transfer coding that is not read here."""
    _message_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin."""
        started = time.thread_time()
        super().connection_made(transport)
        self._received = bytearray()
        line = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MAX_RECEIVED_BYTES)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_WRITTEN_BYTES)
        self.flow = Flow(transport, self._go_on)
        self._payer = payer_of(self.client)
        self._spent = time.thread_time() - started

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._received.clear()
        super().connection_lost(exc)
        if self._turn is not None:
            self._turn.give_up()
        self._let_go()

    def on_message_begin(self) -> None:
        """Begin a request, which may have its connection dropped."""
        super().on_message_begin()
        self._fields = 0
        self.scope["extensions"] = {
            CUT_OFF: {"call": self.transport.abort, "has_left": lambda: has_left(self.transport)},
            PARSED: {"call": self._take_spent},
        }

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address."""
        super().on_url(url)
        if len(self.url) > MAX_TARGET_BYTES:
            raise TooMany

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that comes after the body is none, and counts from when the site wants the body."""
        self._fields += 1
        if not self._has_head():
            super().on_header(name, value.rstrip(b" \t"))  # the parser leaves what may stand behind a value
        elif self.cycle is not self._wanted:
            return  # what was parsed with the head: a refusal would let the next request come before its turn
        if self._fields > MAX_FIELDS:
            raise TooMany

    def on_headers_complete(self) -> None:
        """Begin to serve."""
        if self.parser.get_method() == b"CONNECT":
            raise NoProxy
        try:
            check_coding(self.parser.get_http_version(), self.headers)
        except UnknownCoding:
            self._is_coded = True
            raise
        if self._asks_for_another_protocol():
            return
        self.expect_100_continue = self.expect_100_continue and self.parser.get_http_version() != "1.0"
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        if not self._asks_for_another_protocol():
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand over."""
        self._unset_keepalive_if_required()
        self._received.clear()  # nobody may send frames before the handshake is answered
        self.flow.read()
        super().handle_websocket_upgrade()
        self._let_go()

    def data_received(self, data: bytes) -> None:
        """Take what was sent, and parse as much of it as is read."""
        self._expect_another()
        self._received += data
        if self._parses_soon or self._turn is not None:
            return
        lane = self._payer.lane() if self._payer is not None else None
        if lane is None or self._payer is None:
            self._parse()
        elif lane.waiting(self._payer.network) >= MOST_WAITING:
            descriptors.closed["turns"] += 1
            self._received.clear()
            drop_later(self.transport, self._payer.network)
        else:
            self.flow.pause_reading()
            self._turn = Turn(lane, self._payer.network, self._parse_in_turn)

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser does not understand."""
        if len(self.url) > MAX_TARGET_BYTES:
            self._refuse(414, "The address is too long.")
        elif self._fields > MAX_FIELDS:
            self._refuse(431, "There are too many headers.")
        elif self._is_coded:
            self._refuse(501, "A body comes as it is, or in chunks.")
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
        while not self._is_behind() and not self.transport.is_closing():
            if self._then is not None:
                self._then()
                return
            if not self._received or left <= 0:
                break
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

    def _parse_in_turn(self) -> None:
        self._turn = None
        if has_left(self.transport):
            self.transport.abort()
        else:
            self._parse()
        self._pay()

    def _pay(self) -> None:
        if self._payer is not None:
            self._payer.spend(self._take_spent())
            self._payer.settle()

    def _is_behind(self) -> bool:
        # The rest of a body after the answer, as of one that was too large, is never read and holds up nothing.
        cycle = self.cycle
        if self.pipeline or getattr(cycle, "response_complete", True):
            return bool(self.pipeline)
        if self._then is not None:
            return not (self._has_head() and cycle.more_body)  # what can't be read is no part of this one
        return len(cycle.body) > HIGH_WATER_LIMIT or (cycle.more_body and cycle is not self._wanted)

    def _take_spent(self) -> float:
        """Seconds of processor time that parsing took since this was asked last."""
        spent, self._spent = self._spent, 0.0
        return spent

    def _feed(self, slice_: bytes) -> None:
        begun, started = self.scope, time.thread_time()
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(slice_)
        except HttpParserError:
            self.logger.warning(INVALID)
            self.send_400_response(INVALID)
        except HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self._then = self.handle_websocket_upgrade
            else:
                self._received[:0] = self._without_upgrade() + slice_[upgrade.args[0] :]
        self._spent += time.thread_time() - started
        self._message_bytes = len(slice_) + (self._message_bytes if self.scope is begun else 0)
        if self.transport.is_closing():
            return
        if self._message_bytes > MAX_MESSAGE_BYTES:
            self.transport.abort()
        elif self._message_bytes > MAX_HEAD_BYTES and not self._has_head():
            self._refuse(431, "The headers are too long.")

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        super()._start_asgi_task(cycle, answering(cycle, app))

    def _asks_for_another_protocol(self) -> bool:
        return self.parser.should_upgrade() and not self._should_upgrade()

    def _without_upgrade(self) -> bytes:
        """The head that was parsed last, to be parsed once more: with that header the parser would skip its body."""
        version = self.parser.get_http_version().encode()
        lines = [b" ".join((self.parser.get_method(), self.url, b"HTTP/" + version))]
        lines += (name + b": " + value for name, value in self.headers if name != b"upgrade")
        return b"\r\n".join((*lines, b"", b""))

    def _refuse(self, status: int, text: str) -> None:
        self._then = partial(super()._refuse, status, text)
        if self._is_behind():
            self.flow.pause_reading()
        else:
            self._then()

    def _let_go(self) -> None:
        """Break the reference cycles, so that all of it is freed now.

        The garbage collector would find it only when it looks through everything, and everybody waits for that: for a
        third of a second beside a few hundred connections that come and go.
        """
        self._pay()
        self.parser = self.scope = self.cycle = None  # type: ignore[assignment]  # as before the first request
        self._answered = self._wanted = self._then = None
        self.pipeline.clear()
        self.flow.end()

    def _has_head(self) -> bool:
        return getattr(self.cycle, "scope", None) is self.scope
