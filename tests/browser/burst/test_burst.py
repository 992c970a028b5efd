"""A burst from a real browser: what it fires, what it shows, and the receipt it ends with."""

import re
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.burst import (
    LONG_MS,
    cancel_when,
    cancelled_after,
    choose,
    ended,
    expect_balance,
    expect_receipt,
    ledger,
    recorded,
    start,
    time_cancelling,
    used_while_running,
    wait_for_more_than,
)
from tests.browser.conftest import MOVING
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import SOON_MS, Visitor
from tests.browser.witness import Witness
from tests.pace import slowness
from tests.site import Site

Visit = Callable[..., Visitor]
LONGEST_TASK_MS = 100
"""Of processor time on the main thread, panels included; 28 to 53 were measured, by machine; a visitor
notices a tenth of a second."""
CANCELLED_WITHIN = 0.2
"""Of the time that the run took until then; a hundredth until the last request left was measured."""
GONE_WITHIN_MS = 7_000
"""Sooner than a run that nobody is behind is given up by itself."""
LEDGERS = ("sent", "received", "pushed")


def top_of(visitor: Visitor, selector: str) -> int:
    """Where an element begins on the page."""
    where = "(element) => element.getBoundingClientRect().top + scrollY"
    return round(visitor.page.locator(selector).evaluate(where))


def figure(visitor: Visitor, name: str) -> Decimal:
    """One figure of the receipt, in ms."""
    return Decimal(visitor.at(f"burst-{name}").inner_text().replace(",", ""))


@pytest.mark.alone
def test_a_thousand_requests_are_in_every_ledger_while_the_page_answers(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(**MOVING)
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), "/")
    expect(visitor.at("burst-status")).to_have_text("Ready. Choose a burst size and run the load.")
    for words in ("Burst size: 1000 requests", "Concurrency: 24 workers"):
        expect(visitor.page.get_by_text(words)).to_be_visible()
    for place in ("burst-receipt", "ledger-sent", "ledger-mismatches", "burst-p50"):
        expect(visitor.at(place)).to_have_count(0)
    receipt = visitor.page.locator("[data-panel=burst] .receipt")
    assert receipt.evaluate("element => element.offsetHeight") <= 120
    below = top_of(visitor, "#live")
    witness.time_tasks(visitor.page)
    visitor.at("burst-run").click()
    assert used_while_running(visitor) < 1000
    expect_receipt(visitor)
    assert witness.longest_task_ms() <= LONGEST_TASK_MS
    assert top_of(visitor, "#live") == below
    assert [ledger(visitor, name) for name in LEDGERS] == ["1,000"] * 3
    assert ledger(visitor, "stored") == "–"
    expect_balance(visitor)
    assert visitor.page.locator("[data-testid=burst-chart] .plot-fill[d*=H]").count() > 0
    assert 0 < figure(visitor, "p50") <= figure(visitor, "p99")
    record = httpx.get(f"{site.url}/api/runs/{recorded(visitor)}").json()
    assert record["statuses"] == {"200": 1000}
    assert record["ledgers"]["answered"] == 1000
    assert sum(bin_["count"] for bin_ in record["histogram"]) == 1000
    expect(visitor.at("run-row").first).to_have_attribute("data-run", recorded(visitor), timeout=SOON_MS)
    assert witness.complaints == []
    assert witness.saw(visitor.page)["blocked"] == []


def test_writes_are_stored_and_a_slow_one_opens_its_waterfall(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 300, 24, "write")
    expect_receipt(visitor)
    assert [ledger(visitor, name) for name in (*LEDGERS, "stored")] == ["300"] * 4
    expect_balance(visitor)
    visitor.page.get_by_text("Mismatches: 0").click()
    visitor.at("burst-slow").first.locator("summary").first.click()
    expect(visitor.at("burst-slow").first.get_by_text("INSERT INTO burst_rows").first).to_be_visible()


def test_writes_cancelled_at_half_balance_and_another_run_can_be_started(visit: Visit) -> None:
    visitor = visit("/")
    time_cancelling(visitor)
    cancel_when(visitor, 500)
    start(visitor, 1000, 24, "write")
    expect_receipt(visitor)
    assert max(cancelled_after(visitor)) <= CANCELLED_WITHIN
    assert 500 <= int(ledger(visitor, "sent")) < 1000
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
        assert tab.page.locator("[data-testid=burst-chart] .plot-fill[d*=H]").count() > 0
        expect(tab.at("network-row").filter(has_text="/api/burst/noop")).not_to_have_count(0)
        expect(tab.at("log-row").filter(has_text="/api/burst/noop")).not_to_have_count(0)
    assert recorded(other) == recorded(visitor)


def test_a_tab_closed_in_mid_run_makes_way_at_once_and_the_others_are_told(visit: Visit) -> None:
    visitor = visit("/")
    other = visitor.second_tab("/")
    start(visitor, 5000)
    wait_for_more_than(visitor, 100)
    expect(other.at("burst-status")).to_contain_text("In another of your tabs", timeout=SOON_MS)
    visitor.page.close()
    expect(other.at("burst-error")).to_contain_text(
        "The tab that ran the load is gone", timeout=GONE_WITHIN_MS * slowness()
    )
    start(other, 20, 2)
    expect_receipt(other)
    expect_balance(other)


def test_of_two_tabs_that_start_at_once_one_runs_and_the_other_is_told(visit: Visit) -> None:
    visitor = visit("/")
    other = visitor.second_tab("/")
    # Deaf to each other, so that only the server can tell them apart.
    for tab in (visitor, other):
        tab.page.add_init_script("BroadcastChannel.prototype.postMessage = () => {}")
        tab.page.reload()
        tab.expect_connection("live")
        choose(tab, 2000)
    for tab in (visitor, other):
        tab.at("burst-run").click()
    expect(other.at("burst-error")).to_contain_text("not finished yet", timeout=SOON_MS)
    expect(other.at("burst-run")).to_have_attribute("aria-disabled", "false")
    visitor.at("burst-cancel").click()
    expect_receipt(visitor)


def test_it_is_set_by_touch(visit: Visit) -> None:
    visitor = visit("/", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    slider = visitor.at("burst-size")
    visitor.page.locator(".fold-head").filter(has_text="Settings").tap()
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    slider.tap(position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert 2300 <= int(slider.input_value()) <= 2700
    visitor.page.get_by_text("One database query.").tap()
    expect(visitor.at("burst-mode-read")).to_be_checked()
    expect(visitor.page.get_by_text(f"Burst size: {slider.input_value()} requests")).to_be_visible()


def test_it_runs_by_keyboard_alone_and_the_focus_stays(visit: Visit) -> None:
    visitor = visit("/")
    keyboard = Keyboard(visitor.page)
    visitor.at("stream-reveal").focus()
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


def test_one_click_on_the_first_screen_fires_and_an_open_loop_shows_what_a_closed_one_hides(
    visit: Visit, site: Site
) -> None:
    visitor = visit("/")
    fire = visitor.at("burst-fire")
    size = fire.locator(".fire-size").inner_text()
    assert size in {"200", "1,000"}
    fire.click()
    expect_receipt(visitor)
    for there in ("burst-status", "burst-progress", "log-tail"):
        expect(visitor.at(there)).to_be_in_viewport()
    expect(visitor.at("log-tail").locator("p")).to_have_count(4)
    assert ledger(visitor, "sent") == size
    whole, *rest = (figure(visitor, name) for name in ("whole", "server", "queue", "network"))
    assert whole == sum(rest)
    assert rest[1] > 0, "24 requests at once wait for six connections"
    expect(visitor.at("burst-pace")).to_contain_text("Closed loop: each of 24 workers waits")
    expect(visitor.at("burst-intended_p99")).to_have_text("–")

    visitor.at("burst-loop-open").check()
    start(visitor, 1_000)  # five seconds at 200 a second: a slow browser presses in time, too
    expect(visitor.at("burst-stall")).to_have_attribute("aria-disabled", "false", timeout=SOON_MS)
    visitor.at("burst-stall").click()
    expect(visitor.at("burst-stall")).to_have_attribute("aria-disabled", "true")
    expect(visitor.at("burst-pace")).to_contain_text("The server stood still for 300 ms", timeout=LONG_MS)
    expect_balance(visitor)
    assert figure(visitor, "intended_p90") >= figure(visitor, "p90")
    record = httpx.get(f"{site.url}/api/runs/{recorded(visitor)}").json()
    sent, due = record["latency_ms"], record["intended_ms"]
    assert all(due[name] >= sent[name] for name in sent)
    assert due != sent, "no request leaves before it is due, and those that waited left later"

    visitor.at("burst-loop-ramp").check()
    start(visitor, 200)
    ramp = re.compile(
        r"Ramp: up to 200 requests a second were due, in 8 steps\. (Knee: |No knee up to |Not even )[0-9.]+ a second"
    )
    expect(visitor.at("burst-pace")).to_contain_text(ramp, timeout=LONG_MS)
