"""Websockets whose client sends too much, leaves, or closes."""

import asyncio
from collections import Counter

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from portfolio_app.launcher import websockets
from portfolio_app.launcher.protocols import Http
from portfolio_app.launcher.websockets import Websocket
from tests.unit.launcher.connections.conftest import Site, line_to
from tests.unit.launcher.connections.test_deadlines import GET

UPGRADE = (
    b"GET /%s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n%s"
)


async def websocket_of(site: Site) -> Websocket:
    """The one websocket, once more has come in than it parses."""
    while not any(isinstance(one, Websocket) and one._received for one in site.open):
        await asyncio.sleep(0.001)
    [found] = site.open
    assert isinstance(found, Websocket)
    return found


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
            await asyncio.wait_for(client.recv(), 10)
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
    async with asyncio.timeout(10):
        while not site.extension["has_left"]():
            await asyncio.sleep(0.01)
    site.extension["call"]()
    await asyncio.wait_for(site.left.wait(), 10)
    site.may_read.set()


async def test_a_close_is_said_at_once_and_what_came_before_it_can_be_read(site: Site) -> None:
    async with connect(f"ws://127.0.0.1:{site.port}/", proxy=None) as client:
        await client.send("the last word")
        close = Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True)
        client.transport.write(close)
        await asyncio.wait_for(site.left.wait(), 10)
        assert site.said == []
        site.may_read.set()
        while not site.said:
            await asyncio.sleep(0.001)
    assert site.said == ["the last word"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (UPGRADE % (b"", b"Content-Length: 5\r\n", b"hello"), b"400"),
        (UPGRADE % (b"", b"Content-Length: 5\r\n", b""), b"400"),
        (UPGRADE % (b"", b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"), b"400"),
        (UPGRADE % (b"", b"Cookie: " + b"x" * 9_000 + b"\r\n", b""), b"431"),
        (UPGRADE % (b"x" * 9_000, b"", b""), b"414"),
    ],
    ids=["a body", "no body", "chunks", "a long header", "a long address"],
)
async def test_what_can_not_be_read_as_a_handshake_is_answered_and_closed(
    site: Site, sent: bytes, status: bytes
) -> None:
    async with line_to(site) as (reader, writer):
        writer.write(sent)
        answer = await asyncio.wait_for(reader.read(), 10)
    assert answer.startswith(b"HTTP/1.1 " + status + b" ")
    assert b"x-request-id: " in answer.lower()
    while site.open:
        await asyncio.sleep(0.001)


async def test_the_headers_of_a_handshake_are_not_kept(site: Site) -> None:
    site.may_read.set()
    headers = {f"x-{number}": "x" * 200 for number in range(80)}
    async with connect(f"ws://127.0.0.1:{site.port}/", additional_headers=headers, proxy=None) as client:
        await client.send("hello")
        while site.said != ["hello"]:
            await asyncio.sleep(0.001)
        [found] = site.open
        assert (found.scope["headers"], list(found.request.headers)) == ([], [])


async def test_a_handshake_waits_until_the_requests_before_it_are_answered(site: Site) -> None:
    """A client that does not wait itself gets all answers, each whole and in order."""
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/unread ") + GET + UPGRADE % (b"", b"", b""))
        async with asyncio.timeout(10):
            while not any(isinstance(one, Http) and one._then for one in site.open):
                await asyncio.sleep(0)
            site.may_read.set()
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 413")
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
            writer.write(Frame(Opcode.TEXT, b"heard").serialize(mask=True))
            while site.said != ["heard"]:
                await asyncio.sleep(0.001)
