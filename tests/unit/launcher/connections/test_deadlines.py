"""Connections that do not go on: each wait has an end, and the one that waited longest makes room."""

import asyncio
import socket
from collections import Counter

import pytest
from websockets.asyncio.client import connect

from portfolio_app.app.errors import NotReady
from portfolio_app.infra.descriptors import Descriptors, descriptors
from portfolio_app.launcher import deadlines
from tests.unit.launcher.connections.conftest import LARGE, Site, line_to

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n"


async def answer(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server closes."""
    async with asyncio.timeout(10):
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
    monkeypatch.setattr(deadlines, deadline, 0.2)
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
    monkeypatch.setattr(deadlines, "HEAD_S", 0.3)
    async with line_to(site) as (reader, writer):
        # Its first line only: a drop on its way while the server closes resets the connection.
        received = asyncio.create_task(reader.readuntil(b"\r\n"))
        for byte in b"GET /" + b"a" * 10_000:
            if received.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)  # between two drops
        assert b"408" in await asyncio.wait_for(received, 10)
    assert closed == {"head": 1}


async def test_whole_requests_are_served_and_an_idle_connection_is_closed_by_the_server(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with line_to(site) as (reader, writer):
        for _ in range(3):
            writer.write(POST + b"0123456789")
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        assert not closed
        [connection] = deadlines._waiting
        connection.timeout_keep_alive_handler()
        await answer(reader)
    assert closed == {"idle": 1}


async def test_an_answer_that_is_not_read_is_dropped(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "UNREAD_S", 0.2)
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        line.sendall(GET.replace(b"/ ", b"/large "))
        async with asyncio.timeout(10):
            while not closed:
                await asyncio.sleep(0.01)
    assert closed == {"unread": 1}


async def test_an_answer_that_is_read_slowly_is_not_dropped(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "UNREAD_S", 5.0)
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/large ").replace(b"host", b"connection: close\r\nhost"))
        assert len(await answer(reader)) > len(LARGE)
    assert not closed


async def test_with_too_many_connections_the_one_that_waited_longest_makes_room(
    site: Site, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Descriptors, "most_connections", lambda _: 3)
    waiting = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(3)]
    while len(deadlines._waiting) < 3:
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
