"""uvicorn's protocols. What they answer themselves names its request, as every other answer does."""

import secrets
import socket
from asyncio import AbstractEventLoop
from asyncio.transports import BaseTransport
from typing import Any, Final

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from portfolio_app.http.transport.headers import CUT_OFF, WRITE_FRAME

MAX_HEAD_BYTES: Final = 64 * 1024
"""Of a request line with its headers, beyond the chunk it begins in: the parser has no bound of its own."""
MAX_WRITTEN_BYTES: Final = 16 * 1024
"""Of a websocket; the frame that crosses it is written, the next one waits. The system by itself would keep
megabytes that were not sent yet, and hide from us that nobody reads."""
_NAME: Final = "x-request-id"


def _new_id() -> str:
    """No trace has it: nothing of the site was asked."""
    return secrets.token_hex(16)


class Http(HttpToolsProtocol):
    """Refuses what is no request, and one whose headers do not end."""

    _head_bytes = 0

    def on_message_begin(self) -> None:
        """Begin a request, which may have its connection dropped."""
        super().on_message_begin()
        self.scope["extensions"] = {CUT_OFF: {"call": self.transport.abort}}

    def data_received(self, data: bytes) -> None:
        """Parse; count what only makes a head longer that was begun before."""
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

    def _has_head(self) -> bool:
        return getattr(self.cycle, "scope", None) is self.scope

    def _refuse(self, status: int, text: str) -> None:
        body = f"{text}\n".encode()
        headers = (
            b"content-type: text/plain; charset=utf-8",
            b"x-content-type-options: nosniff",
            f"{_NAME}: {_new_id()}".encode(),
            b"content-length: %d" % len(body),
            b"connection: close",
        )
        self.transport.write(STATUS_LINE[status] + b"\r\n".join((*headers, b"", body)))
        self.transport.close()


class Handshake(ServerProtocol):
    """Names what it refuses: something that is no handshake, or one that the site did not accept."""

    def reject(self, status: StatusLike, text: str) -> Response:
        """The answer, with an id."""
        response = super().reject(status, text)
        response.headers[_NAME] = _new_id()
        return response


class Websocket(WebSocketsSansIOProtocol):
    """uvicorn's, with the handshake above. It holds little of what is not read, and can drop that."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn: Handshake = Handshake(max_size=config.ws_max_size, logger=self.logger)

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin, with a bound on what is written and not read, here and in the system."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(MAX_WRITTEN_BYTES)
        line = transport.get_extra_info("socket")
        if line is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MAX_WRITTEN_BYTES)

    def handle_connect(self, event: Request) -> None:
        """Take a handshake, whose connection may be dropped from now on."""
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"] |= {
                CUT_OFF: {"call": self.transport.abort},
                WRITE_FRAME: {"call": self.write_frame},
            }

    def write_frame(self, frame: bytes) -> bool:
        """Write a frame as it is, unless the client has to read first, or there is none any more; whether it was."""
        if self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True
