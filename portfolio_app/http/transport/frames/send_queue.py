"""engine.io's queue of a socket, and Reflex's of events: counted for the websocket they belong to."""

import asyncio
from typing import Any

from engineio.packet import MESSAGE
from engineio.packet import Packet as Frame
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.event.processor import EventProcessor
from socketio import AsyncServer
from websockets.frames import Frame as WebsocketFrame
from websockets.frames import Opcode

from portfolio_app.http.transport.frames import unread


def count(server: AsyncServer, events: EventProcessor) -> None:
    """Have both count from now on: frames until the server has taken them, events until they are answered."""
    server.eio.create_queue = SendQueue
    enqueue = events.enqueue

    async def counted(token: str, event: Event, ev_ctx: EventContext | None = None) -> Any:  # noqa: ANN401 (a future)
        answer = await enqueue(token, event, ev_ctx)
        socket = unread.current()
        # What a handler starts, the handler's own event stands for.
        if socket is not None and socket.asks():
            socket.expect(answer)
        return answer

    events.enqueue = counted  # type: ignore[method-assign]  # Reflex has no hook for it


class SendQueue(asyncio.Queue[Frame | None]):
    """engine.io's queue of a socket, counted in bytes. Answers wait in `put` until the client has read.

    What nothing waits before is not queued but written at once: engine.io's writer would be woken by a task, a timer
    and four rounds of the loop for each frame of each tab.
    """

    def __init__(self) -> None:
        super().__init__()
        self._unread = unread.current()
        if self._unread is not None:
            self._unread.on_drop(self._clear)

    async def room(self) -> None:
        """Wait until the client has read most of what it was sent; what has ended has room."""
        if self._unread is not None:
            await self._unread.room()

    async def put(self, item: Frame | None) -> None:
        """Queue, for an answer once there is room. Packets of engine.io itself don't wait: it closes with them."""
        if item is not None and item.packet_type == MESSAGE:
            await self.room()
        await super().put(item)

    def put_nowait(self, item: Frame | None) -> None:
        """Write, or queue and count; nothing, but for its end, is queued for a socket that was dropped.

        Packets of engine.io itself are queued always: its writer ends a connection that it sees nothing of.
        """
        unread = self._unread
        if unread is None or item is None:
            super().put_nowait(item)
        elif not unread.ended and not (
            item.packet_type == MESSAGE and not unread.bytes and unread.write(wire_of(item))
        ):
            super().put_nowait(item)
            unread.add(size_of(item))

    def _clear(self) -> None:
        while not self.empty():
            self.get_nowait()
            self.task_done()


class PushFrame(Frame):  # type: ignore[misc]  # engine.io has no types
    """A frame for many sockets, encoded and measured once."""

    def __init__(self, data: str) -> None:
        super().__init__(MESSAGE, data)
        text = self.encode().encode()
        self.size = len(text)
        self.wire = _framed(text)
        self.data = None  # kept once: what is sent is the encoded text


def size_of(frame: Frame) -> int:
    """Bytes on the wire, without the websocket's own few."""
    return frame.size if isinstance(frame, PushFrame) else _utf8_length(frame.encode())


def wire_of(frame: Frame) -> bytes:
    """The websocket frame, as it leaves the server: not masked, not compressed, in one piece."""
    return frame.wire if isinstance(frame, PushFrame) else _framed(frame.encode().encode())


def _framed(text: bytes) -> bytes:
    return WebsocketFrame(Opcode.TEXT, text).serialize(mask=False)


def _utf8_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
