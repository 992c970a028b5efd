"""What a network over budget has sent is parsed when it is its turn, and is paid by the network, request or none."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from portfolio_app.app.late import MOST, Late
from portfolio_app.app.processor_time import Account, Accounts
from portfolio_app.http.transport import runtime
from portfolio_app.launcher import protocols, turns
from portfolio_app.launcher.turns import payer_of
from tests.unit.http.site import FakeSite
from tests.unit.launcher.connections.conftest import Site, line_to
from tests.unit.launcher.connections.test_deadlines import GET

ANN = "10.0.0.9"


class Networks:
    """Whose the next connection is."""

    def __init__(self) -> None:
        self.accounts = Accounts()
        self.next = ANN

    def payer_of(self, _client: tuple[str, int] | None) -> Account:
        return self.accounts.request(self.next)

    def let_on(self) -> None:
        """Give the slow lane its turns."""
        self.accounts.slow._budget = None
        self.accounts.slow._go_on()


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Networks:
    found = Networks()
    monkeypatch.setattr(protocols, "payer_of", found.payer_of)
    return found


async def until_it_waits(networks: Networks) -> None:
    async with asyncio.timeout(10):
        while not networks.accounts.waiting()["slow"]:
            await asyncio.sleep(0.001)


async def test_what_a_network_over_budget_sends_waits_for_its_turn_and_nobody_else(
    site: Site, networks: Networks
) -> None:
    networks.accounts.request(ANN).spend(10)
    async with line_to(site) as (reader, writer):
        writer.write(GET)
        await until_it_waits(networks)
        networks.next = "198.51.100.1"
        async with line_to(site) as (others, other), asyncio.timeout(10):
            other.write(GET)
            assert await others.readuntil(b"hello")
        assert (site.served, networks.accounts.waiting()["slow"]) == (1, 1)
        networks.let_on()
        assert await asyncio.wait_for(reader.readuntil(b"hello"), 10)


async def test_of_who_has_left_by_then_nothing_is_parsed(site: Site, networks: Networks) -> None:
    networks.accounts.request(ANN).spend(10)
    async with line_to(site) as (_, writer):
        writer.write(GET)
        await until_it_waits(networks)
        writer.transport.abort()
    await asyncio.sleep(0.05)  # the system knows by then
    networks.let_on()
    async with asyncio.timeout(10):
        while site.open:
            await asyncio.sleep(0.001)
    assert site.served == 0


async def test_so_many_connections_of_a_network_wait_and_others_are_dropped_after_a_while(
    site: Site, networks: Networks, closed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "MOST_WAITING", 1)
    monkeypatch.setattr(turns, "late", Late(0.3))
    networks.accounts.request(ANN).spend(10)
    async with line_to(site) as (_, first), line_to(site) as (reader, second):
        first.write(GET)
        await until_it_waits(networks)
        sent_at = time.monotonic()
        second.write(GET)
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 10) == b""
    assert time.monotonic() - sent_at >= 0.3
    assert (site.served, closed["turns"]) == (0, 1)


async def test_beyond_so_many_that_are_to_be_dropped_they_are_dropped_at_once(
    site: Site, networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Late(3_600.0)
    for _ in range(MOST):
        full.begin(ANN)
    monkeypatch.setattr(turns, "late", full)
    monkeypatch.setattr(protocols, "MOST_WAITING", 0)
    networks.accounts.request(ANN).spend(10)
    async with line_to(site) as (reader, writer):
        writer.write(GET)
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 10) == b""


async def test_a_connection_that_is_gone_waits_for_nothing(site: Site, networks: Networks) -> None:
    networks.accounts.request(ANN).spend(10)
    async with line_to(site) as (_, writer):
        writer.write(GET)
        await until_it_waits(networks)
        [connection] = site.open
        connection.transport.abort()
        async with asyncio.timeout(10):
            while networks.accounts.waiting()["slow"]:
                await asyncio.sleep(0.001)


@pytest.mark.parametrize("sent", [b"", b"\x00 nothing\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200])
async def test_what_is_no_request_is_paid_as_well(site: Site, networks: Networks, sent: bytes) -> None:
    async with line_to(site) as (_, writer):
        writer.write(sent)
        async with asyncio.timeout(10):
            while not site.open:
                await asyncio.sleep(0.001)
    async with asyncio.timeout(10):
        while site.open:
            await asyncio.sleep(0.001)
    assert networks.accounts.used["free"] > 0


@pytest.fixture
def nothing_runs() -> Iterator[None]:
    runtime.uninstall()
    yield
    runtime.uninstall()


@pytest.mark.usefixtures("nothing_runs")
def test_a_peer_pays_for_itself_unless_a_proxy_stands_for_all_or_nothing_is_limited() -> None:
    assert payer_of(("2001:db8::1", 1)) is None
    site = FakeSite()
    site.install()
    paid = payer_of(("2001:db8::1", 1))
    assert paid is not None
    assert paid.network == "2001:db8::/64"
    assert payer_of(None) is None
    site.install(limits=False)
    assert payer_of(("2001:db8::1", 1)) is None
    site.install(trusted_proxy_hops=1)
    assert payer_of(("2001:db8::1", 1)) is None
