import asyncio
from collections.abc import Iterator

import pytest
from socketio import AsyncServer

from portfolio_app.app.events import QueueChanged, SessionRevoked
from portfolio_app.app.ports.live_feed import FeedBatch
from portfolio_app.http.log.page_stream import MAX_UNREAD, PageStream, updates
from portfolio_app.http.log.stream import MAX_QUEUED, PER_NETWORK, PER_SESSION, Ending, Stream, Streams
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.push import Push, session_topic
from tests.fakes.live_feed import row, rows
from tests.unit.http.site import FakeSite

IP = "203.0.113.7"


async def test_a_reader_gets_what_was_offered_in_order_and_once() -> None:
    stream = Stream("ann", IP)
    stream.offer(rows(1, 2))
    stream.offer(rows(3, 3))
    assert [found.seq for found in await stream.take()] == [1, 2, 3]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.take(), 0.01)


async def test_a_reader_that_keeps_up_is_never_dropped_whatever_the_rate() -> None:
    stream = Stream("ann", IP)
    for first in range(1, 50_000, 5_000):
        stream.offer(rows(first, first + 4_999))
        assert len(await stream.take()) == 5_000
    assert stream.ending is None


async def test_a_reader_that_falls_behind_is_given_up_and_costs_nothing_more() -> None:
    stream = Stream("ann", IP)
    for seq in range(1, MAX_QUEUED + 1_000):
        stream.offer([row(seq)])
    assert stream.ending is Ending.SLOW
    assert await stream.take() == []


async def test_the_first_reason_is_the_one_that_counts() -> None:
    stream = Stream("ann", IP)
    stream.end(Ending.REVOKED)
    stream.end(Ending.STOPPING)
    assert stream.ending is Ending.REVOKED


async def test_rows_go_to_the_streams_of_their_session_only() -> None:
    streams = Streams()
    hers, also_hers, his = (streams.open(name, IP) for name in ("ann", "ann", "bob"))
    await streams.on_batch("ann", FeedBatch(rows=rows(1, 1)))
    assert len(await hers.take()) == len(await also_hers.take()) == 1
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(his.take(), 0.01)


async def test_a_revoked_session_ends_its_streams_only() -> None:
    streams = Streams()
    hers, his = streams.open("ann", IP), streams.open("bob", IP)
    await streams.on_event(QueueChanged())
    await streams.on_event(SessionRevoked("ann"))
    assert (hers.ending, his.ending) == (Ending.REVOKED, None)


async def test_a_session_and_an_address_may_have_so_many_streams() -> None:
    streams = Streams()
    for _ in range(PER_SESSION):
        assert streams.has_room("ann", IP)
        streams.open("ann", IP)
    assert not streams.has_room("ann", IP)
    for number in range(PER_NETWORK - PER_SESSION):
        streams.open(f"visitor {number}", IP)
    assert not streams.has_room("bob", IP)
    assert streams.has_room("bob", "203.0.113.8")
    assert streams.refused == {"streams_of_session": 1, "streams_of_network": 1}


async def test_a_closed_stream_makes_room_and_is_forgotten() -> None:
    streams = Streams()
    opened = [streams.open("ann", IP) for _ in range(PER_SESSION)]
    opened[0].end(Ending.SLOW)
    for stream in opened:
        streams.close(stream)
    assert streams.has_room("ann", IP)
    assert len(streams) == 0
    assert streams.ended == {"reader too slow": 1, "reader left": PER_SESSION - 1}


@pytest.fixture
def push() -> Iterator[Push]:
    yield FakeSite().install().add(Push(AsyncServer(async_mode="asgi")))
    runtime.uninstall()


async def test_a_page_gets_the_frames_of_its_topics_one_event_each_and_no_rows_besides(push: Push) -> None:
    streams = Streams()
    page = streams.enter(PageStream("ann", IP))
    page.join(session_topic("ann"))
    page.bring('2/_event,["event",{"delta":1}]')
    page.bring('2/_event,["event",{"delta":2}]')
    await streams.on_batch("ann", FeedBatch(rows=rows(1, 3)))
    chunks = updates(page)
    greeting, both = await anext(chunks), await anext(chunks)
    assert b"data" not in greeting
    assert both.decode().split("\n\n")[:2] == [
        f'event: update\ndata: 2/_event,["event",{{"delta":{number}}}]' for number in (1, 2)
    ]
    await streams.on_event(SessionRevoked("ann"))
    assert b'event: end\ndata: {"reason":"session ended"}' in b"".join([chunk async for chunk in chunks])
    assert push.listeners(session_topic("ann")) == 0


async def test_a_page_that_does_not_read_is_given_up_and_costs_nothing_more(push: Push) -> None:
    page = PageStream("ann", IP)
    page.join(session_topic("ann"))
    for _ in range(3):
        page.bring("x" * MAX_UNREAD)
    assert page.ending is Ending.SLOW
    assert await page.take_frames() == []
    assert push.listeners(session_topic("ann")) == 0
