"""Requests and handshakes are paid for by their network, which waits while it is over budget."""

import asyncio
from typing import Any

import pytest

from portfolio_app.app.processor_time import REQUESTS, Account, Accounts
from portfolio_app.http.asgi import mount, wrap
from portfolio_app.http.transport.headers import CUT_OFF, PARSED
from tests.unit.http.asgi import Inner, handshake, request
from tests.unit.http.site import ORIGIN, FakeSite

APP = wrap(mount(Inner()))


class Waiting:
    """Requests of one network that is over budget, and of others."""

    def __init__(self, site: FakeSite) -> None:
        self.accounts = site.install().sockets.accounts
        self.accounts.request("10.0.0.9").spend(10)
        self.inner = Inner()
        self.app = wrap(self.inner)

    def ask(self, path: str, **more: Any) -> asyncio.Task[Any]:
        return asyncio.create_task(request(self.app, path, **more))


async def test_a_network_that_is_over_budget_waits_and_nobody_else(site: FakeSite) -> None:
    waiting = Waiting(site)
    late = waiting.ask("/")
    await asyncio.gather(*(waiting.ask("/", client=(f"198.51.100.{n}", 1)) for n in range(3)))
    assert (late.done(), waiting.accounts.waiting()["slow"]) == (False, 1)
    late.cancel()


async def test_what_has_a_budget_of_its_own_does_not_wait(site: FakeSite) -> None:
    assert (await asyncio.wait_for(Waiting(site).ask("/api/live"), 5)).status


async def test_probes_pay_for_what_they_use(site: FakeSite) -> None:
    waiting = Waiting(site)
    waiting.accounts.probe("10.0.0.9").spend(10)
    late = waiting.ask("/api/live")
    assert (await waiting.ask("/api/live", client=("198.51.100.1", 1))).status == 200
    assert (late.done(), waiting.accounts.waiting()["slow"]) == (False, 1)
    late.cancel()


async def test_without_limits_no_request_waits(site: FakeSite) -> None:
    waiting = Waiting(site)
    site.install(limits=False).sockets.accounts = waiting.accounts
    assert (await asyncio.wait_for(waiting.ask("/"), 5)).status == 200


async def test_a_request_whose_client_left_while_it_waited_is_not_answered(site: FakeSite) -> None:
    waiting = Waiting(site)
    left = {CUT_OFF: {"has_left": lambda: True}}
    late = waiting.ask("/", extensions=left)
    await asyncio.sleep(0)
    waiting.accounts.slow._budget = None  # its turn comes at once
    waiting.accounts.slow._go_on()
    assert (await asyncio.wait_for(late, 5)).messages == []
    assert (waiting.inner.seen, waiting.accounts.dropped) == ([], 1)


async def test_what_a_request_costs_is_counted(site: FakeSite) -> None:
    accounts = site.install().sockets.accounts
    await request(APP, "/")
    assert accounts.used["free"] > 0


async def test_what_it_cost_to_read_a_request_is_paid_by_its_network(site: FakeSite) -> None:
    accounts, spent = site.install().sockets.accounts, [0.0, 1.5]
    await request(APP, "/", client=("10.0.0.9", 1), extensions={PARSED: {"call": spent.pop}})
    assert spent == []
    assert accounts.request("10.0.0.9").lane() is accounts.shared
    assert accounts.request("10.0.0.8").lane() is None


class Counting(Account):
    """Remembers each time that was spent."""

    def __init__(self, accounts: Accounts) -> None:
        super().__init__("10.0.0.9", (), accounts)
        self.spent: list[float] = []

    def spend(self, seconds: float) -> None:
        self.spent.append(seconds)


@pytest.mark.parametrize(("status", "is_paid"), [(200, False), (403, True)])
async def test_of_a_burst_its_network_pays_for_what_was_refused(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch, status: int, is_paid: bool
) -> None:
    accounts, taken = site.install().sockets.accounts, [1.5]
    network = Counting(accounts)
    monkeypatch.setattr(accounts, "request", lambda _network: network)
    extensions = {PARSED: {"call": taken.pop}}
    await request(wrap(Inner(status)), "/api/burst/noop", extensions=extensions)
    assert taken == []  # so that no other request of its connection pays for it
    assert (sum(network.spent) > 1.5) is is_paid


async def test_a_burst_waits_only_where_its_network_is_over_budget(site: FakeSite) -> None:
    waiting = Waiting(site)
    late = waiting.ask("/api/burst/noop")
    waiting.accounts.request("198.51.100.1").spend(REQUESTS.burst / 2)
    shared = waiting.accounts.shared
    turns = [shared.enter("198.51.100.1") for _ in range(9)]  # of the lane for those who have used that much
    assert (await waiting.ask("/api/burst/noop", client=("198.51.100.1", 1))).status == 200
    assert (late.done(), turns[-1].done(), waiting.accounts.waiting()["slow"]) == (False, False, 1)
    late.cancel()


async def test_a_handshake_is_paid_by_its_network_and_an_open_websocket_by_its_own_account(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = site.install().sockets.accounts
    network = Counting(accounts)
    monkeypatch.setattr(accounts, "request", lambda _network: network)
    assert not (await handshake(APP, {"origin": ORIGIN}, path="/nothing")).accepted
    assert sum(network.spent) > 0
    tab = await handshake(wrap(Inner()), {"origin": ORIGIN})
    handshakes, before = len(network.spent), accounts.used["free"]
    for _ in range(20):
        await tab.say('42/_event,7["ping"]')
    assert len(network.spent) == handshakes
    await tab.leave()
    assert accounts.used["free"] > before
