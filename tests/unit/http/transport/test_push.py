"""One frame for every listener, and for nobody else."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from socketio import AsyncServer
from starlette.requests import ClientDisconnect

from portfolio_app.http.chat.feed import RoomFeed
from portfolio_app.http.transport.frames.send_queue import PushFrame
from portfolio_app.http.transport.push import (
    NAMESPACE,
    Push,
    Topics,
    own_room_topic,
    room_topic,
    session_topic,
)


class Queue(list[Any]):
    """As much of an engine.io send queue as the push uses."""

    put_nowait = list.append

    async def room(self) -> None: ...


class Server:
    """A socket.io server whose tabs are queues."""

    def __init__(self) -> None:
        self.real = AsyncServer(async_mode="asgi")

    async def tab(self, engine_sid: str) -> str:
        sid = await self.real.manager.connect(engine_sid, NAMESPACE)

        self.real.eio.sockets[engine_sid] = SimpleNamespace(queue=Queue(), closed=False)
        return str(sid)

    def received(self, engine_sid: str) -> list[dict[str, Any]]:
        prefix = f"2{NAMESPACE},"
        frames = self.real.eio.sockets[engine_sid].queue
        return [json.loads(frame.encode()[1:].removeprefix(prefix))[1]["delta"] for frame in frames]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def push(server: Server) -> Push:
    return Push(server.real)


async def test_a_frame_reaches_the_topics_listeners_and_names_the_channel(server: Server, push: Push) -> None:
    inside, outside = await server.tab("inside"), await server.tab("outside")
    await push.enter_room(inside, room_topic("lobby"))
    await push.enter_room(outside, room_topic("attic"))
    sent = await push.send(room_topic("lobby"), RoomFeed, arrivals=[{"id": "1"}])
    assert sent.tabs == 1
    assert server.received("inside") == [{RoomFeed.get_full_name(): {"arrivals_rx_state_": [{"id": "1"}]}}]
    assert server.received("outside") == []
    assert sent.bytes == len(server.real.eio.sockets["inside"].queue[0].encode())


async def test_entering_a_room_leaves_the_one_before_and_keeps_the_session(
    server: Server, push: Push
) -> None:
    sid = await server.tab("tab")
    await push.join(sid, session_topic("s"))
    await push.enter_room(sid, room_topic("lobby"), own_room_topic("lobby", "s"))
    await push.enter_room(sid, room_topic("attic"), own_room_topic("attic", "s"))
    listening = {
        topic: push.listeners(topic)
        for topic in (
            room_topic("lobby"),
            own_room_topic("lobby", "s"),
            room_topic("attic"),
            own_room_topic("attic", "s"),
            session_topic("s"),
        )
    }
    assert list(listening.values()) == [0, 0, 1, 1, 1]


async def test_a_tab_can_be_addressed_by_itself(server: Server, push: Push) -> None:
    one, _ = await server.tab("one"), await server.tab("other")
    await push.send(one, RoomFeed, revision=3)
    assert len(server.received("one")) == 1
    assert server.received("other") == []


async def test_a_frame_is_encoded_once_and_measured_in_bytes(server: Server, push: Push) -> None:
    for name in ("one", "two"):
        await push.enter_room(await server.tab(name), room_topic("lobby"))
    sent = await push.send(room_topic("lobby"), RoomFeed, arrivals=[{"body": "\N{GRINNING FACE}"}])
    [one], [two] = (server.real.eio.sockets[name].queue for name in ("one", "two"))
    assert one is two
    assert sent.bytes == len(one.encode().encode()) == push.delivered_bytes / 2


async def test_what_a_tabs_own_event_changed_goes_to_it_alone_and_is_no_push(
    server: Server, push: Push
) -> None:
    """The site that loses pushes for a test would lose a page's states with them, for good."""
    one, _ = await server.tab("one"), await server.tab("other")
    await push.answer(one, '{"a_state":{"word":"höher"}}')
    [frame] = server.real.eio.sockets["one"].queue
    assert not isinstance(frame, PushFrame)
    assert server.received("one") == [{"a_state": {"word": "höher"}}]
    assert server.received("other") == []


async def test_a_closed_tab_is_passed_over(server: Server, push: Push) -> None:
    sid = await server.tab("gone")
    await push.enter_room(sid, room_topic("lobby"))
    server.real.eio.sockets["gone"].closed = True
    assert (await push.send(room_topic("lobby"), RoomFeed, revision=1)).tabs == 0


async def test_a_tab_that_has_left_joins_nothing(server: Server, push: Push) -> None:
    sid = await server.tab("left")
    await server.real.manager.disconnect(sid, NAMESPACE)
    for joining in (push.join(sid, "pulse"), push.enter_room(sid, room_topic("lobby"))):
        with pytest.raises(ClientDisconnect):
            await joining
    assert push.topics() == []


async def test_the_index_of_topics_knows_what_the_rooms_know_and_forgets_a_tab_that_left() -> None:
    plain, indexed = Server(), Server()
    Topics.index(indexed.real)
    topics = {room_topic("lobby"), session_topic("s")}
    for server in (plain, indexed):
        manager = server.real.manager
        one, two = await server.tab("one"), await server.tab("two")
        for topic in topics:
            await manager.enter_room(one, NAMESPACE, topic)
        await manager.enter_room(two, NAMESPACE, room_topic("lobby"))
        assert set(manager.get_rooms(one, NAMESPACE)) == {one, *topics}
        await manager.leave_room(one, NAMESPACE, session_topic("s"))
        assert set(manager.get_rooms(one, NAMESPACE)) == {one, room_topic("lobby")}
        manager.pre_disconnect(one, NAMESPACE)
        await manager.disconnect(one, NAMESPACE, ignore_queue=True)
        assert (manager.get_rooms(one, NAMESPACE), manager.is_connected(one, NAMESPACE)) == ([], False)
        assert Push(server.real).listeners(room_topic("lobby")) == 1
        assert manager.pending_disconnect == manager.pending_connect == {}
        await manager.disconnect(two, NAMESPACE, ignore_queue=True)
        assert manager.rooms == {}


async def test_who_reads_topics_without_a_websocket_gets_the_packets_of_tabs_until_it_stops(
    push: Push,
) -> None:
    read: list[str] = []
    push.read(read.append, room_topic("lobby"), session_topic("s"))
    assert (push.listeners(session_topic("s")), set(push.topics())) == (
        1,
        {room_topic("lobby"), session_topic("s")},
    )
    sent = await push.send(room_topic("lobby"), RoomFeed, arrivals=[{"id": "1"}])
    await push.send(room_topic("attic"), RoomFeed, arrivals=[{"id": "2"}])
    assert sent.tabs == 1
    assert read == [push.packet(RoomFeed, arrivals=[{"id": "1"}])]
    push.stop(read.append)
    assert push.topics() == []
    assert (await push.send(room_topic("lobby"), RoomFeed, arrivals=[])).tabs == 0
