"""uvicorn's protocol for websockets: little is held of what is not read, and little is parsed at once."""

import socket
from asyncio import AbstractEventLoop
from asyncio.transports import BaseTransport
from collections.abc import Callable, Coroutine
from typing import Any, Final

from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from portfolio_app.app.small_queue import SmallEvent, SmallQueue
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.http.transport.headers import CUT_OFF, WRITE_FRAME
from portfolio_app.infra.descriptors import descriptors
from portfolio_app.launcher.deadlines import REQUEST_ID, new_id
from portfolio_app.launcher.flow import has_left

MAX_WRITTEN_BYTES: Final = 16 * 1024
"""Written bytes of a websocket; the frame that crosses it is written, the next one waits. The system by itself would
keep megabytes that were not sent yet, and hide from us that nobody reads."""
CONTROLS_PER_S: Final = 10
CONTROL_BURST: Final = 100
"""Pings, pongs and pieces of messages of a websocket at once; the site does not see them. Browsers send one in 20 s."""
SLICE: Final = 4096
"""Bytes of a websocket that are parsed at once; what follows a message waits until that is taken."""
_ANSWER: Final = "websocket.http.response.body"


class Handshake(ServerProtocol):
    """Names what it refuses: something that is no handshake, or one that the site did not accept."""

    def reject(self, status: StatusLike, text: str) -> Response:
        """The answer, with an id."""
        response = super().reject(status, text)
        response.headers["x-content-type-options"] = "nosniff"
        response.headers[REQUEST_ID] = new_id()
        return response


class Websocket(WebSocketsSansIOProtocol):
    """uvicorn's protocol for websockets, with the handshake above."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn: Handshake = Handshake(max_size=config.ws_max_size, logger=self.logger)
        self.queue = SmallQueue()
        self.writable = SmallEvent()  # type: ignore[assignment]  # which is all that uvicorn asks of one
        self.writable.set()
        self._received = bytearray()
        self._has_head = False
        self._controls = TokenBucket(CONTROLS_PER_S, CONTROL_BURST)
        self._on_left: list[Callable[[], None]] = []

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin, with a bound on what is written and not read, here and in the system."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(MAX_WRITTEN_BYTES)
        line = transport.get_extra_info("socket")
        if line is None:
            return
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MAX_WRITTEN_BYTES)

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and say so at once: whoever reads the messages may be far behind."""
        self._received.clear()
        super().connection_lost(exc)
        self._leave()
        # Break the reference cycles: they would stay until the garbage collector looks through everything.
        self.conn.parser.close()
        if (scope := getattr(self, "scope", None)) is not None:
            scope["extensions"].pop(WRITE_FRAME, None)

    def data_received(self, data: bytes) -> None:
        """Take what was sent, as far as the messages in it are read."""
        self._received += data
        self._parse()

    async def receive(self) -> Any:  # noqa: ANN401 (uvicorn has types of its own)
        """The next message."""
        if self._has_head and self.handshake_complete:
            self._forget_head()
        message = await super().receive()
        self._parse()
        return message

    def send(self, message: Any) -> Coroutine[Any, Any, None]:  # noqa: ANN401 (uvicorn has types of its own)
        """Send; without another coroutine for each of the many frames."""
        return self._answer(message) if message["type"] == _ANSWER else super().send(message)

    async def _answer(self, message: Any) -> None:  # noqa: ANN401 (as in `send`)
        """Answer a handshake that the site refuses: with that it is complete, of which uvicorn would log an error."""
        await super().send(message)
        self.handshake_complete = self.close_sent

    def handle_connect(self, event: Request) -> None:
        """Take a handshake, whose connection may be dropped from now on."""
        super().handle_connect(event)
        if not self.close_sent:
            self._has_head = True
            transport = self.transport
            self.scope["extensions"] |= {
                CUT_OFF: {
                    "call": transport.abort,
                    "on_left": self._on_left.append,
                    "has_left": lambda: has_left(transport),
                },
                WRITE_FRAME: {"call": self.write_frame},
            }

    def _forget_head(self) -> None:
        """Let go of the headers of the handshake: who is behind the site's middleware has what they need of them."""
        self._has_head = False
        self.scope["headers"] = []
        self.request.headers.clear()

    def write_frame(self, frame: bytes) -> bool:
        """Write a frame as it is, unless the client has to read first, or there is none any more; whether it was."""
        if self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def handle_close(self, event: Frame) -> None:
        """Take a close; messages before it may not be read yet."""
        super().handle_close(event)
        self._leave()

    def handle_ping(self) -> None:
        """Answer, unless there are too many."""
        if self._may_control():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Take an answer, unless there are too many."""
        if self._may_control():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """Take a piece, unless there are too many: an empty one does not count for the size of a message."""
        if self._may_control():
            super().handle_cont(event)

    def _parse(self) -> None:
        while self._received and not self.read_paused and not self.transport.is_closing():
            slice_ = bytes(self._received[:SLICE])
            del self._received[:SLICE]
            super().data_received(slice_)
        if self.conn.handshake_exc is not None and not self.handshake_initiated and not self.close_sent:
            self._refuse_handshake()

    def _refuse_handshake(self) -> None:
        """Answer what can't be read as a handshake: one with a body, or with a line that is too long.

        uvicorn answers only those that can be read, and no deadline of a request runs here any more.
        """
        self.handshake_complete = self.close_sent = True
        none = self.conn.reject(400, "This is no handshake of a websocket.\n")
        self.transport.write(b"".join(self.conn.data_to_send()) or none.serialize())
        self.transport.close()

    def _may_control(self) -> bool:
        if self.close_sent or self._controls.take():
            return not self.close_sent
        descriptors.closed["control_frames"] += 1
        self.conn.fail(1008, "too many control frames")
        self.handle_parser_exception()
        return False

    def _leave(self) -> None:
        calls, self._on_left[:] = self._on_left[:], []
        for call in calls:
            call()
