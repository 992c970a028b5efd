"""Connections that do not go on: each wait has an end, and the one that waited longest makes room."""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from portfolio_app.app.errors import NotReady
from portfolio_app.http.transport.headers import CUT_OFF
from portfolio_app.infra import descriptors as module
from portfolio_app.infra.descriptors import Descriptors, descriptors
from portfolio_app.launcher import protocols, websockets
from portfolio_app.launcher.protocols import Http
from portfolio_app.launcher.websockets import Websocket

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n"
LARGE = b"x" * 20_000_000


class Site:
    """The smallest site: reads a body, answers, and notes what websockets say."""

    def __init__(self) -> None:
        self.port = 0
        self.open: set[Any] = set()
        self.said: list[str] = []
        self.served = 0
        self.left = asyncio.Event()
        self.may_read = asyncio.Event()
        self.extension: dict[str, Any] = {}
        self.headers: list[tuple[bytes, bytes]] = []
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
            return
        self.headers = scope["headers"]
        message: Message = {"more_body": True}
        while message.get("more_body"):
            if (message := await receive())["type"] == "http.disconnect":
                return
        if scope["path"] == "/parts":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"a part", "more_body": True})
            await self.may_read.wait()
            for _ in range(1_000):
                await send({"type": "http.response.body", "body": b"x" * 1_000, "more_body": True})
                await asyncio.sleep(0)
            await send({"type": "http.response.body", "body": b""})
            self.ended.set()
            return
        self.served += 1
        body = {"/large": LARGE, "/some": LARGE[:20_000]}.get(scope["path"], b"hello")
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.extension = scope["extensions"][CUT_OFF]
        self.extension["on_left"](self.left.set)
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            await self.may_read.wait()
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            self.said.append(message.get("text") or "")


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """What was closed in this test, by reason."""
    descriptors.closed.clear()
    monkeypatch.setattr(descriptors, "_short_at", float("-inf"))
    for name in ("HEAD_S", "BODY_S", "UNREAD_S"):
        monkeypatch.setattr(protocols, name, 600.0)
    yield descriptors.closed
    descriptors.closed.clear()


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    app = Site()
    config = uvicorn.Config(
        app, http=Http, ws=Websocket, lifespan="off", log_config=None, timeout_keep_alive=600
    )
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: Http(config, state, {}), "127.0.0.1", 0)
    app.port = server.sockets[0].getsockname()[1]
    app.open = state.connections
    yield app
    server.close()
    app.may_read.set()
    for connection in list(state.connections):
        connection.transport.abort()
    async with asyncio.timeout(20):
        while state.tasks:
            await asyncio.sleep(0.001)


@asynccontextmanager
async def line_to(site: Site) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def websocket_of(site: Site) -> Websocket:
    """The one websocket, once more has come in than it parses."""
    while not any(isinstance(one, Websocket) and one._received for one in site.open):
        await asyncio.sleep(0.001)
    [found] = site.open
    assert isinstance(found, Websocket)
    return found


async def answer(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server closes."""
    async with asyncio.timeout(20):
        return await reader.read()


@pytest.mark.parametrize(
    ("sent", "deadline", "reason", "status"),
    [
        (b"", "HEAD_S", "head", b""),
        (GET[:20], "HEAD_S", "head", b"408"),
        (b"\r\n\r\n", "HEAD_S", "head", b""),
        (GET + b"GET /", "HEAD_S", "head", b"408"),
        (GET + b"|\r\n", "HEAD_S", "head", b"408"),
        (GET + b"|GET /", "HEAD_S", "head", b"408"),
        (POST + b"12345", "BODY_S", "body", b"408"),
        (
            POST.replace(b"content-length: 10", b"transfer-encoding: chunked") + b"5\r\n123",
            "BODY_S",
            "body",
            b"408",
        ),
    ],
    ids=[
        "nothing",
        "a head",
        "empty lines",
        "two at once",
        "an empty line later",
        "a head later",
        "a body",
        "a chunk",
    ],
)
async def test_what_does_not_end_is_closed_and_counted(
    site: Site,
    closed: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
    sent: bytes,
    deadline: str,
    reason: str,
    status: bytes,
) -> None:
    monkeypatch.setattr(protocols, deadline, 0.2)
    async with line_to(site) as (reader, writer):
        first, _, later = sent.partition(b"|")
        writer.write(first)
        if later:
            await reader.readuntil(b"hello")
            writer.write(later)
        received = await answer(reader)
    last = received.rpartition(b"HTTP/1.1 ")[2]
    assert last.startswith(status)
    assert (b"x-request-id" in last) is bool(status)
    assert closed == {reason: 1}


async def test_bytes_that_drip_do_not_move_the_deadline(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "HEAD_S", 0.3)
    async with line_to(site) as (reader, writer):
        # Its first line only: a drop on its way while the server closes resets the connection.
        received = asyncio.create_task(reader.readuntil(b"\r\n"))
        for byte in b"GET /" + b"a" * 10_000:
            if received.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)  # between two drops
        assert b"408" in await asyncio.wait_for(received, 20)
    assert closed == {"head": 1}


async def test_whole_requests_are_served_and_an_idle_connection_is_closed_by_the_server(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with line_to(site) as (reader, writer):
        for _ in range(3):
            writer.write(POST + b"0123456789")
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        assert not closed
        [connection] = protocols._waiting
        connection.timeout_keep_alive_handler()
        await answer(reader)
    assert closed == {"idle": 1}


async def test_an_answer_that_is_not_read_is_dropped(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "UNREAD_S", 0.2)
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        line.sendall(GET.replace(b"/ ", b"/large "))
        async with asyncio.timeout(20):
            while not closed:
                await asyncio.sleep(0.01)
    assert closed == {"unread": 1}


async def test_an_answer_that_is_read_slowly_is_not_dropped(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "UNREAD_S", 5.0)
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/large ").replace(b"host", b"connection: close\r\nhost"))
        assert len(await answer(reader)) > len(LARGE)
    assert not closed


async def test_with_too_many_connections_the_one_that_waited_longest_makes_room(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Descriptors, "most_connections", lambda _: 3)
    waiting = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(3)]
    while len(protocols._waiting) < 3:
        await asyncio.sleep(0.001)
    await descriptors.check()
    async with line_to(site) as (reader, writer):
        writer.write(GET)
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
    oldest, *others = waiting
    assert await answer(oldest[0]) == b""
    oldest[1].close()
    for _, writer in others:
        assert not writer.is_closing()
        writer.close()
    assert closed == {"descriptors": 1}
    with pytest.raises(NotReady, match="used up"):
        await descriptors.check()


async def test_while_all_are_served_one_more_is_turned_away(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Descriptors, "most_connections", lambda _: 1)
    async with connect(f"ws://127.0.0.1:{site.port}/", proxy=None):
        async with line_to(site) as (reader, _):
            assert await answer(reader) == b""
        assert closed == {"descriptors": 1}


def test_a_shortage_is_logged_with_what_it_cost(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Descriptors(lambda: 0.0)
    with caplog.at_level(logging.WARNING):
        counted.look()
        assert not caplog.records
        counted.made_room()
        counted.look()
        counted.look()
        monkeypatch.setattr(module.resource, "getrlimit", lambda _: (3, 3))
        counted.look()
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        "closed 1 connections that waited",
        "closed 0 connections that waited",
    ]


@pytest.mark.parametrize(
    ("soft", "hard", "taken"),
    [
        (1024, 4096, 4096),
        (1024, 1 << 20, 65_536),
        (1024, -1, 65_536),
        (70_000, 1 << 20, None),
        (1024, 1024, None),
    ],
)
def test_as_many_descriptors_are_taken_as_the_system_allows(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, taken: int | None
) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(module.resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(module.resource, "setrlimit", lambda _, given: limits.append(given))
    module.raise_limit()
    assert limits == ([(taken, hard)] if taken else [])


@pytest.mark.parametrize(("allowed", "most"), [(1024, 896), (256, 192), (65_536, 65_408)])
def test_some_descriptors_are_left_for_the_site_itself(
    monkeypatch: pytest.MonkeyPatch, allowed: int, most: int
) -> None:
    monkeypatch.setattr(module.resource, "getrlimit", lambda _: (allowed, allowed))
    assert descriptors.most_connections() == most


@pytest.mark.parametrize("kind", [Opcode.PING, Opcode.PONG, Opcode.CONT])
async def test_frames_that_the_site_does_not_see_are_few(
    site: Site, closed: Counter[str], kind: Opcode
) -> None:
    site.may_read.set()
    async with connect(f"ws://127.0.0.1:{site.port}/", proxy=None) as client:
        if kind is Opcode.CONT:
            client.transport.write(Frame(Opcode.TEXT, b"a", fin=False).serialize(mask=True))
        for _ in range(websockets.CONTROL_BURST):
            client.transport.write(Frame(kind, b"", fin=kind is not Opcode.CONT).serialize(mask=True))
        if kind is not Opcode.CONT:
            await client.send("still heard")
            while site.said != ["still heard"]:
                await asyncio.sleep(0.001)
        for _ in range(websockets.CONTROL_BURST):
            client.transport.write(Frame(kind, b"", fin=kind is not Opcode.CONT).serialize(mask=True))
        with pytest.raises(ConnectionClosed) as ended:
            await asyncio.wait_for(client.recv(), 20)
    assert (ended.value.rcvd and ended.value.rcvd.code) == 1008
    assert closed == {"control_frames": 1}


async def test_messages_wait_in_the_line_until_those_before_them_are_read(site: Site) -> None:
    count = 20_000
    async with connect(f"ws://127.0.0.1:{site.port}/", proxy=None) as client:
        frame = Frame(Opcode.TEXT, b"x").serialize(mask=True)
        client.transport.write(frame * count)
        protocol = await websocket_of(site)
        assert protocol.queue.qsize() <= websockets.SLICE // len(frame) + 1
        site.may_read.set()
        while len(site.said) < count:
            await asyncio.sleep(0.001)
    assert site.said == ["x"] * count


async def test_a_client_that_leaves_is_noticed_although_nothing_is_read_from_it(site: Site) -> None:
    frame = Frame(Opcode.TEXT, b"x").serialize(mask=True)
    async with connect(f"ws://127.0.0.1:{site.port}/", proxy=None) as client:
        client.transport.write(frame * 5_000)
        await websocket_of(site)
        assert not site.extension["has_left"]()
        client.transport.abort()
    async with asyncio.timeout(20):
        while not site.extension["has_left"]():
            await asyncio.sleep(0.01)
    site.extension["call"]()
    await asyncio.wait_for(site.left.wait(), 20)
    site.may_read.set()


async def test_a_close_is_said_at_once_and_what_came_before_it_can_be_read(site: Site) -> None:
    async with connect(f"ws://127.0.0.1:{site.port}/", proxy=None) as client:
        await client.send("the last word")
        close = Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True)
        client.transport.write(close)
        await asyncio.wait_for(site.left.wait(), 20)
        assert site.said == []
        site.may_read.set()
        while not site.said:
            await asyncio.sleep(0.001)
    assert site.said == ["the last word"]


async def pipelining(site: Site) -> Http:
    """The one connection, once a request of it waits for another one."""
    async with asyncio.timeout(20):
        while not any(isinstance(one, Http) and one.pipeline for one in site.open):
            await asyncio.sleep(0)
    [found] = site.open
    assert isinstance(found, Http)
    return found


async def test_requests_wait_in_the_line_until_those_before_them_are_answered(site: Site) -> None:
    count = 20_000
    async with line_to(site) as (reader, writer):
        writer.write(GET * count)
        connection = await pipelining(site)
        assert len(connection.pipeline) <= protocols.SLICE // len(GET) + 1
        assert len(connection._received) < len(GET) * count / 2
        for _ in range(count):
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"a: b\r\n" * (protocols.MAX_FIELDS - 1), b"200"),
        (b"a: b\r\n" * protocols.MAX_FIELDS, b"431"),
        (b"a: " + b"b" * (protocols.MAX_HEAD_BYTES - 2_000) + b"\r\n", b"200"),
        (b"a: " + b"b" * (protocols.MAX_HEAD_BYTES + protocols.SLICE) + b"\r\n", b"431"),
    ],
    ids=["as many as can be", "one more", "as long as can be", "longer"],
)
async def test_a_head_has_so_many_headers_and_bytes(site: Site, head: bytes, status: bytes) -> None:
    async with line_to(site) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n" + head + b"\r\n")
        async with asyncio.timeout(20):
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    "endless",
    [b"0\r\n" + b"x: y\r\n" * 9, b"1;extension=" + b"x" * 90, b"1\r\nx\r\n" * 9],
    ids=["trailers", "an extension", "tiny chunks"],
)
async def test_what_is_sent_around_a_body_ends_the_connection_when_it_is_too_much(
    site: Site, endless: bytes
) -> None:
    chunked = POST.replace(b"content-length: 10", b"transfer-encoding: chunked")
    more = endless.removeprefix(b"0\r\n")
    async with line_to(site) as (reader, writer):
        writer.write(chunked + endless)
        ended = asyncio.create_task(answer(reader))
        sent = 0
        while not ended.done() and sent < 20_000_000:
            writer.write(more * 50)
            sent += len(more) * 50
            await asyncio.sleep(0)
            with suppress(ConnectionError):
                await writer.drain()
        assert sent < 20_000_000
        with suppress(ConnectionError):
            await ended
    assert not site.open


async def test_a_trailer_is_no_header(site: Site) -> None:
    body = b"5\r\nhello\r\n0\r\ncookie: forged\r\n\r\n"
    async with line_to(site) as (reader, writer):
        writer.write(POST.replace(b"content-length: 10", b"transfer-encoding: chunked") + body)
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        assert [name for name, _ in site.headers] == [b"host", b"transfer-encoding"]
        writer.write(GET)
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")


async def test_what_is_no_request_behind_one_does_not_get_into_its_answer(site: Site) -> None:
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/parts "))
        await reader.readuntil(b"a part")
        writer.write(b"\x00\r\n\r\n")
        with suppress(ConnectionError):
            assert b"HTTP/1.1" not in await answer(reader)


async def test_a_client_that_leaves_is_known_to_the_request_that_is_answered(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Not only to the one that it sent last."""
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/parts ") + GET * 5)
        await reader.readuntil(b"a part")
        writer.transport.abort()
    async with asyncio.timeout(20):
        site.may_read.set()
        await site.ended.wait()
    assert not site.open
    assert [record.getMessage() for record in caplog.records] == []


async def test_a_client_that_reads_nothing_has_few_requests_answered(site: Site) -> None:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.connect(("127.0.0.1", site.port))
        line.sendall(GET.replace(b"/ ", b"/some ") * 1_000)
        async with asyncio.timeout(20):
            while not any(isinstance(one, Http) and one.flow.write_paused for one in site.open):
                await asyncio.sleep(0.001)
    assert site.served * 20_000 < 1_000_000
