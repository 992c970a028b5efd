"""The one place that knows socket.io: topics, and frames sent to everyone who listens to one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import reflex as rx
from engineio.packet import MESSAGE
from engineio.packet import Packet as Frame
from reflex_base import otel
from reflex_base.constants.state import FIELD_MARKER
from socketio import AsyncManager, AsyncServer
from socketio.packet import EVENT
from starlette.requests import ClientDisconnect

from portfolio_app.http.transport.frames.send_queue import PushFrame, size_of

NAMESPACE: Final = "/_event"


Reader: TypeAlias = Callable[[str], None]
"""Takes the frames of its topics without a websocket: each as the text of its packet."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The cost of one push: tabs reached and bytes of the frame each of them got."""

    tabs: int
    bytes: int


class Topics(AsyncManager):  # type: ignore[misc]  # socket.io has no types
    """socket.io's rooms with an index by tab: by itself it looks through everybody's for those of one tab."""

    def __init__(self, server: AsyncServer) -> None:
        super().__init__()
        self._of: dict[str, set[str | None]] = {}
        self.set_server(server)

    @classmethod
    def index(cls, server: AsyncServer) -> None:
        """Use it from now on, before the first tab."""
        server.manager = cls(server)

    def basic_enter_room(
        self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None
    ) -> None:
        """Enter, and note it."""
        super().basic_enter_room(sid, namespace, room, eio_sid)
        self._of.setdefault(sid, set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Leave; a tab that is in no room any more is forgotten."""
        super().basic_leave_room(sid, namespace, room)
        rooms = self._of.get(sid, set())
        rooms.discard(room)
        if not rooms:
            self._of.pop(sid, None)

    def get_rooms(self, sid: str, _namespace: str) -> list[str]:
        """The rooms of a tab, its own among them; a sid belongs to one namespace."""
        return [room for room in self._of.get(sid, ()) if room is not None]

    def basic_disconnect(self, sid: str, namespace: str, **_options: object) -> None:
        """Leave all rooms, and forget what else is kept of the tab."""
        for room in tuple(self._of.get(sid, ())):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
            if not pending.get(namespace, True):
                del pending[namespace]


class Push:
    """Sends frames to topics, which are socket.io rooms; a frame is encoded once, whatever the number of tabs."""

    def __init__(self, server: AsyncServer) -> None:
        self._server = server
        self.delivered = 0
        """Frames handed to tabs since the start."""
        self.delivered_bytes = 0
        self._readers: dict[str, set[Reader]] = {}

    def read(self, reader: Reader, *topics: str) -> None:
        """Hand the frames of these topics to `reader`, too, until it stops."""
        for topic in topics:
            self._readers.setdefault(topic, set()).add(reader)

    def stop(self, reader: Reader) -> None:
        """Hand it nothing any more."""
        for topic, readers in list(self._readers.items()):
            readers.discard(reader)
            if not readers:
                del self._readers[topic]

    async def enter_room(self, sid: str, *topics: str) -> None:
        """Let the tab `sid` listen to the topics of one room, and no longer to those of another; see `join`."""
        for other in self._server.rooms(sid, NAMESPACE):
            if is_room(other) and other not in topics:
                await self._server.leave_room(sid, other, NAMESPACE)
        for topic in topics:
            await self.join(sid, topic)

    async def join(self, sid: str, topic: str) -> None:
        """Let the tab `sid` listen to `topic`; raises `ClientDisconnect` if it has left meanwhile."""
        if not self._server.manager.is_connected(sid, NAMESPACE):
            raise ClientDisconnect
        await self._server.enter_room(sid, topic, NAMESPACE)

    async def leave(self, sid: str, topic: str) -> None:
        """Stop listening."""
        await self._server.leave_room(sid, topic, NAMESPACE)

    def listens(self, sid: str, topic: str) -> bool:
        """Whether the tab `sid` listens to `topic`; one that has left listens to nothing."""
        return topic in self._server.rooms(sid, NAMESPACE)

    def listeners(self, topic: str) -> int:
        """How many tabs of this process listen to `topic`."""
        return sum(1 for _ in self._participants(topic)) + len(self._readers.get(topic, ()))

    def topics(self) -> list[str]:
        """Every topic with a listener in this process, and the sid of every tab."""
        rooms = self._server.manager.rooms.get(NAMESPACE, ())
        return [topic for topic in dict.fromkeys((*rooms, *self._readers)) if topic is not None]

    def longest_queue(self) -> int:
        """Frames that wait for the tab that reads most slowly."""
        return max((socket.queue.qsize() for socket in self._server.eio.sockets.values()), default=0)

    async def send(self, topic: str, state: type[rx.State], **channels: object) -> Sent:
        """Hand values to channels of `state` in every tab on `topic` (a topic, or one tab's sid)."""
        packet = self.packet(state, **channels)
        frame = PushFrame(packet)
        # Straight to the tab's queue, or past it: a task for each, as `emit` makes, costs more than the frame.
        sockets, tabs = self._server.eio.sockets, 0
        for _, engine_sid in list(self._participants(topic)):
            socket = sockets.get(engine_sid)
            if socket is not None and not socket.closed:
                socket.queue.put_nowait(frame)
                tabs += 1
        for reader in tuple(self._readers.get(topic, ())):
            reader(packet)
            tabs += 1
        self._delivered(tabs, frame)
        return Sent(tabs, frame.size)

    async def answer(self, sid: str, delta: str) -> None:
        """Send the tab `sid` what its event has changed, in JSON, once it has read most of what it was sent."""
        await self.room(sid)
        # Not a `PushFrame`: a tab that misses one of those finds out by its number, and asks. This is sent once.
        frame = Frame(MESSAGE, f'{EVENT}{NAMESPACE},["event",{{"delta":{delta}}}]')
        otel.record_message_size(size_of(frame), "transmit")
        for _, engine_sid in list(self._participants(sid)):
            socket = self._server.eio.sockets.get(engine_sid)
            if socket is not None and not socket.closed:
                socket.queue.put_nowait(frame)

    async def room(self, sid: str) -> None:
        """Wait until the tab `sid` has read most of what it was sent: no answer is made that would wait for that."""
        socket = self._server.eio.sockets.get(self._server.manager.eio_sid_from_sid(sid, NAMESPACE))
        if socket is not None:
            await socket.queue.room()

    def _participants(self, topic: str) -> Any:  # noqa: ANN401 (socket.io's generator is untyped)
        return self._server.manager.get_participants(NAMESPACE, topic)

    def packet(self, state: type[rx.State], **channels: object) -> str:
        """The text of a frame that sets `channels` of `state`."""
        # Told that nothing in it is binary, the packet need not look into every value to find out.
        delta = {state.get_full_name(): {name + FIELD_MARKER: value for name, value in channels.items()}}
        data = ["event", {"delta": delta}]
        encoded: str = self._server.packet_class(EVENT, namespace=NAMESPACE, data=data, binary=False).encode()
        return encoded

    def _delivered(self, tabs: int, frame: PushFrame) -> None:
        self.delivered += tabs
        self.delivered_bytes += tabs * frame.size


MODERATION: Final = "moderation"
ROOMS: Final = "rooms"
PULSE: Final = "pulse"
_ROOM_PREFIX: Final = "room:"


def room_topic(slug: str) -> str:
    """Visible changes of a room."""
    return _ROOM_PREFIX + slug


def own_room_topic(slug: str, author: str) -> str:
    """The topic of one author, a guest's session or a member in every session, in a room: what only they see."""
    return f"{_ROOM_PREFIX}{slug}:{author}"


def session_topic(session_id: str) -> str:
    """The topic of all tabs of one visitor session, and of nobody else."""
    return f"session:{session_id}"


def account_topic(session_id: str) -> str:
    """The topic of changes to the account of a member's session."""
    return f"account:{session_id}"


def parts_of_room(topic: str) -> tuple[str, str | None] | None:
    """The room of `room_topic`, room and author of `own_room_topic`; None for other topics."""
    if not is_room(topic):
        return None
    slug, _, author = topic.removeprefix(_ROOM_PREFIX).partition(":")
    return slug, author or None


def is_room(topic: str) -> bool:
    """Whether a topic belongs to a room."""
    return topic.startswith(_ROOM_PREFIX)


def shared_topic(name: str) -> str:
    """Changes of a value that all visitors see."""
    return f"shared:{name}"
