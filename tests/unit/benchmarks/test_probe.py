"""The probe's client and verdict."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.probe import CONNECTIONS, GRANIAN, LIVE, NOOP, SITE, Question, ask, report
from benchmarks.rows import Row

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n"


QUESTION: Question = (b"GET / HTTP/1.1\r\n\r\n", b'{"status":"live"}')


def rows(site: float, bare: float, busy: float = 0.3, probe: str = LIVE) -> list[Row]:
    return [
        Row("probe", system, CONNECTIONS, 1, probe + metric, value, "")
        for system, rate in ((SITE, site), (GRANIAN, bare))
        for metric, value in (("requests_per_s", rate), ("client_busy", busy))
    ]


@pytest.mark.parametrize(("site", "verdict"), [(5_000.0, "pass"), (4_999.0, "FAIL")])
def test_the_promise_is_half_of_a_bare_route(site: float, verdict: str) -> None:
    [line] = [line for line in report(rows(site, 10_000.0)) if "at least" in line]
    assert line.startswith(f"  {verdict}  ")


def test_a_request_of_a_run_is_compared_and_promised_nothing() -> None:
    assert list(report(rows(3_000.0, 10_000.0, probe=NOOP)))[-1].startswith("  x0.30 of a bare route")


def test_without_a_number_there_is_no_verdict() -> None:
    assert [line for line in report(rows(5_000.0, 10_000.0)[:2]) if "no verdict" in line]


def test_a_client_that_was_too_busy_is_told() -> None:
    assert any("warning" in line for line in report(rows(5_000.0, 10_000.0, busy=0.9)))
    assert not any("warning" in line for line in report(rows(5_000.0, 10_000.0)))


@asynccontextmanager
async def served(answer: bytes) -> AsyncIterator[int]:
    """The port of a server that gives this answer to everything, in two pieces; ends when its clients have."""
    serving: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(answer[:30])
                await writer.drain()
                writer.write(answer[30:])
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*(task for task in serving if task))


async def test_every_request_is_timed_once_even_if_its_answer_comes_in_pieces() -> None:
    async with served(HEAD + b'{"status":"live"}') as port:
        assert len(await ask(port, [QUESTION] * 100)) == 100


async def test_another_answer_ends_the_measure() -> None:
    async with served(b"HTTP/1.1 503 Service Unavailable\r\n\r\n") as port:
        with pytest.raises(ConnectionError, match="503"):
            await ask(port, [QUESTION] * 100)
