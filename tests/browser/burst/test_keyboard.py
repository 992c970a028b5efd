"""Recorded runs, without a pointer."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.burst import expect_receipt, recorded, start
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]


def test_two_runs_are_compared_by_keyboard(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 10, 1)
    expect_receipt(visitor)
    other = recorded(visitor)
    start(visitor, 20, 1)
    expect(visitor.at("burst-receipt")).not_to_have_attribute("data-run", other, timeout=SOON_MS)
    keys, choice = Keyboard(visitor.page), visitor.at("run-other")
    keys.go_to(visitor.page.get_by_role("link", name="Open this run's page"))
    keys.press("Enter")
    expect(choice).to_be_visible(timeout=SOON_MS)
    keys.go_to(choice)
    while (chosen := choice.input_value()) != other:
        keys.press("ArrowDown")
        expect(choice).not_to_have_value(chosen, timeout=SOON_MS)
    expect(visitor.at("comparison").get_by_role("row", name="Requests 20 10")).to_be_visible(timeout=SOON_MS)
    # The address names the other run, too; a page that has a new address is scrolled to its top, or to a place on it.
    visitor.page.wait_for_url(re.compile(f"with={other}"), timeout=SOON_MS)
    visitor.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    expect(choice).to_be_in_viewport()
    assert keys.has_focus(choice)
    keys.press("Tab")
    assert keys.has_focus(visitor.page.get_by_role("region", name="Two runs, figure by figure"))
