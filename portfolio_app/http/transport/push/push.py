"""Sends one encoded frame to every tab on a topic, over the websocket Reflex already has."""

import logging
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx
from engineio.packet import MESSAGE
from engineio.packet import Packet as Frame
from reflex_base.constants.state import FIELD_MARKER
from socketio import AsyncServer
from socketio.packet import EVENT

from portfolio_app.http.transport.push.topics import is_room

_log = logging.getLogger(__name__)
NAMESPACE: Final = "/_event"
# A tab this far behind reads too slowly to be kept; it reconnects and catches up by revision.
MAX_QUEUED_FRAMES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What one push cost: tabs reached and bytes of the frame each of them got."""

    tabs: int
    bytes: int


class Push:
    """Topics are socket.io rooms; a frame is encoded once, whatever the number of tabs."""

    def __init__(self, server: AsyncServer) -> None:
        self._server = server
        self.delivered = 0
        """Frames handed to tabs since the start."""
        self.delivered_bytes = 0

    async def enter_room(self, sid: str, *topics: str) -> None:
        """Let the tab `sid` listen to the topics of one room, and no longer to those of another."""
        for other in self._server.rooms(sid, NAMESPACE):
            if is_room(other) and other not in topics:
                await self._server.leave_room(sid, other, NAMESPACE)
        for topic in topics:
            await self.join(sid, topic)

    async def join(self, sid: str, topic: str) -> None:
        """Let the tab `sid` listen to `topic`."""
        await self._server.enter_room(sid, topic, NAMESPACE)

    async def leave(self, sid: str, topic: str) -> None:
        """Stop listening."""
        await self._server.leave_room(sid, topic, NAMESPACE)

    def listeners(self, topic: str) -> int:
        """How many tabs of this process listen to `topic`."""
        return sum(1 for _ in self._participants(topic))

    def topics(self) -> list[str]:
        """Every topic with a listener in this process, and the sid of every tab."""
        return [topic for topic in self._server.manager.rooms.get(NAMESPACE, ()) if topic is not None]

    def longest_queue(self) -> int:
        """Frames that wait for the tab that reads most slowly."""
        return max((socket.queue.qsize() for socket in self._server.eio.sockets.values()), default=0)

    async def send(self, topic: str, state: type[rx.State], **channels: object) -> Sent:
        """Hand values to channels of `state` in every tab on `topic` (a topic, or one tab's sid)."""
        values = {name + FIELD_MARKER: value for name, value in channels.items()}
        frame = self._encode({state.get_full_name(): values})
        tabs = 0
        for _, engine_sid in list(self._participants(topic)):
            tabs += await self._queue(engine_sid, frame)
        size = len(frame.encode())
        self.delivered += tabs
        self.delivered_bytes += tabs * size
        return Sent(tabs, size)

    def _participants(self, topic: str) -> Any:  # noqa: ANN401 (socket.io's generator is untyped)
        return self._server.manager.get_participants(NAMESPACE, topic)

    def _encode(self, delta: dict[str, dict[str, object]]) -> Frame:
        # Told that nothing in it is binary, the packet need not look into every value to find out.
        data = ["event", {"delta": delta}]
        packet = self._server.packet_class(EVENT, namespace=NAMESPACE, data=data, binary=False)
        return Frame(MESSAGE, packet.encode())

    async def _queue(self, engine_sid: str, frame: Frame) -> int:
        socket = self._server.eio.sockets.get(engine_sid)
        if socket is None or socket.closed:
            return 0
        if socket.queue.qsize() > MAX_QUEUED_FRAMES:
            _log.warning("closing a tab that reads too slowly")
            await socket.close(wait=False, abort=True)
            return 0
        # Straight onto the engine's queue: a task per tab, as `emit` makes, costs more than the frame.
        socket.queue.put_nowait(frame)
        return 1
