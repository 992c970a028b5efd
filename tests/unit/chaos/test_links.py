"""What a line between two parts does to the bytes on it, and how faults are drawn."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from tests.chaos.faults import ALONE, FAULTS, RESTARTS_REDIS
from tests.chaos.front import Front
from tests.chaos.links import Link, Stream, link_to, reset, tcp
from tests.chaos.nemesis import drawn


@dataclass
class Echo:
    """A server that sends everything back, at the end of a line."""

    link: Link
    port: int
    heard: bytearray
    streams: list[Stream] = field(default_factory=list)

    async def call(self, port: int = 0) -> Stream:
        """Connect over the line, or to another port."""
        self.streams.append(await asyncio.open_connection("127.0.0.1", port or self.link.port))
        return self.streams[-1]


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[Echo]:
    heard = bytearray()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionResetError):
            while data := await reader.read(1000):
                heard.extend(data)
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with link_to(tcp(port)) as link:
        echo = Echo(link, port, heard)
        yield echo
        for _, writer in echo.streams:
            writer.close()
            with suppress(ConnectionResetError):
                await writer.wait_closed()
    server.close()


async def said(stream: Stream, text: bytes) -> bytes:
    """What comes back."""
    reader, writer = stream
    writer.write(text)
    async with asyncio.timeout(10):
        return await reader.readexactly(len(text))


async def test_a_whole_line_carries_everything_and_its_end(echo: Echo) -> None:
    reader, writer = await echo.call()
    assert await said((reader, writer), b"hello") == b"hello"
    writer.write_eof()
    assert await reader.read() == b""


async def test_a_line_passes_a_reset_of_its_far_end_on(echo: Echo) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        reset(writer)

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with link_to(tcp(server.sockets[0].getsockname()[1])) as link:
        reader, writer = await echo.call(link.port)
        writer.write(b"hello")
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 10)
    server.close()


async def test_a_silent_line_delivers_late_what_it_held_back(echo: Echo) -> None:
    reader, writer = await echo.call()
    assert await said((reader, writer), b"before") == b"before"
    echo.link.silence()
    writer.write(b"later")
    late = asyncio.create_task(echo.call())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.readexactly(5), 0.1)
    assert bytes(echo.heard) == b"before"
    echo.link.mend()
    assert await said(await late, b"and another") == b"and another"
    assert await reader.readexactly(5) == b"later"


async def test_what_a_silent_line_held_back_is_lost_when_it_is_reset(echo: Echo) -> None:
    reader, writer = await echo.call()
    assert await said((reader, writer), b"before") == b"before"
    echo.link.silence()
    writer.write(b"later")
    await writer.drain()
    echo.link.mend(reset=True)
    with pytest.raises(ConnectionResetError):
        await reader.read()
    assert await said(await echo.call(), b"after") == b"after"
    assert bytes(echo.heard) == b"beforeafter"


async def test_a_cut_line_takes_nobody_until_it_is_mended(echo: Echo) -> None:
    reader, writer = await echo.call()
    assert await said((reader, writer), b"before") == b"before"
    echo.link.cut()
    for each in (reader, (await echo.call())[0]):
        with pytest.raises(ConnectionResetError):
            await each.read()
    echo.link.mend()
    assert await said(await echo.call(), b"after") == b"after"


async def test_a_line_vanishes_right_after_what_it_was_told_to_wait_for(echo: Echo) -> None:
    reader, writer = await echo.call()
    vanished = asyncio.create_task(echo.link.vanish_after(b"UPDATE"))
    assert await said((reader, writer), b"SELECT") == b"SELECT"
    writer.write(b"UPDATE rooms")
    await asyncio.wait_for(vanished, 10)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.1)
    assert bytes(echo.heard) == b"SELECTUPDATE rooms"
    echo.link.mend(reset=True)


async def test_what_it_waits_for_has_to_come_on_one_connection(echo: Echo) -> None:
    vanished = asyncio.create_task(echo.link.vanish_after(b"UPDATE", b"COMMIT"))
    one, other = await echo.call(), await echo.call()
    assert await said(one, b"COMMIT") == b"COMMIT"
    assert await said(one, b"UPDATE") == b"UPDATE"
    assert await said(other, b"COMMIT") == b"COMMIT"
    assert not vanished.done()
    one[1].write(b"COMMIT")
    await asyncio.wait_for(vanished, 10)
    echo.link.mend()
    assert await one[0].readexactly(6) == b"COMMIT"


async def test_the_proxy_takes_the_next_host_when_one_refuses(echo: Echo) -> None:
    nobody = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    refusing = nobody.sockets[0].getsockname()[1]
    nobody.close()
    front = Front([refusing, echo.port])
    await front.link.listen()
    for _ in range(2):
        stream = await echo.call(front.link.port)
        assert await said(stream, b"hello") == b"hello"
    reader, _ = stream
    await front.reload()
    with pytest.raises(ConnectionResetError):
        await reader.read()
    await front.link.close()


def test_a_seed_draws_each_fault_once_and_the_same_again() -> None:
    groups, again, others = (
        drawn(random.Random(seed), [*FAULTS], most_s=6, pause_s=2, overlap=0.5) for seed in (7, 7, 8)
    )
    assert groups == again != others
    steps = [step for group in groups for step in group]
    assert sorted(step.what for step in steps) == sorted(FAULTS)
    assert all(0 < step.lasts_s <= 6 for step in steps)
    pairs = [group for group in groups if len(group) > 1]
    assert pairs
    assert not any(step.what in ALONE for group in pairs for step in group)


def test_redis_is_restarted_by_one_fault_at_a_time() -> None:
    """Two at once left two servers: some workers stayed with the first, and heard nothing of the others' events."""
    drew = [
        drawn(random.Random(seed), [*RESTARTS_REDIS], most_s=6, pause_s=2, overlap=1) for seed in range(8)
    ]
    assert {len(group) for groups in drew for group in groups} == {1}
