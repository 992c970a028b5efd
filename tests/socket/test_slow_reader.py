"""A terminal that stops reading while its session is busy."""

import asyncio
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.site import Site, peers_of
from tests.socket.conftest import backend
from tests.socket.terminal import READ_WITHIN_S, Terminal, follow
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server

REQUESTS = 1_600
CONNECTIONS = 8
MOST_MEMORY_MB = 10
PATH = "/api/" + "/".join(["x" * 40] * 7)
"""Long enough for a row of about 1 KB."""


def port_of(site: Site) -> int:
    return int(site.url.rpartition(":")[2])


def asking(path: str, visitor: Visitor) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in (visitor.jar | visitor.proxy).items())
    return f"GET {path} HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n".encode()


@contextmanager
def deaf_reader(site: Site, visitor: Visitor) -> Iterator[socket.socket]:
    """A connection that has asked for the stream and reads nothing; little of it fits into the system's buffers."""
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        reader.connect(("127.0.0.1", port_of(site)))
        reader.sendall(asking("/api/stream", visitor))
        yield reader


async def pound(site: Site, visitor: Visitor) -> None:
    """Ask for a share of all requests, one answer at a time."""
    answers, requests = await asyncio.open_connection("127.0.0.1", port_of(site))
    for _ in range(REQUESTS // CONNECTIONS):
        requests.write(asking(PATH, visitor))
        head = await answers.readuntil(b"\r\n\r\n")
        await answers.readexactly(int(re.findall(rb"content-length: (\d+)", head)[0]))
    requests.close()


async def slowest_answer(site: Site, other: Visitor) -> float:
    """Ask as somebody else, until cancelled; returns the longest time an answer took."""
    slowest = 0.0
    with suppress(asyncio.CancelledError):
        while True:
            began = time.monotonic()
            await other.http.get("/api/live")
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.02)
    return slowest


def ending(terminal: Terminal) -> dict[str, str] | None:
    found = (row["pills"] for row in terminal.rows.values() if row["message"] == "stream ended")
    return next(found, None)


def is_connected(site: Site, reader: socket.socket) -> bool:
    return reader.getsockname()[1] in peers_of(site.process.pid)


def read_rest(reader: socket.socket) -> int:
    """The number of the last row that arrived."""
    received = b""
    with suppress(ConnectionResetError):
        while chunk := reader.recv(65_536):
            received += chunk
    return int(re.findall(rb"\nid: (\d+)\ndata: [^\n]+\n\n", received)[-1])


async def test_a_reader_that_stops_is_cut_off_delays_nobody_and_learns_exactly_what_it_missed(
    tmp_path: Path,
) -> None:
    with backend(tmp_path, target="tests.socket.impatient:app") as site:
        process = psutil.Process(site.process.pid)
        async with Visitor(site) as visitor, Visitor(site) as other:
            with deaf_reader(site, visitor) as deaf:
                async with follow(site, visitor.jar) as reader:
                    await reader.until(lambda: len(reader.saw("demo.sse")) == 2)
                    before = process.memory_info().rss
                    asked = asyncio.create_task(slowest_answer(site, other))
                    await asyncio.gather(*(pound(site, visitor) for _ in range(CONNECTIONS)))
                    await reader.until(lambda: ending(reader))
                    asked.cancel()
                    assert await asked < READ_WITHIN_S, "somebody waited for the reader that stopped"
                    assert (process.memory_info().rss - before) / 1e6 < MOST_MEMORY_MB
                assert not is_connected(site, deaf)
                last = read_rest(deaf)
            pills = ending(reader)
            assert pills is not None
            assert pills["reason"] == "reader too slow"
            assert last <= int(pills["rows"]) < REQUESTS
            assert list(reader.rows) == list(range(1, len(reader.rows) + 1))
            assert reader.named == []
            async with follow(site, visitor.jar, last=last) as resumed:
                await resumed.until(lambda: resumed.named and resumed.rows)
            assert resumed.named == [("gap", {"after": last, "next": min(resumed.rows)})]
            assert list(resumed.rows) == list(range(min(resumed.rows), max(resumed.rows) + 1))
        assert "ERROR" not in site.output()
