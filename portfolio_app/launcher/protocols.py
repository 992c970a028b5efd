"""uvicorn's protocol for HTTP. What it answers itself names its request, as every other answer does.

uvicorn has a deadline for one thing, a connection that is idle after an answer. Here every wait has one.
"""

import secrets
from asyncio import TimerHandle, Transport
from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from portfolio_app.http.transport.headers import CUT_OFF
from portfolio_app.infra.descriptors import descriptors

MAX_HEAD_BYTES: Final = 64 * 1024
"""Of a request line with its headers, beyond the chunk it begins in: the parser has no bound of its own."""
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
    """A request id; no trace has it: nothing of the site was asked."""
    return secrets.token_hex(16)


class Http(HttpToolsProtocol):
    """Refuses what is no request, one whose headers do not end, and one that does not go on."""

    _begun = False
    _head_bytes = 0
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
        self._expect("head", HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._done_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin a request, which may have its connection dropped."""
        super().on_message_begin()
        self._begun = True
        if self._deadline is None:
            self._expect("head", HEAD_S)
        self.scope["extensions"] = {
            CUT_OFF: {"call": self.transport.abort, "has_left": self.transport.is_closing}
        }

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
        """Parse; count what only makes a head longer that was begun before."""
        if self._deadline is None and getattr(self.cycle, "response_complete", True):
            self._expect("head", HEAD_S)
        begun = self.scope
        super().data_received(data)
        if self.scope is not begun or self._has_head():
            self._head_bytes = 0
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, "The headers are too long.")

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser does not understand."""
        self._refuse(400, msg)

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
        if self._is_answering():
            self.transport.abort()
        elif not self._begun:
            self.transport.close()
        else:
            self._refuse(408, "The request took too long.")

    def _drop_unread(self) -> None:
        descriptors.closed["unread"] += 1
        self.transport.abort()

    def _is_answering(self) -> bool:
        started = getattr(self.cycle, "response_started", False)
        return started and not self.cycle.response_complete

    def _has_head(self) -> bool:
        return getattr(self.cycle, "scope", None) is self.scope

    def _refuse(self, status: int, text: str) -> None:
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
