"""Bytes are counted from the queue to the transport; over its bound a socket is dropped with its queue."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from engineio.packet import MESSAGE, PING, Packet
from reflex_base.event import Event
from socketio import AsyncServer
from websockets.frames import Frame, Opcode

from portfolio_app.http.transport.frames import send_queue, unread
from portfolio_app.http.transport.frames.send_queue import PushFrame, SendQueue, size_of
from portfolio_app.http.transport.frames.unread import Crowd, Unread

KB = PushFrame("x" * 999)
"""With the packet's type, 1,000 bytes."""


class Line:
    """One websocket's count and queue; `written` is what reached its transport without them."""

    def __init__(self) -> None:
        self.cut = 0
        self.reads = True
        self.written: list[bytes] = []
        self.unread: Unread
        self.queue: SendQueue

    def drop(self) -> None:
        self.cut += 1

    def write_frame(self, frame: bytes) -> bool:
        """What the server does with a frame of which nothing is queued."""
        if self.reads:
            self.written.append(frame)
        return self.reads

    async def write(self) -> None:
        """What engine.io and the server do with one frame."""
        await self.queue.get()
        self.queue.task_done()
        self.unread.taken()


@contextmanager
def lines(crowd: Crowd, number: int, *, direct: bool = False) -> Iterator[list[Line]]:
    with ExitStack() as stack:
        opened = [Line() for _ in range(number)]
        for line in opened:
            write = line.write_frame if direct else None
            line.unread = stack.enter_context(crowd.enter(line.drop, write))
            line.queue = SendQueue()
        yield opened


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


async def test_bytes_count_until_the_server_has_taken_them(crowd: Crowd) -> None:
    with lines(crowd, 1) as [line]:
        for _ in range(3):
            line.queue.put_nowait(KB)
        assert (line.unread.bytes, crowd.all(), crowd.most()) == (3_000, 3_000, 3_000)
        # engine.io takes all there is, then writes one by one.
        packets = [await line.queue.get() for _ in range(3)]
        assert (packets, line.unread.bytes) == ([KB] * 3, 3_000)
        line.unread.taken()
        assert (line.unread.bytes, crowd.all()) == (2_000, 2_000)
    assert crowd.all() == 0


async def test_a_frame_that_nothing_waits_before_is_written_at_once_and_once_encoded(crowd: Crowd) -> None:
    with lines(crowd, 2, direct=True) as opened:
        for line in opened:
            line.queue.put_nowait(KB)
            await line.queue.put(Packet(MESSAGE, "ż"))
        [first, second] = [line.written for line in opened]
        assert first[0] is second[0] is KB.wire
        assert first == [b"\x81\x7e\x03\xe84" + b"x" * 999, b"\x81\x034\xc5\xbc"]
        assert [(line.queue.qsize(), line.unread.bytes) for line in opened] == [(0, 0)] * 2


async def test_what_waits_for_a_reader_keeps_its_order_and_is_counted(crowd: Crowd) -> None:
    with lines(crowd, 1, direct=True) as [line]:
        line.reads = False
        line.queue.put_nowait(KB)
        line.reads = True
        line.queue.put_nowait(KB)
        assert (line.written, line.queue.qsize(), line.unread.bytes) == ([], 2, 2_000)
        await line.queue.get()  # engine.io's writer has it; the server has not
        line.queue.put_nowait(KB)
        assert (line.written, line.queue.qsize(), line.unread.bytes) == ([], 2, 3_000)
        line.unread.taken()
        await line.write()
        await line.write()
        line.queue.put_nowait(KB)
        assert (line.written, line.unread.bytes) == ([KB.wire], 0)


async def test_packets_of_engine_io_are_queued_and_nothing_is_written_after_an_end(crowd: Crowd) -> None:
    with lines(crowd, 1, direct=True) as [line]:
        line.queue.put_nowait(Packet(PING))
        assert (line.written, line.queue.qsize()) == ([], 1)
        await line.write()
        line.unread.end()
        line.queue.put_nowait(KB)
        assert (line.written, line.queue.qsize()) == ([], 0)


async def test_one_byte_too_many_drops_the_socket_and_its_queue(crowd: Crowd) -> None:
    with lines(crowd, 2) as (line, other):
        other.queue.put_nowait(KB)
        for _ in range(unread.MOST // 1_000):
            line.queue.put_nowait(KB)
        assert (line.cut, line.queue.qsize()) == (0, unread.MOST // 1_000)
        line.queue.put_nowait(PushFrame(""))
        assert (line.cut, line.queue.qsize(), line.unread.bytes) == (1, 0, 0)
        line.queue.put_nowait(KB)
        await line.queue.put(KB)
        assert line.queue.qsize() == 0
        await asyncio.wait_for(line.queue.join(), 1)
        assert (crowd.dropped, crowd.all(), other.cut) == ({"unread": 1}, 1_000, 0)


async def test_with_too_much_for_all_the_largest_is_dropped(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "MOST_OF_ALL", 5_500)
    with lines(crowd, 3) as (small, large, late):
        for line, frames in ((small, 1), (large, 3), (late, 2)):
            for _ in range(frames):
                line.queue.put_nowait(KB)
        crowd.check(0.0)
        assert (small.cut, large.cut, late.cut) == (0, 1, 0)
        assert (crowd.all(), crowd.dropped) == (3_000, {"unread_of_all": 1})


async def test_the_frameworks_own_emits_are_counted_and_wait_for_room(crowd: Crowd) -> None:
    server = AsyncServer(async_mode="asgi")
    with lines(crowd, 1) as [line]:
        server.eio.sockets["tab"] = SimpleNamespace(queue=line.queue, closed=False, send=line.queue.put)
        sid = await server.manager.connect("tab", "/")
        await server.emit("event", "\N{GRINNING FACE}" * 2_500, to=sid)
        assert line.unread.bytes > 10_000
        waiting = asyncio.create_task(server.emit("event", "more", to=sid))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (waiting.done(), line.queue.qsize()) == (False, 1)
        await line.queue.put(Packet(PING))  # engine.io closes with such packets: they never wait
        await line.write()
        await asyncio.wait_for(waiting, 1)
        assert line.queue.qsize() == 2


async def test_a_client_that_has_much_to_read_or_to_be_answered_is_not_listened_to(crowd: Crowd) -> None:
    with lines(crowd, 1) as [line]:
        for _ in range(unread.PAUSE_ABOVE // 1_000 + 1):
            line.queue.put_nowait(KB)
        listening = asyncio.create_task(line.unread.calm())
        await asyncio.sleep(0)
        assert not listening.done()
        await line.write()
        await asyncio.wait_for(listening, 1)
        answers = [asyncio.get_running_loop().create_future() for _ in range(unread.MOST_PENDING)]
        for answer in answers:
            line.unread.expect(answer)
        listening = asyncio.create_task(line.unread.calm())
        await asyncio.sleep(0)
        assert not listening.done()
        answers[0].set_result(None)
        await asyncio.wait_for(listening, 1)
        line.unread.drop("unread")
        assert all(answer.cancelled() for answer in answers[1:])


async def test_a_socket_that_takes_no_frame_is_dropped_and_logged_once_for_each_reason(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(unread, "CHECK_EVERY_S", 0.0)
    monkeypatch.setattr(unread, "STALLED_S", 0.05)
    with lines(crowd, 5) as (*stuck, reading, idle), caplog.at_level(logging.WARNING):
        for line in (*stuck, reading):
            line.queue.put_nowait(KB)
        watching = asyncio.create_task(crowd.watch())
        while not caplog.records:
            reading.queue.put_nowait(KB)
            await reading.write()
            await asyncio.sleep(0.001)
        watching.cancel()
        assert [record.getMessage() for record in caplog.records] == [
            "dropped 3 websockets that did not read: stalled"
        ]
        assert ([line.cut for line in stuck], reading.cut, idle.cut) == ([1, 1, 1], 0, 0)


async def test_a_new_socket_has_as_much_time_as_any(crowd: Crowd) -> None:
    with lines(crowd, 1) as [line]:
        line.queue.put_nowait(KB)
        for now in (1_000.0, 1_000.0 + unread.STALLED_S):
            crowd.check(now)
        assert line.cut == 0
        crowd.check(1_001.0 + unread.STALLED_S)
        assert line.cut == 1


async def test_events_count_for_the_socket_they_came_from_and_not_for_what_handlers_start(
    crowd: Crowd,
) -> None:
    class Events:
        async def enqueue(self, *_: object) -> asyncio.Future[None]:
            return asyncio.get_running_loop().create_future()

    events: Any = Events()
    send_queue.count(AsyncServer(async_mode="asgi"), events)
    with lines(crowd, 1) as [line]:
        await events.enqueue("token", Event(name="a"))
        await asyncio.create_task(events.enqueue("token", Event(name="b")))
        assert len(line.unread.pending) == 1


@pytest.mark.parametrize("text", ["", "plain", "ż\N{GRINNING FACE}"])
def test_a_frame_is_as_large_as_on_the_wire(text: str) -> None:
    assert size_of(Packet(MESSAGE, text)) == size_of(PushFrame(text)) == len(f"4{text}".encode())


@pytest.mark.parametrize("size", [0, 124, 125, 65_534, 65_535, 70_000])
def test_a_websocket_frame_is_what_the_server_would_have_made_of_it(size: int) -> None:
    text = "x" * size
    expected = Frame(Opcode.TEXT, f"4{text}".encode()).serialize(mask=False)
    assert PushFrame(text).wire == send_queue.wire_of(Packet(MESSAGE, text)) == expected
