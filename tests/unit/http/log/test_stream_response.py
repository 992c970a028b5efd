import asyncio

import pytest
from starlette.types import Message

from portfolio_app.http.log import routes as streaming
from portfolio_app.http.log.routes import FeedResponse
from portfolio_app.http.log.stream import Ending, Start, Stream, Streams
from tests.fakes.live_feed import rows
from tests.waiting import PATIENCE_S, until

SCOPE = {"type": "http", "method": "GET", "path": "/api/stream", "headers": []}
NOTHING_YET = Start(())


class Reader:
    """A client that can stop reading and go."""

    def __init__(self) -> None:
        self.body = b""
        self.complete = False
        self.reads = asyncio.Event()
        self.reads.set()
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        self.body += message.get("body", b"")
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.complete = True

    def leave(self) -> None:
        self._gone.set()


def answering(
    streams: Streams, stream: Stream, reader: Reader, start: Start = NOTHING_YET
) -> asyncio.Task[None]:
    return asyncio.create_task(FeedResponse(streams, stream, start, {})(SCOPE, reader.receive, reader.send))


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_stream_lasts_until_its_reader_leaves() -> None:
    streams, reader = Streams(), Reader()
    stream = streams.open("ann", "203.0.113.7")
    task = answering(streams, stream, reader, Start(rows(1, 2)))
    await settle()
    assert b"id: 2" in reader.body
    assert len(streams) == 1
    reader.leave()
    await task
    assert (len(streams), stream.ending) == (0, Ending.LEFT)


async def test_a_stream_that_is_ended_says_why_and_completes() -> None:
    streams, reader = Streams(), Reader()
    stream = streams.open("ann", "203.0.113.7")
    task = answering(streams, stream, reader)
    await settle()
    stream.end(Ending.REVOKED)
    await asyncio.wait_for(task, PATIENCE_S)
    assert reader.body.endswith(b'event: end\ndata: {"reason":"session ended"}\n\n')
    assert reader.complete


async def test_a_reader_that_stops_reading_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SEND_WITHIN_S", 0.05)
    streams, reader = Streams(), Reader()
    stream = streams.open("ann", "203.0.113.7")
    task = answering(streams, stream, reader)
    await settle()
    reader.reads.clear()
    stream.offer(rows(1, 1))
    await asyncio.wait_for(task, PATIENCE_S)
    assert stream.ending is Ending.SLOW
    assert (len(streams), streams.ended) == (0, {"reader too slow": 1})


async def test_a_slow_reader_that_reads_on_learns_why_it_was_dropped() -> None:
    streams, reader = Streams(), Reader()
    stream = streams.open("ann", "203.0.113.7")
    task = answering(streams, stream, reader)
    await settle()
    reader.reads.clear()
    for first in range(1, 10_000, 100):
        stream.offer(rows(first, first + 99))
        await asyncio.sleep(0)
    reader.reads.set()
    await asyncio.wait_for(task, PATIENCE_S)
    assert reader.body.endswith(b'event: end\ndata: {"reason":"reader too slow"}\n\n')
    assert reader.body.count(b"id: ") < 10_000


async def test_a_quiet_stream_is_kept_open_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_S", 0.02)
    streams, reader = Streams(), Reader()
    stream = streams.open("ann", "203.0.113.7")
    task = answering(streams, stream, reader)
    await until(lambda: reader.body.count(b": still here\n\n") >= 2)
    stream.end(Ending.STOPPING)
    await task
