"""axe finds nothing in a receipt, which is in reach at twice the size, nor in a burst that can't be sent."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.burst import expect_balance, expect_receipt, start
from tests.browser.test_accessibility import THEMES, violations
from tests.browser.test_pages import TOO_WIDE
from tests.browser.test_zoom import TWICE, expect_in_reach
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]


def test_a_burst_without_a_connection_and_the_receipt_of_one_with_it_have_no_violation(visit: Visit) -> None:
    visitor = visit("/")
    visitor.page.context.set_offline(True)
    visitor.expect_connection("offline")
    visitor.at("burst-run").click()
    expect(visitor.at("burst-error")).not_to_be_empty(timeout=SOON_MS)
    assert violations(visitor, "[data-panel=burst]", themes=THEMES[:1]) == []
    visitor.page.context.set_offline(False)
    visitor.expect_connection("live")
    start(visitor, 20, 2)
    expect_receipt(visitor)
    expect_balance(visitor)
    assert violations(visitor, "[data-panel=burst]") == []
    visitor.page.set_viewport_size(TWICE["viewport"])
    expect_in_reach(visitor.at("burst-verdict"))
    assert visitor.page.evaluate(TOO_WIDE) == []
