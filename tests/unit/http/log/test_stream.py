import asyncio

import pytest

from portfolio_app.app.events import QueueChanged, SessionRevoked
from portfolio_app.app.ports.live_feed import FeedBatch
from portfolio_app.http.log.stream import MAX_QUEUED, PER_NETWORK, PER_SESSION, Ending, Stream, Streams
from tests.fakes.live_feed import row, rows

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
