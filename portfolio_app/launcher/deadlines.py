"""Deadlines of uvicorn's protocol for HTTP. What it answers itself names its request, as every other answer does.

uvicorn has a deadline for one thing, a connection that is idle after an answer. Here every wait has one.
"""

import secrets
from asyncio import TimerHandle, Transport
from typing import Final

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from portfolio_app.infra.descriptors import descriptors

HEAD_S: Final = 10.0
"""Seconds from the connection, or the first byte after an answer, to the end of the headers: a packet or two."""
BODY_S: Final = 20.0
"""Seconds from the headers to the end of the body: 64 KB at most, which a slow phone sends in ten."""
UNREAD_S: Final = 30.0
"""Seconds that a client may leave an answer unread before its next bytes."""
REQUEST_ID: Final = "x-request-id"
_waiting: Final[dict["Timed", None]] = {}
"""Connections without a whole request, those that wait longest first."""


def new_id() -> str:
    """A request id for a connection that was refused before a request: no trace has it."""
    return secrets.token_hex(16)


class Timed(HttpToolsProtocol):
    """Refuses a request that does not go on, and drops an answer that is not read."""

    _answered: RequestResponseCycle | None = None
    """The request that is answered now, or was last; others may have been parsed behind it."""
    _begun = False
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
        if self._answered is not None and not self._answered.response_complete:
            # uvicorn says so to the request that was parsed last.
            self._answered.disconnected = True
            self._answered.message_event.set()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._begun = True
        if self._deadline is None:
            self._expect("head", HEAD_S)

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

    def _expect_another(self) -> None:
        """Expect the head of another request, if what has arrived comes after an answer."""
        if self._deadline is None and getattr(self.cycle, "response_complete", True):
            self._expect("head", HEAD_S)

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
