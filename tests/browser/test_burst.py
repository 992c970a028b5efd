"""A burst from a real browser: what it fires, what it shows, and the receipt it ends with."""

import json
import re
from collections.abc import Callable
from typing import Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, WebSocketRoute, expect
from reflex_base.constants.state import FIELD_MARKER

from portfolio_app.http.feeds import LogFeed
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import SOON_MS, Visitor
from tests.browser.witness import Witness
from tests.site import Site

Visit = Callable[..., Visitor]
Theme = Literal["light", "dark"]
LONG_MS = 45_000
"""A loaded machine takes its time over a thousand requests."""
LONGEST_TASK_MS = 50
"""Of processor time on the main thread, panels included; 28 were measured with a thousand requests."""
LEDGERS = ("sent", "received", "pushed")


def choose(visitor: Visitor, size: int, workers: int = 24, mode: str = "noop") -> None:
    """Set the controls."""
    visitor.at("burst-size").fill(str(size))
    visitor.at("burst-workers").fill(str(workers))
    visitor.at(f"burst-mode-{mode}").check()


def start(visitor: Visitor, size: int, workers: int = 24, mode: str = "noop") -> None:
    """Set the controls and run."""
    choose(visitor, size, workers, mode)
    visitor.at("burst-run").click()


def expect_receipt(visitor: Visitor) -> None:
    """Wait until the run has ended with a receipt."""
    expect(visitor.at("burst-status")).to_have_attribute("data-phase", "done", timeout=LONG_MS)
    expect(visitor.at("burst-receipt")).to_be_visible(timeout=SOON_MS)


def ledger(visitor: Visitor, name: str) -> str:
    """What a ledger counts."""
    return visitor.at(f"ledger-{name}").inner_text()


def ended(visitor: Visitor) -> int:
    """How many requests have an outcome."""
    return int(visitor.at("burst-progress").get_attribute("data-ended") or 0)


def wait_for_more_than(visitor: Visitor, count: int) -> None:
    """Wait until more requests than that have an outcome."""
    reads = "(count) => Number(document.querySelector('[data-testid=burst-progress]').dataset.ended) > count"
    visitor.page.wait_for_function(reads, arg=count, timeout=LONG_MS)


def expect_balance(visitor: Visitor) -> None:
    """No request is missing anywhere."""
    expect(visitor.at("burst-verdict")).to_have_attribute("data-balanced", "true")
    assert ledger(visitor, "mismatches") == "0"


def recorded(visitor: Visitor) -> str:
    """The name of the run on the receipt."""
    return visitor.at("burst-receipt").get_attribute("data-run") or ""


def test_a_thousand_requests_are_in_every_ledger(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), "/")
    expect(visitor.at("burst-status")).to_have_text("Ready. Choose a burst size and run the load.")
    for words in ("Burst size: 1000 requests", "Concurrency: 24 workers"):
        expect(visitor.page.get_by_text(words)).to_be_visible()
    visitor.at("burst-run").click()
    expect_receipt(visitor)
    assert [ledger(visitor, name) for name in LEDGERS] == ["1000"] * 3
    assert ledger(visitor, "stored") == "–"
    expect_balance(visitor)
    assert visitor.page.locator("[data-testid=burst-chart] rect").count() > 0
    assert 0 < float(visitor.at("burst-p50").inner_text()) <= float(visitor.at("burst-p99").inner_text())
    record = httpx.get(f"{site.url}/api/runs/{recorded(visitor)}").json()
    assert record["statuses"] == {"200": 1000}
    assert sum(bin_["count"] for bin_ in record["histogram"]) == 1000
    expect(visitor.at("run-row").first).to_have_attribute("data-run", recorded(visitor), timeout=SOON_MS)
    assert witness.complaints == []
    assert witness.saw(visitor.page)["blocked"] == []


def test_writes_are_stored_while_the_page_answers_and_a_slow_one_opens_its_waterfall(
    new_context: Callable[..., BrowserContext],
) -> None:
    context = new_context()
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), "/")
    witness.time_tasks(visitor.page)
    start(visitor, 300, 24, "write")
    expect_receipt(visitor)
    assert max(witness.timed_tasks()) <= LONGEST_TASK_MS
    assert [ledger(visitor, name) for name in (*LEDGERS, "stored")] == ["300"] * 4
    expect_balance(visitor)
    visitor.at("burst-slow").first.locator("summary").first.click()
    expect(visitor.at("burst-slow").first.get_by_text("INSERT INTO burst_rows").first).to_be_visible()


def test_a_cancelled_run_balances_and_another_can_be_started(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 5000)
    wait_for_more_than(visitor, 100)
    visitor.at("burst-cancel").click()
    expect_receipt(visitor)
    assert 100 < int(ledger(visitor, "sent")) < 5000
    expect_balance(visitor)
    expect(visitor.at("burst-status")).to_contain_text("Cancelled")
    start(visitor, 20, 2)
    expect(visitor.at("ledger-sent")).to_have_text("20", timeout=LONG_MS)


def test_another_tab_sees_the_run_may_not_start_one_and_gets_the_receipt(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 5000)
    other = visitor.second_tab("/")
    expect(other.at("burst-status")).to_contain_text("In another of your tabs", timeout=SOON_MS)
    expect(other.at("burst-run")).to_have_attribute("aria-disabled", "true")
    expect(other.at("burst-run")).to_have_text("Running in another tab")
    wait_for_more_than(other, ended(other))
    visitor.at("burst-cancel").click()
    for tab in (visitor, other):
        expect_receipt(tab)
        expect_balance(tab)
    assert recorded(other) == recorded(visitor)


def test_of_two_tabs_that_start_at_once_one_runs_and_the_other_is_told(visit: Visit) -> None:
    visitor = visit("/")
    other = visitor.second_tab("/")
    # Deaf to each other, so that only the server can tell them apart.
    for tab in (visitor, other):
        tab.page.add_init_script("delete window.BroadcastChannel")
        tab.page.reload()
        tab.expect_connection("live")
        choose(tab, 2000)
    for tab in (visitor, other):
        tab.at("burst-run").click()
    expect(other.at("burst-error")).to_contain_text("not finished yet", timeout=SOON_MS)
    expect(other.at("burst-run")).to_have_attribute("aria-disabled", "false")
    visitor.at("burst-cancel").click()
    expect_receipt(visitor)


def test_a_browser_without_a_network_is_told_and_can_try_again(visit: Visit) -> None:
    visitor = visit("/")
    visitor.page.context.set_offline(True)
    start(visitor, 10, 1)
    expect(visitor.at("burst-error")).to_have_text("This browser is offline.", timeout=SOON_MS)
    visitor.page.context.set_offline(False)
    visitor.at("burst-run").click()
    expect_receipt(visitor)
    expect(visitor.at("burst-error")).to_be_empty()


def test_it_runs_by_keyboard_alone_and_the_focus_stays(visit: Visit) -> None:
    visitor = visit("/")
    keyboard = Keyboard(visitor.page)
    keyboard.go_to(visitor.at("burst-size"))
    keyboard.press("Home")
    expect(visitor.page.get_by_text("Burst size: 10 requests")).to_be_visible()
    keyboard.go_to(visitor.at("burst-mode-noop"))
    keyboard.press("ArrowDown")
    expect(visitor.at("burst-mode-read")).to_be_checked()
    keyboard.go_to(visitor.at("burst-run"))
    keyboard.press("Enter")
    expect_receipt(visitor)
    assert keyboard.has_focus(visitor.at("burst-run"))


def violations(visitor: Visitor, *themes: Theme) -> list[str]:
    """What axe has to say."""
    found = []
    for theme in themes:
        visitor.page.emulate_media(color_scheme=theme)
        expect(visitor.page.locator("html")).to_have_class(theme)
        found += [entry["id"] for entry in Axe().run(visitor.page).response["violations"]]
    return found


def test_a_recorded_run_opens_for_anybody_beside_another(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 20, 2)
    expect_receipt(visitor)
    first = recorded(visitor)
    start(visitor, 30, 4, "read")
    expect(visitor.at("ledger-sent")).to_have_text("30", timeout=LONG_MS)
    small = {"width": 360, "height": 800}
    stranger = visit(f"/runs/{recorded(visitor)}", viewport=small, reduced_motion="reduce")
    expect(stranger.at("burst-receipt")).to_be_visible(timeout=SOON_MS)
    assert ledger(stranger, "sent") == "30"
    stranger.at("run-other").select_option(first)
    expect(stranger.at("comparison").get_by_role("row", name="Requests 30 20")).to_be_visible(timeout=SOON_MS)
    assert violations(stranger, "light", "dark") == []
    assert violations(visitor, "dark") == []
    assert stranger.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    stranger.page.goto(f"/runs/{first}?with={recorded(visitor)}")
    expect(stranger.at("comparison").get_by_role("row", name="Requests 20 30")).to_be_visible(timeout=SOON_MS)


@pytest.mark.parametrize("name", ["0123456789abcdef", "x", "..%2f..%2fetc"])
def test_a_run_that_is_not_recorded_says_so(visit: Visit, name: str) -> None:
    expect(
        visit(f"/runs/{name}").page.get_by_role("heading", name="No run is recorded here.")
    ).to_be_visible()


def test_a_network_lost_halfway_ends_the_load_and_loses_nothing(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 5000)
    wait_for_more_than(visitor, 100)
    visitor.page.context.set_offline(True)
    write = visitor.page.get_by_role("button", name="Write the receipt")
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
