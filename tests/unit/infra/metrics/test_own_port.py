"""Each worker takes a port of its own out of the same few, and answers for its metrics there."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from portfolio_app.http.asgi import worker_metrics
from portfolio_app.http.transport import runtime
from portfolio_app.infra.metrics import own_port as module
from portfolio_app.infra.metrics.own_port import own_port
from portfolio_app.launcher.address import claim
from tests.site import free_ports
from tests.unit.http.site import FakeSite
from tests.waiting import until

HOST = "127.0.0.1"
TOKEN = "t" * 32


@pytest.fixture
def site() -> Iterator[FakeSite]:
    """Whose metrics are asked for."""
    fake = FakeSite()
    fake.install()
    yield fake
    runtime.uninstall()


@pytest.fixture
def ports() -> range:
    """Three in a row that nobody has."""
    return free_ports(3)


async def status(port: int, path: str = "/metrics", host: str = HOST, **headers: str) -> int:
    """Of an answer on a port, 0 without one."""
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"http://{host}:{port}{path}", headers=headers)).status_code
        except httpx.ConnectError:
            return 0


async def answered(ports: Sequence[int]) -> int:
    """On how many ports metrics are had."""
    return [await status(port) for port in ports].count(200)


async def test_workers_that_start_at_once_have_a_port_each_and_give_it_back(
    site: FakeSite, ports: range
) -> None:
    async with AsyncExitStack() as workers:
        for _ in ports:
            await workers.enter_async_context(own_port(worker_metrics(), HOST, ports))
        await until_answered(ports, 3)
    assert await answered(ports) == 0
    async with own_port(worker_metrics(), HOST, ports):
        await until_answered(ports, 1)


async def test_a_worker_without_a_free_port_says_so_and_takes_the_first_that_is_free(
    site: FakeSite, ports: range, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    with socket.create_server((HOST, ports[0])):
        async with own_port(worker_metrics(), HOST, ports[:1]):
            await until(lambda: "is free for the metrics of this worker" in caplog.text)
    async with own_port(worker_metrics(), HOST, ports[:1]):
        await until_answered(ports[:1], 1)


async def test_nothing_but_metrics_is_there_and_nobody_but_the_operator_reads_them(
    site: FakeSite, ports: range
) -> None:
    site.install(metrics_token=TOKEN)
    async with own_port(worker_metrics(), HOST, ports):
        await until_answered(ports, 1)
        port = ports[0]
        assert await status(port, "/") == 404
        assert await status(port, **{"x-forwarded-for": "8.8.8.8"}) == 403
        assert await status(port, **{"x-forwarded-for": "8.8.8.8", "authorization": f"Bearer {TOKEN}"}) == 200


async def test_a_crowd_that_says_nothing_or_the_wrong_thing_holds_the_port_for_seconds_only(
    site: FakeSite, ports: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_S", 2.0)
    async with own_port(worker_metrics(), HOST, ports):
        await until_answered(ports, 1)
        crowd = [await asyncio.open_connection(HOST, ports[0]) for _ in range(module.MOST_CONNECTIONS)]
        for _, writer in crowd[::2]:
            writer.write(b"GET /metrics HTTP/1.1\r\nhost: ")
        await until_answered(ports, 1)
        for _, writer in crowd:
            writer.close()
        reader, writer = await asyncio.open_connection(HOST, ports[0])
        writer.write(b"\x16\x03\x01 no HTTP\r\n\r\n" * 100)
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()
        await until_answered(ports, 1)


async def test_without_ports_nothing_is_opened(site: FakeSite) -> None:
    async with own_port(worker_metrics(), HOST, range(0)):
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def until_answered(ports: Sequence[int], wanted: int) -> None:
    """Wait until metrics are had on so many ports."""
    async with asyncio.timeout(30):
        while await answered(ports) != wanted:
            await asyncio.sleep(0.01)


async def test_a_name_stands_for_the_address_that_the_launcher_tried(
    site: FakeSite, ports: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = socket.getaddrinfo

    def resolve(host: str, *more: Any, **named: Any) -> Any:
        return addresses("::1" if host == "metrics.internal" else host, *more, **named)

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    claim("metrics.internal", ports[0], "METRICS_PORT", "METRICS_HOST").close()

    async with own_port(worker_metrics(), "metrics.internal", ports), asyncio.timeout(30):
        while await status(ports[0], host="[::1]") != 200:
            await asyncio.sleep(0.01)
