"""A burst that loses its network or a push: what the page says, and what the receipt names."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Route, WebSocketRoute, expect
from reflex_base.constants.state import FIELD_MARKER

from portfolio_app.http.log.views import LogFeed
from tests.browser.burst import LONG_MS, expect_balance, expect_receipt, ledger, start, wait_for_more_than
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]


def test_a_browser_without_a_network_is_told_and_can_try_again(visit: Visit) -> None:
    visitor = visit("/")
    visitor.page.context.set_offline(True)
    start(visitor, 10, 1)
    expect(visitor.at("burst-error")).to_have_text("This browser is offline.", timeout=SOON_MS)
    visitor.page.context.set_offline(False)
    visitor.expect_connection("live")
    visitor.at("burst-run").click()
    expect_receipt(visitor)
    expect(visitor.at("burst-error")).to_be_empty()


def test_a_network_lost_halfway_ends_the_load_and_loses_nothing(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 5000)
    wait_for_more_than(visitor, 100)
    visitor.page.context.set_offline(True)
    # Of this panel: the names of a thousand buttons in the log would be worked out again and again.
    write = visitor.page.locator("[data-panel=burst]").get_by_role("button", name="Write the receipt")
    expect(write).to_be_visible(timeout=LONG_MS)
    expect(visitor.at("burst-error")).to_have_text("This browser is offline.")
    expect(visitor.at("burst-status")).to_contain_text("There is no receipt yet")
    visitor.page.context.set_offline(False)
    visitor.expect_connection("live")
    write.click()
    expect_receipt(visitor)
    sent, failed = int(ledger(visitor, "sent")), visitor.page.locator("[data-fact=Failed] dd")
    assert 100 < sent < 5000
    expect(failed).not_to_have_text("0")
    expect(visitor.at("burst-status")).to_contain_text("The server stopped answering")


def test_a_load_that_outlasts_its_ticket_ends_in_time_and_balances(visit: Visit) -> None:
    def grant_a_second(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "expires_in_s": 11})

    visitor = visit("/")
    visitor.page.route("**/api/burst/runs", grant_a_second)
    start(visitor, 5000)
    expect_receipt(visitor)
    assert 0 < int(ledger(visitor, "sent")) < 5000
    expect_balance(visitor)
    expect(visitor.at("burst-status")).to_contain_text("Time is up after")


def test_a_browser_that_makes_no_worker_says_so_and_can_try_again(visit: Visit) -> None:
    visitor = visit("/")
    visitor.page.evaluate(
        "() => { window.Real = Worker; window.Worker = class { constructor() { throw new Error(); } }; }"
    )
    start(visitor, 10, 1)
    expect_receipt(visitor)
    expect(visitor.at("burst-status")).to_contain_text("This browser could not start the script of the load")
    visitor.page.evaluate("() => { window.Worker = Real; }")
    visitor.at("burst-run").click()
    expect(visitor.at("ledger-sent")).to_have_text("10", timeout=LONG_MS)


class Thief:
    """Takes one row of a burst out of what the server pushes, and remembers whose it was."""

    def __init__(self, context: BrowserContext) -> None:
        self.stolen = ""
        context.route_web_socket(re.compile("/_event/"), self._between)

    def _between(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(self._without_one(message)))

    def _without_one(self, message: str | bytes) -> str | bytes:
        if self.stolen or not isinstance(message, str) or "/api/burst/noop" not in message:
            return message
        head, _, body = message.partition("[")
        event = json.loads("[" + body)
        feed = event[1]["delta"][LogFeed.get_full_name()]
        rows = feed["requests" + FIELD_MARKER]
        row = next(row for row in rows if row["path"] == "/api/burst/noop")
        rows.remove(row)
        self.stolen = row["request_id"]
        return head + json.dumps(event)


def test_a_push_that_never_comes_is_named_by_its_request_id(
    new_context: Callable[..., BrowserContext],
) -> None:
    context = new_context()
    thief = Thief(context)
    visitor = Visitor.arrive(context.new_page(), "/")
    start(visitor, 50, 4)
    expect_receipt(visitor)
    assert (ledger(visitor, "received"), ledger(visitor, "pushed")) == ("50", "49")
    expect(visitor.at("burst-verdict")).to_have_attribute("data-balanced", "false")
    assert ledger(visitor, "mismatches") == "1"
    expect(visitor.at("mismatch")).to_have_attribute("data-request-id", thief.stolen)
    expect(visitor.at("mismatch")).to_have_attribute("data-missing", "pushed")
