import asyncio
import logging
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from portfolio_app.http.asgi import mount, route_names, wrap
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.headers import CUT_OFF
from portfolio_app.http.transport.middleware.measured import Measured
from tests.unit.http.asgi import Inner, handshake, request
from tests.unit.http.site import ORIGIN, FakeSite

APP = wrap(mount(Inner()))


async def test_an_answered_request_counts_under_its_route(site: FakeSite) -> None:
    await request(APP, "/chat/lobby")
    await request(APP, "/api/nothing/here")
    assert site.metrics.requests == [("GET", "/chat/{slug}", 200), ("GET", "/api/{rest}", 404)]


async def test_what_the_middleware_refuses_counts_too(site: FakeSite) -> None:
    await request(APP, "/session/exchange", {"origin": "https://evil.example"}, method="POST")
    assert site.metrics.requests == [("POST", "/session/exchange", 403)]


async def test_a_method_nobody_knows_makes_no_new_label(site: FakeSite) -> None:
    await request(APP, "/", {"origin": ORIGIN}, method="BREW")
    assert site.metrics.requests[0][:2] == ("OTHER", "/")


async def test_a_request_that_is_never_answered_counts_once(site: FakeSite) -> None:
    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    await Measured(silent, route_names, frozenset())(
        {"type": "http", "method": "GET", "path": "/"}, Inner, Inner
    )  # type: ignore[arg-type]
    assert site.metrics.requests == [("GET", "/", 499)]


async def test_an_answer_is_logged_by_its_route_with_the_id_the_client_got(
    site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await request(APP, "/chat/canary")
        for quiet in ("/api/live", "/api/ready", "/metrics", "/assets/app.js"):
            await request(APP, quiet)
    [record] = [record for record in caplog.records if record.name.endswith("measured")]
    assert record.getMessage().startswith("GET /chat/{slug} 200 in ")
    assert record.__dict__["request_id"] == answer.header("x-request-id")


async def test_a_request_to_an_unlogged_route_counts_as_any_other(
    site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    measured = Measured(Inner(), route_names, frozenset({"/chat/{slug}"}))
    with caplog.at_level(logging.INFO):
        await request(measured, "/chat/canary")
    assert site.metrics.requests == [("GET", "/chat/{slug}", 200)]
    assert runtime.current().answered == 1
    assert [record for record in caplog.records if record.name.endswith("measured")] == []


async def test_what_only_machines_ask_for_is_no_visitors_doing(site: FakeSite) -> None:
    for path in ("/chat/lobby", "/api/live", "/api/ready", "/metrics", "/assets/app.js", "/api/nothing"):
        await request(APP, path)
    assert len(site.metrics.requests) == 6
    assert runtime.current().answered == 2


async def test_a_websocket_is_no_request(site: FakeSite) -> None:
    socket = await handshake(APP, {"origin": ORIGIN})
    await socket.leave()
    assert site.metrics.requests == []


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


@pytest.mark.parametrize("path", ["/api/live", "/api/burst/noop"])
async def test_what_has_a_budget_of_its_own_does_not_wait(site: FakeSite, path: str) -> None:
    assert (await asyncio.wait_for(Waiting(site).ask(path), 5)).status


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
