"""Requests on one connection: how many wait, how large each may be, and what stands around their bodies."""

import asyncio
import re
import socket
from collections import Counter
from contextlib import suppress

import pytest
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from portfolio_app.launcher import protocols
from portfolio_app.launcher.protocols import Http
from tests.unit.launcher.connections.conftest import Site, line_to
from tests.unit.launcher.connections.test_deadlines import GET, POST, answer

STATUS = re.compile(rb"HTTP/1\.1 (\d+)")
IN_A_TURN = protocols.TURN // protocols.SLICE


async def pipelining(site: Site) -> Http:
    """The one connection, once a request of it waits for another one."""
    async with asyncio.timeout(10):
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
        async with asyncio.timeout(10):
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    ("length", "status"),
    [(protocols.MAX_TARGET_BYTES, b"200"), (protocols.MAX_TARGET_BYTES + 1, b"414"), (30_000, b"414")],
)
async def test_an_address_has_so_many_bytes(site: Site, length: int, status: bytes) -> None:
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"/", b"/?" + b"&" * (length - 2), 1))
        async with asyncio.timeout(10):
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


async def test_a_body_waits_in_the_line_until_the_site_wants_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that waits for its turn costs no more than its head, and is not refused so that another could come."""
    feed, fed = Http._feed, list[int]()

    def counted(connection: Http, slice_: bytes) -> None:
        fed.append(len(slice_))
        feed(connection, slice_)

    monkeypatch.setattr(Http, "_feed", counted)
    async with line_to(site) as (reader, writer):
        chunked = POST.replace(b"content-length: 10", b"transfer-encoding: chunked")
        writer.write(chunked.replace(b"/ ", b"/unread ") + b"0\r\n" + b"x: y\r\n" * 5_000)
        async with asyncio.timeout(10):
            while not any(isinstance(one, Http) and one.flow.read_paused for one in site.open):
                await asyncio.sleep(0)
            for _ in range(100):
                await asyncio.sleep(0)
            assert sum(fed) <= protocols.SLICE
            site.may_read.set()
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 413")


async def test_much_that_arrives_at_once_is_parsed_in_turns_and_its_cost_is_known(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, turn, turns = b"1\r\nx\r\n" * 40_000, 0, list[int]()
    feed = Http._feed

    def counted(connection: Http, slice_: bytes) -> None:
        turns.append(turn)
        feed(connection, slice_)

    async def watch() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    monkeypatch.setattr(Http, "_feed", counted)
    watching = asyncio.create_task(watch())
    async with line_to(site) as (reader, writer):
        writer.write(POST.replace(b"content-length: 10", b"transfer-encoding: chunked") + body + b"0\r\n\r\n")
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
    watching.cancel()
    assert len(turns) >= len(body) // protocols.SLICE
    assert max(Counter(turns).values()) <= IN_A_TURN
    assert site.parsed() > 0
    assert site.parsed() == 0


async def test_a_request_behind_a_body_that_was_refused_unread_is_answered(site: Site) -> None:
    async with line_to(site) as (reader, writer):
        length = HIGH_WATER_LIMIT + 5_000
        writer.write(b"POST /unread HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % length)
        writer.write(b"x" * length + GET)
        async with asyncio.timeout(10):
            while not any(isinstance(one, Http) and one.flow.read_paused for one in site.open):
                await asyncio.sleep(0)
            site.may_read.set()
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 413")
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")


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
        await refused(site)
        site.may_read.set()
        async with asyncio.timeout(10):
            rest, _, refusal = (await reader.read()).partition(b"HTTP/1.1 400")
        assert rest.endswith(b"0\r\n\r\n")
        assert b"connection: close" in refusal


@pytest.mark.parametrize(
    ("behind", "status"),
    [
        (b"no request\r\n\r\n", b"400"),
        (b"CONNECT / HTTP/1.1\r\nhost: x\r\n\r\n" + GET, b"400"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 150, b"431"),
    ],
    ids=["none", "a tunnel", "headers"],
)
async def test_what_is_refused_is_answered_after_what_came_before(
    site: Site, behind: bytes, status: bytes
) -> None:
    async with line_to(site) as (reader, writer):
        writer.write(POST.replace(b"/ ", b"/unread ") + b"0123456789" + GET + behind)
        await refused(site)
        site.may_read.set()
        async with asyncio.timeout(10):
            assert STATUS.findall(await reader.read()) == [b"413", b"200", status]


async def refused(site: Site) -> None:
    """Wait until something on the one connection has to be refused."""
    async with asyncio.timeout(10):
        while not any(isinstance(one, Http) and one._then for one in site.open):
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    "other",
    [b"connection: upgrade\r\nupgrade: foo\r\n", b"connection: upgrade\r\nupgrade: h2c\r\n"],
)
async def test_a_request_behind_one_that_would_speak_another_protocol_is_answered(
    site: Site, other: bytes
) -> None:
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"\r\n\r\n", b"\r\n" + other + b"\r\n") + GET)
        writer.write(POST.replace(b"\r\n\r\n", b"\r\n" + other + b"\r\n") + b"0123456789" + GET)
        async with asyncio.timeout(10):
            for _ in range(4):
                assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
    assert site.bodies == [b"", b"", b"0123456789", b""]


async def test_a_value_ends_before_the_spaces_behind_it(site: Site) -> None:
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"host: x", b"host: x \t"))
        async with asyncio.timeout(10):
            await reader.readuntil(b"hello")
    assert site.headers == [(b"host", b"x")]


async def test_a_client_that_leaves_is_known_to_the_request_that_is_answered(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Not only to the one that it sent last."""
    async with line_to(site) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/parts ") + GET * 5)
        await reader.readuntil(b"a part")
        writer.transport.abort()
    async with asyncio.timeout(10):
        site.may_read.set()
        await site.ended.wait()
    assert not site.open
    assert [record.getMessage() for record in caplog.records] == []


async def test_a_client_that_reads_nothing_has_few_requests_answered(site: Site) -> None:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.connect(("127.0.0.1", site.port))
        line.sendall(GET.replace(b"/ ", b"/some ") * 1_000)
        async with asyncio.timeout(10):
            while not any(isinstance(one, Http) and one.flow.write_paused for one in site.open):
                await asyncio.sleep(0.001)
    assert site.served * 20_000 < 1_000_000
